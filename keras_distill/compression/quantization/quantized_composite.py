import contextlib
import functools

import keras
from keras import ops

from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.quantization.activation_quantizer import ActivationQuantizer
from keras_distill.compression.quantization.quantized_attention import explicit_attention
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizedComposite(CompositeWrapper):
    """A layer made of layers, whose inner ones compute with fake 8-bit numbers.

    `keras_distill.compression.quantize_model` puts it around layers such as MultiHeadAttention
    or KerasHub's TransformerEncoder, and plans by path what is quantized inside. The
    composite's own code runs; while it does, each planned inner layer computes as a
    `keras_distill.compression.QuantizedLayer` around it would.

    Args:
        layer: the composite layer.
        quantizers: {path: arguments of `QuantizedLayer`} of the inner layers to quantize; paths
            are made of the attributes that hold the layers, as in "attention/_query_dense".
        inputs: paths of those whose input is quantized too.
        attention: paths of the inner attention layers whose products are quantized; "" for the
            composite itself.
        output: whether what the composite returns is quantized.
        activation_bits: 8 or 16, of what flows between inner layers. Defaults to 8.
        **kwargs: `name` and `trainable`, as for every layer.

    Returns:
        What the composite returns.

    Raises:
        ValueError: for a path at which the composite has no layer.

    Example:

    ```python
    layer = kd.compression.QuantizedComposite(
        keras.layers.MultiHeadAttention(2, 4), {"_query_dense": {"kernel": "per_tensor"}}
    )
    x = np.ones((1, 3, 8), "float32")
    print(layer(x, x).shape)  # (1, 3, 8)
    ```

    Reference:
        - [Jacob et al., 2018](https://arxiv.org/abs/1712.05877)
    """

    def __init__(
        self, layer, quantizers, inputs=(), attention=(), output=False, activation_bits=8, **kwargs
    ):
        super().__init__(layer, **kwargs)
        self.quantizers = {path: dict(arguments) for path, arguments in quantizers.items()}
        self.input_paths = list(inputs)
        self.attention_paths = list(attention)
        self.output_quantized = output
        self.activation_bits = activation_bits

    def build_parts(self, inner):
        paths = {*self.quantizers, *self.input_paths, *self.attention_paths} - {""}
        self.check_paths(paths, inner)
        self.parts = []
        self._places = {}
        for path, arguments in sorted(self.quantizers.items()):
            part = QuantizedLayer(inner[path], **arguments)
            # It runs inside a call of the layer, which then regularizes what comes out.
            part.activity_regularizer = None
            shapes = inner[path]._build_shapes_dict or {"input_shape": None}
            part.build(next(iter(shapes.values())))
            self._add(path, "layer", part)
        for path in self.input_paths:
            self._add_range(path, "input")
        for path in self.attention_paths:
            self._add_range(path, "query")
            self._add_range(path, "context")
        if self.output_quantized:
            self._add_range("", "output")

    def _add_range(self, path, place):
        self._add(path, place, ActivationQuantizer(self.activation_bits, name=place))

    def _add(self, path, place, part):
        if not part.built:
            part.build(None)
        self._places[f"{path}:{place}"] = len(self.parts)
        self.parts.append(part)

    @property
    def pattern(self):
        done = ["inside"]
        done += [f"attention int{self.activation_bits}"] * bool(self.attention_paths)
        done += [f"output int{self.activation_bits}"] * self.output_quantized
        return ", ".join(done)

    def part(self, path, place="layer"):
        """The layer that quantizes at a place, or None.

        Args:
            path: path of the inner layer; "" for the composite itself.
            place: "layer" for the `QuantizedLayer` of an inner layer; "input", "query",
                "context" or "output" for an `ActivationQuantizer`.
        """
        index = self._places.get(f"{path}:{place}")
        return None if index is None else self.parts[index]

    def run(self, training, /, *args, **kwargs):
        inner = {"": self.layer, **inner_layers(self.layer)}
        calls = {
            inner[path]: functools.partial(self._call, path, training) for path in self.quantizers
        }
        products = {
            inner[path]: explicit_attention(
                inner[path], functools.partial(self._attend, path, training)
            )
            for path in self.attention_paths
        }
        with contextlib.ExitStack() as stack:
            stack.enter_context(replaced_calls(products, "_compute_attention"))
            stack.enter_context(replaced_calls(calls))
            outputs = self.layer(*args, **kwargs)
        return self._quantize("", "output", outputs, training)

    def _call(self, path, training, original, inputs, /, *args, **kwargs):
        part = self.part(path)
        inputs = self._quantize(path, "input", inputs, training)

        def once(_, inputs, /, *ignored, **given):
            return original(inputs, *args, **kwargs)

        with replaced_calls({part.layer: once}):
            return part(inputs, training=training)

    def _attend(self, path, training, place, values, /):
        if place == "probabilities":
            return _on_unit_interval(values, self.activation_bits)
        return self._quantize(path, place, values, training)

    def _quantize(self, path, place, values, training):
        part = self.part(path, place)
        return values if part is None else part(values, training=training)

    def get_config(self):
        return {
            **super().get_config(),
            "quantizers": self.quantizers,
            "inputs": self.input_paths,
            "attention": self.attention_paths,
            "output": self.output_quantized,
            "activation_bits": self.activation_bits,
        }


def _on_unit_interval(values, bits):
    import tensorflow as tf

    # The range that TFLite's softmax has, whatever it is fed: codes are 256ths, or 32768ths.
    low, high = (0.0, 255.0 / 256.0) if bits == 8 else (-32767.0 / 32768.0, 32767.0 / 32768.0)
    rounded = tf.quantization.fake_quant_with_min_max_args(
        ops.cast(values, "float32"), low, high, num_bits=bits, narrow_range=bits == 16
    )
    return ops.cast(rounded, values.dtype)
