"""Each sentence, whole, without a file."""

import pytest

from keras_distill.pipeline.load_configuration import validate


@pytest.mark.parametrize(
    "values, expected",
    [
        (
            {"pruning": {"sparsity": 1.0}},
            "c.yaml: `pruning.sparsity` must be a number above 0 and below 1. Received: 1.0.",
        ),
        (
            {"teacher": {"input_scale": "0-255"}},
            'c.yaml: `teacher.input_scale` must be one of "[0, 1]", "[0, 255]", "[-1, 1]", '
            '"[-0.5, 0.5]", "torch", "caffe". Received: \'0-255\'.',
        ),
        (
            {"distillation": {"temprature": 2}},
            "c.yaml: unknown key `distillation.temprature`. Did you mean `temperature`? Accepted "
            "keys under `distillation`: epochs, learning_rate, temperature, student_loss_weight, "
            "losses, loss_weights.",
        ),
        (
            {"sparsity": 0.5},
            "c.yaml: unknown key `sparsity`. Accepted keys at the top level: output, seed, data, "
            "teacher, student, control, distillation, pruning, quantization, robustness, "
            "search.",
        ),
        (
            {"pruning": 0.5},
            "c.yaml: `pruning` must be a section with the keys sparsity, epochs, learning_rate, "
            "or null to leave it out. Received: 0.5.",
        ),
        ({"control": "no"}, "c.yaml: `control` must be true or false. Received: 'no'."),
        (
            {"data": {"image_size": [28, "28"]}},
            "c.yaml: `data.image_size` must be [height, width], two whole numbers from 1. "
            "Received: '28'.",
        ),
        (
            {"distillation": {"epochs": 0}},
            "c.yaml: `distillation.epochs` must be a whole number from 1. Received: 0.",
        ),
    ],
)
def test_sentence(values, expected):
    with pytest.raises(ValueError) as error:
        validate(values, "c.yaml")
    assert str(error.value) == expected
