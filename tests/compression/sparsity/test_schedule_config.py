import pytest

from keras_distill.compression import ConstantSparsity, PolynomialDecay
from keras_distill.compression.sparsity.schedule_config import (
    schedule_from_config,
    schedule_to_config,
)


def test_goes_round():
    for schedule in (PolynomialDecay(0.1, 0.5, 1, 9, 2, 4), ConstantSparsity(0.75, 3, 8, 2)):
        again = schedule_from_config(schedule_to_config(schedule), "d")
        assert type(again) is type(schedule)
        assert again.get_config() == schedule.get_config()


def test_an_unknown_schedule_is_named():
    with pytest.raises(ValueError) as caught:
        schedule_from_config({"schedule": "Unknown", "arguments": {}}, "d")
    assert str(caught.value) == (
        "The pruning schedule 'Unknown' of layer 'd' is not known here. Register its class with "
        "`@keras.saving.register_keras_serializable()` and import it before loading the model."
    )
