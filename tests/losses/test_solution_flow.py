"""SolutionFlow against the paper's matrices in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import SolutionFlow
from keras_distill.losses.solution_flow import flow, flow_difference
from keras_distill.testing import check_distillation_loss


def largest(a, size):
    block = a.shape[1] // size
    return a.reshape(len(a), size, block, size, block, -1).max((2, 4))


def exact_flow(start, end):
    start, end = start.astype("float64"), end.astype("float64")
    size = min(start.shape[1], end.shape[1])
    start, end = largest(start, size), largest(end, size)
    made = np.zeros((len(start), start.shape[-1], end.shape[-1]))
    for i in range(size):
        for j in range(size):
            made += start[:, i, j, :, None] * end[:, i, j, None, :] / size**2
    return made


def exact(teacher, student):
    return ((exact_flow(*student) - exact_flow(*teacher)) ** 2).mean((1, 2))


def draws(*sizes, batch=5, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(batch, n, n, width)).astype("float32") for n, width in sizes]


LOSS = (["a", "b"], ["c", "d"])


@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (8, 4, 8, 4), (2, 6, 4, 4), (4, 4, 8, 2)])
def test_value_is_the_papers(sizes):
    made = draws(*zip(sizes, (3, 6, 3, 6), strict=True))
    t, s = made[:2], made[2:]
    values = np.array(SolutionFlow(*LOSS)(t, s))
    np.testing.assert_allclose(values, exact(t, s), rtol=1e-4)
    np.testing.assert_allclose(flow(*t), exact_flow(*t), rtol=1e-4, atol=1e-5)
    order = np.array([3, 1, 4, 0, 2])
    turned = SolutionFlow(*LOSS)([x[order] for x in t], [x[order] for x in s])
    np.testing.assert_allclose(turned, values[order], rtol=1e-5)


def test_worked_by_hand():
    # Two positions, one channel each: (1·3 + 2·4)/2 = 5.5 against (2·1 + 0·9)/2 = 1.
    def maps(*numbers):
        return np.array(numbers, "float32").reshape(1, 1, 2, 1)

    value = flow_difference([maps(1, 2), maps(3, 4)], [maps(2, 0), maps(1, 9)])
    assert float(value[0]) == pytest.approx(4.5**2)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    made = draws((4, 2), (2, 3), (4, 2), (2, 3), batch=2)
    t, (start, end) = made[:2], made[2:]
    _, gradient = value_and_gradient(lambda x: SolutionFlow(*LOSS)(t, [x, end]), start)
    wanted = np.zeros(start.shape)
    for at in np.ndindex(*start.shape):
        step = np.zeros(start.shape)
        step[at] = 1e-5
        sides = [exact(t, [start + sign * step, end]).sum() for sign in (1, -1)]
        wanted[at] = (sides[0] - sides[1]) / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    # Slopes grow with the cube of the features; float16 has no number above 65504.
    size = 1e4 if dtype == "float32" else 10.0
    made = [(size * each).astype(dtype) for each in draws((2, 3), (2, 3), (2, 3), (2, 3))]
    t, (start, end) = made[:2], made[2:]
    start[0], end[0], start[1], end[1], t[0][2] = 0.0, 0.0, t[0][1], t[1][1], 0.0
    values, gradient = value_and_gradient(lambda x: SolutionFlow(*LOSS)(t, [x, end]), start)
    assert values.dtype == np.float32 and values[1] == 0.0
    assert np.isfinite(values).all() and np.isfinite(gradient).all()
    one = SolutionFlow(*LOSS)([x[:1] for x in t], [x[:1] for x in (start, end)])
    assert np.isfinite(np.array(one)).all()


def test_it_conforms():
    made = draws((4, 2), (2, 3), (4, 2), (2, 3))
    check_distillation_loss(SolutionFlow(*LOSS), made[:2], made[2:])


def test_config_makes_the_round_trip():
    loss = SolutionFlow(["a/b", "c"], ["d", "e"], name="flow")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


def zeros(*shapes):
    return [np.zeros(shape) for shape in shapes]


@pytest.mark.parametrize(
    "build, sentence",
    [
        (
            lambda: SolutionFlow("a", "b"),
            "SolutionFlow takes two lists of two layer paths, [start, end]. Received: "
            "teacher_layer_name='a', student_layer_name='b'. Name the layers at the two ends of a "
            "stage of each model.",
        ),
        (
            lambda: SolutionFlow(*LOSS).check(zeros((2, 4, 4, 3)), zeros((2, 4, 4, 3))),
            "SolutionFlow expects the features of 2 teacher layers as a list. Received: 1. Pass "
            "one for each of ['a', 'b'].",
        ),
        (
            lambda: SolutionFlow(*LOSS).check(zeros(*[(2, 4, 4, 3)] * 2), np.zeros((2, 4, 4, 3))),
            "SolutionFlow expects the features of 2 student layers as a list. Received: one, no "
            "list. Pass one for each of ['c', 'd'].",
        ),
        (
            lambda: SolutionFlow(*LOSS).check(
                zeros((2, 7, 7, 3), (2, 4, 4, 3)), zeros(*[(2, 4, 4, 3)] * 2)
            ),
            "SolutionFlow multiplies maps (batch, height, width, channels) of known size, one a "
            "multiple of the other. Received: teacher layers ['a', 'b'] of shapes (2, 7, 7, 3) and "
            "(2, 4, 4, 3). Choose another pair of layers, or fix the model's input size.",
        ),
        (
            lambda: SolutionFlow(*LOSS).check(
                zeros((2, 4, 4, 3), (2, 4, 4, 8)), zeros((2, 4, 4, 3), (2, 4, 4, 4))
            ),
            "SolutionFlow compares layers with equal channel counts. Received: teacher layer 'b' "
            "with 8 channels, student layer 'd' with 4. Choose layers of equal width, or use "
            "kd.losses.AttentionTransfer, which takes any.",
        ),
    ],
)
def test_refusals(build, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        build()
