import pytest

from keras_distill.compression import QuantizeConfig


class WeightsWithoutAPlace(QuantizeConfig):
    def get_output_quantizers(self, layer):
        return []


def test_quantizers_that_lead_nowhere():
    with pytest.raises(NotImplementedError) as caught:
        WeightsWithoutAPlace().set_quantize_weights(None, [1.0])
    assert str(caught.value) == (
        "WeightsWithoutAPlace names 1 quantizers for `set_quantize_weights`, which says nothing of "
        "where their results go. Write it, as in `layer.kernel = quantize_weights[0]`."
    )


def test_nothing_but_the_output_is_the_default():
    config = WeightsWithoutAPlace.from_config(WeightsWithoutAPlace().get_config())
    assert config.get_weights_and_quantizers(None) == []
    assert config.get_activations_and_quantizers(None) == []
    config.set_quantize_activations(None, [])
