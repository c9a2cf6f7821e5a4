"""The lines for the terminal; the training itself is `demo --seeds`."""

from keras_distill.pipeline.compare_seeds import described

FOUND = {
    "seeds": [0, 1, 2],
    "teacher": {"clean": 0.9, "corrupted": 0.5},
    "clean": {
        "control_mean": 0.86,
        "control_sd": 0.002,
        "treated_mean": 0.87,
        "treated_sd": 0.001,
        "difference": 0.01,
        "ci95": [0.002, 0.018],
    },
}


def test_both_kinds_with_their_interval():
    text = described({**FOUND, "corrupted": FOUND["clean"]})
    assert text.splitlines()[0] == "Seeds 0, 1, 2, one fixed teacher:"
    assert text.splitlines()[1] == (
        "  clean      teacher 90.00%   control 86.00% ± 0.20%   distilled 87.00% ± 0.10%   "
        "difference +1.00 points, 95 % interval +0.20 to +1.80"
    )
