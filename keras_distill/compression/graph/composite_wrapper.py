import inspect

import keras

from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.prepared_layer import PreparedLayer


class CompositeWrapper(PreparedLayer, keras.layers.Wrapper):
    """What the wrappers of composite layers have in common.

    The wrapper is called as the composite is: same arguments, masks and training flag. It gets
    weights of its own as soon as the composite has its inner layers, which may be only when the
    composite is called.

    Args:
        layer: the composite layer.
        **kwargs: `name` and `trainable`, as for every layer.
    """

    def __init__(self, layer, **kwargs):
        # Keras reads the signature of `call` when it makes a layer.
        vars(self)["call"] = _with_signature_of(layer, self.run)
        # The composite casts for itself.
        own = {"dtype": layer.variable_dtype, "autocast": False}
        super().__init__(layer, **{"name": layer.name, **kwargs, **own})
        self._has_parts = False
        self.supports_masking = layer.supports_masking
        self._allow_non_tensor_positional_args = layer._allow_non_tensor_positional_args
        self.supports_jit = False

    def __call__(self, *args, **kwargs):
        # Loading may call it built, which its parts are only after the first call.
        if not self._has_parts:
            self._build_with(args, kwargs)
        return super().__call__(*args, **kwargs)

    def _build_with(self, args, kwargs):
        build_on_symbols(self.layer, args, kwargs)
        inner = inner_layers(self.layer)
        if not self.layer.trainable:
            # What a frozen layer makes when it is built, as MultiHeadAttention does, is not frozen.
            for one in inner.values():
                one.trainable = False
        with self._open_name_scope():
            self.build_parts(inner)
        self.built = self._has_parts = True
        self._lock_state()

    def build(self, input_shape=None):
        """Nothing here: `build_parts` runs when the composite's inner layers exist."""

    def get_build_config(self):
        return None

    @property
    def pattern(self):
        """What was done, for the summary; the rows of the inner layers follow."""
        return "inside"

    def check_paths(self, paths, inner):
        """Refuse paths at which the composite has no layer, or one that is not built."""
        unknown = sorted(set(paths) - set(inner))
        if unknown:
            raise ValueError(
                f"`{type(self).__name__}` expects paths of layers inside {self.layer.name!r}: "
                f"{', '.join(inner)}. Received: {', '.join(unknown)}. Let the verbs of "
                "`keras_distill.compression` find the paths."
            )
        for path in paths:
            if not inner[path].built:
                raise ValueError(
                    f"`{type(self).__name__}` expects inner layers that have weights. Received: "
                    f"{path!r} inside {self.layer.name!r}, which is not built: the call of the "
                    "composite does not reach it. Leave its path out, or build it in the "
                    "composite's own `build`."
                )

    def get_config(self):
        config = super().get_config()
        if getattr(self.layer.build, "_is_default", False):
            # Such a composite builds what it holds when it is called.
            config["layer"].pop("build_config", None)
        return config

    def build_parts(self, inner):
        """Make what the wrapper adds to the inner layers: {path: layer}."""
        raise NotImplementedError

    def run(self, training, /, *args, **kwargs):
        """Call the composite; arguments and result are the composite's own."""
        raise NotImplementedError

    def compute_mask(self, inputs, previous_mask=None):
        return self.layer.compute_mask(inputs, previous_mask)


def build_on_symbols(layer, args, kwargs):
    """Make what a composite layer has only once it is called, unless it is there.

    Args:
        layer: the composite layer.
        args: positional arguments of its call; tensors are replaced by symbols of their shapes.
        kwargs: its other arguments.
    """
    if not _is_ready(layer):
        # Symbols of its own: those of the model would remember this call.
        args, kwargs = keras.tree.map_structure(_symbol, (args, kwargs))
        layer(*args, **kwargs)


def _with_signature_of(layer, run):
    signature = inspect.signature(layer.call)
    takes_training = "training" in signature.parameters

    def call(*args, training=None, **kwargs):
        if takes_training:
            kwargs["training"] = training
        return run(bool(training), *args, **kwargs)

    if not takes_training:
        parameter = inspect.Parameter("training", inspect.Parameter.KEYWORD_ONLY, default=None)
        parameters = list(signature.parameters.values())
        last = len(parameters)
        if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
            last -= 1
        parameters.insert(last, parameter)
        signature = signature.replace(parameters=parameters)
    call.__signature__ = signature
    return call


def _is_ready(layer):
    return layer.built and all(inner.built for inner in inner_layers(layer).values())


def _symbol(value):
    if isinstance(value, keras.KerasTensor) or hasattr(value, "shape"):
        return keras.KerasTensor(value.shape, keras.backend.standardize_dtype(value.dtype))
    return value
