"""What a configuration accepts; the sentences are in test_load_configuration."""

import pydantic
import pytest

from keras_distill.pipeline import Configuration


def test_defaults_are_a_whole_journey():
    configuration = Configuration()
    assert configuration.pruning.sparsity == 0.75
    assert configuration.quantization.scheme == "int8"
    assert configuration.robustness.corruptions == "quick"
    assert configuration.control


def test_null_leaves_a_stage_out():
    configuration = Configuration(pruning=None, quantization=None, robustness=None)
    assert configuration.pruning is None and configuration.quantization is None


def test_a_configuration_survives_its_own_dump():
    configuration = Configuration(data={"name": "mnist", "image_size": [8, 8]}, seed=3)
    assert Configuration.model_validate(configuration.model_dump()) == configuration


def test_input_scale_without_quotes_is_understood():
    assert Configuration(teacher={"input_scale": [0, 255]}).teacher.input_scale == "[0, 255]"


@pytest.mark.parametrize(
    "values",
    [
        {"pruning": {"sparsity": 1.0}},
        {"pruning": {"sparsity": 0}},
        {"seed": True},
        {"seed": "0"},
        {"control": 1},
        {"distillation": {"learning_rate": float("nan")}},
        {"data": {"image_size": [28]}},
        {"robustness": {"severities": [0]}},
        {"quantization": {"scheme": "int4"}},
    ],
)
def test_impossible_values_are_refused(values):
    with pytest.raises(pydantic.ValidationError):
        Configuration.model_validate(values)
