import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    LastValueQuantizer,
    MovingAverageQuantizer,
    QuantizedInput,
    QuantizedLayer,
    QuantizeWrapper,
    quantize_annotate_layer,
    quantize_annotate_model,
    quantize_apply,
    quantize_model,
    summary,
)

IMAGES = np.random.default_rng(0).random((16, 12)).astype("float32")


def tfmot():
    _ = _tfmot.Pruning
    import tf_keras
    from tensorflow_model_optimization.python.core.quantization.keras import (
        quantize,
        quantize_config,
    )

    return tf_keras, quantize, quantize_config


def mlp(layers, make, annotate, config=None):
    return make(
        [
            layers.InputLayer((12,), name="image"),
            layers.Dense(8, activation="relu", name="first"),
            layers.Dense(8, activation="relu", name="second"),
            annotate(layers.Dense(4, name="third"), config),
        ]
    )


def three_steps(model):
    return [np.asarray(model(IMAGES, training=True)) for _ in range(3)][-1]


def both(config=None):
    tf_keras, quantize, _ = tfmot()
    ours = mlp(keras.layers, keras.Sequential, quantize_annotate_layer, config)
    theirs = mlp(tf_keras.layers, tf_keras.Sequential, quantize.quantize_annotate_layer, config)
    theirs.set_weights(ours.get_weights())
    with quantize.quantize_scope({type(config).__name__: type(config)}):
        return quantize_apply(ours), quantize.quantize_apply(theirs)


def test_one_annotated_layer_equals_tfmots():
    ours, theirs = both()
    np.testing.assert_allclose(three_steps(ours), three_steps(theirs), atol=1e-6)
    assert not isinstance(ours.layers[0], QuantizedInput)
    # What alone feeds an annotated layer gets a range for its output, as in TF-MOT.
    second = ours.get_layer("second")
    assert (second.quantized_kernel, second.output_quantized) == (None, True)
    facts = summary(ours)
    assert facts["first"]["skipped"] is not None
    assert facts["third"]["done"] == "kernel and output int8"


def test_configuration_of_tfmots_own_kind_equals_tfmots():
    _, _, quantize_config = tfmot()

    class FourBits(quantize_config.QuantizeConfig):
        def get_weights_and_quantizers(self, layer):
            return [(layer.kernel, LastValueQuantizer(4, False, True, True))]

        def get_activations_and_quantizers(self, layer):
            return [(layer.activation, MovingAverageQuantizer(8, False, False, False))]

        def set_quantize_weights(self, layer, quantize_weights):
            layer.kernel = quantize_weights[0]

        def set_quantize_activations(self, layer, quantize_activations):
            layer.activation = quantize_activations[0]

        def get_output_quantizers(self, layer):
            return []

        def get_config(self):
            return {}

    ours, theirs = both(FourBits())
    np.testing.assert_allclose(three_steps(ours), three_steps(theirs), atol=1e-6)
    assert isinstance(ours.get_layer("third"), QuantizeWrapper)
    assert summary(ours)["third"]["done"] == "by FourBits"


def test_a_whole_annotated_model_is_a_quantized_model(build):
    images = np.random.default_rng(0).random((4, 8, 8, 1)).astype("float32")
    model = build("residual")
    applied = quantize_apply(quantize_annotate_model(model))
    np.testing.assert_array_equal(three_calls(applied, images), three_calls(
        quantize_model(model), images
    ))  # fmt: skip
    assert [layer.name for layer in applied.layers][1:3] == ["image_quantized", "conv_1"]


def three_calls(model, images):
    return [np.asarray(model(images, training=True)) for _ in range(3)][-1]


@pytest.mark.parametrize(
    ("name", "zeros"),
    [
        ("Default8BitQuantizeScheme", False),
        ("Default8BitPrunePreserveQuantizeScheme", True),
    ],
)
def test_schemes_of_tfmot_by_name(name, zeros, build):
    scheme = type(name, (), {})()
    model = quantize_apply(quantize_annotate_model(build("mlp")), scheme, "quant_")
    head = model.get_layer("quant_head")
    assert isinstance(head, QuantizedLayer)
    assert head.preserve_sparsity is zeros


def refused(model, *arguments):
    with pytest.raises(ValueError) as caught:
        quantize_apply(model, *arguments)
    return str(caught.value)


def test_nothing_annotated(build):
    assert refused(build("mlp")) == (
        "`quantize_apply` found nothing that is annotated in 'mlp'. Mark layers with "
        "`quantize_annotate_layer`, or all with `quantize_annotate_model`, first."
    )


def test_applied_twice(build):
    assert refused(quantize_apply(quantize_annotate_model(build("mlp")))) == (
        "`quantize_apply` expects a model that is not prepared yet. Received: 'mlp', whose layer "
        "'image_quantized' is a QuantizedInput already. Annotate the model that it was made from."
    )


def test_another_scheme(build):
    assert refused(quantize_annotate_model(build("mlp")), "int8") == (
        "`scheme` is one of TF-MOT's: Default8BitQuantizeScheme, "
        "Default8BitPrunePreserveQuantizeScheme, Default8BitClusterPreserveQuantizeScheme. "
        "Received: an object of type 'str'. Leave it out for the first of them."
    )
