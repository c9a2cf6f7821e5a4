import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import ConstantSparsity, PolynomialDecay, PrunedLayer


def test_inference_masks_without_assigning():
    layer = PrunedLayer(keras.layers.Dense(1, use_bias=False), ConstantSparsity(0.5, 0))
    layer.build((None, 2))
    layer.kernel.assign([[1.0], [2.0]])
    layer.mask.assign([[0.0], [1.0]])
    np.testing.assert_array_equal(layer(np.array([[3.0, 5.0]], "float32")), [[10.0]])
    np.testing.assert_array_equal(layer.kernel, [[1.0], [2.0]])
    assert int(layer.pruning_step) == 0


def test_the_first_training_pass_is_step_one():
    schedule = PolynomialDecay(0.5, 0.5, begin_step=1, end_step=2, frequency=1)
    layer = PrunedLayer(keras.layers.Dense(1, use_bias=False), schedule)
    layer.build((None, 2))
    layer.kernel.assign([[1.0], [2.0]])
    layer(np.ones((1, 2), "float32"), training=True)
    assert int(layer.pruning_step) == 1
    np.testing.assert_array_equal(layer.kernel, [[0.0], [2.0]])


def test_configuration_goes_round():
    layer = PrunedLayer(keras.layers.Dense(3, name="d"), PolynomialDecay(0, 0.5, 1, 9, 2, 4))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert again.pruning_schedule.get_config() == layer.pruning_schedule.get_config()


def test_a_schedule_of_ones_own():
    @keras.saving.register_keras_serializable(package="test")
    class Mine(type(ConstantSparsity(0.1, 0))):
        pass

    layer = PrunedLayer(keras.layers.Dense(3), Mine(0.5, 0))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again.pruning_schedule) is Mine


def test_an_unknown_schedule_is_named():
    class Unknown(_tfmot.ConstantSparsity):
        pass

    config = PrunedLayer(keras.layers.Dense(3, name="d"), Unknown(0.5, 0)).get_config()
    with pytest.raises(ValueError) as caught:
        PrunedLayer.from_config(config)
    assert str(caught.value) == (
        "The pruning schedule 'Unknown' of layer 'd' is not known here. Register its class with "
        "`@keras.saving.register_keras_serializable()` and import it before loading the model."
    )


def test_a_layer_without_a_kernel():
    with pytest.raises(ValueError) as caught:
        PrunedLayer(keras.layers.ReLU(name="r"), ConstantSparsity(0.5, 0))
    assert str(caught.value) == (
        "`PrunedLayer` expects a layer of one of these types: Conv1D, Conv2D, Conv2DTranspose, "
        "Conv3D, Conv3DTranspose, Dense, Embedding, SeparableConv1D, SeparableConv2D. Received: "
        "<ReLU name=r, built=True>. Leave it unwrapped; it trains and predicts as it is."
    )
