import re

import numpy as np
import pytest

from keras_distill.robustness import flip_probability

# By hand: changes against the frame before / against the first frame, of four steps.
HAND = [
    ([5, 5, 5, 5, 5], 0, 0),
    ([5, 6, 5, 6, 5], 4, 2),
    ([5, 6, 6, 6, 6], 1, 4),
    ([5, 6, 7, 5, 5], 3, 2),
]


@pytest.mark.parametrize("frames, path, noise", HAND)
def test_by_hand(frames, path, noise):
    assert flip_probability([frames]) == path / 4
    assert flip_probability([frames], noise=True) == noise / 4


def test_mean_over_sequences():
    together = [frames for frames, _, _ in HAND]
    assert flip_probability(together) == 8 / 16
    assert flip_probability(np.array(together, "uint8"), noise=True) == 8 / 16


def loop(predictions, noise):
    total = 0.0
    for sequence in predictions:
        against, changes = sequence[0], []
        for frame in sequence[1:]:
            changes.append(frame != against)
            against = against if noise else frame
        total += sum(changes) / len(changes)
    return total / len(predictions)


@pytest.mark.parametrize("noise", [False, True])
def test_against_a_loop(noise):
    rng = np.random.default_rng(0)
    for classes in (2, 10):
        predictions = rng.integers(classes, size=(50, 31))
        found = flip_probability(predictions, noise=noise)
        assert found == pytest.approx(loop(predictions.tolist(), noise), abs=1e-12)
        # Random classes differ with probability 1 − 1 / classes.
        assert found == pytest.approx(1 - 1 / classes, abs=0.06)


@pytest.mark.parametrize("shape", [(4,), (0, 5), (3, 1), (2, 3, 10)])
def test_wrong_shape(shape):
    sentence = (
        "Expected predictions of shape (sequences, frames), at least one sequence of two frames. "
        f"Received: shape {shape}. Take the argmax over the classes."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        flip_probability(np.zeros(shape, int))


def test_probabilities_are_no_classes():
    sentence = (
        "Expected the predicted classes as whole numbers. Received: dtype float64. Take the "
        "argmax over the classes."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        flip_probability(np.zeros((2, 3)))
