"""A SavedModel folder, run by TensorFlow alone."""


class SavedModelFolder:
    """Runs the signature `serving_default` of a SavedModel.

    Args:
        path: The folder.

    Attributes:
        inputs: {name: `tf.TensorSpec`} of its inputs.
        input_shape: Shape of one example of the first input, None for an axis of any length;
            None where nothing is known of it.

    Raises:
        ValueError: If it is no SavedModel, damaged, or without the signature.
    """

    def __init__(self, path):
        if not (path / "saved_model.pb").exists():
            raise ValueError(
                f"The folder {str(path)!r} is no SavedModel: it holds no saved_model.pb. Give the "
                "folder that keras_distill.export.to_saved_model or model.export wrote."
            )
        import tensorflow as tf

        try:
            # Held here: the signature's variables would vanish with it.
            self._loaded = tf.saved_model.load(str(path))
        except (OSError, ValueError, tf.errors.OpError) as error:
            raise ValueError(
                f"Could not read the SavedModel {str(path)!r}; it is damaged or incomplete: "
                f"{error} Export it again."
            ) from error
        self._signature = self._loaded.signatures.get("serving_default")
        if self._signature is None:
            raise ValueError(
                f"The SavedModel {str(path)!r} has no signature 'serving_default'; it has "
                f"{sorted(self._loaded.signatures)}. Export it again with a serving signature."
            )
        self.inputs = self._signature.structured_input_signature[1]
        first = next(iter(self.inputs.values())).shape
        self.input_shape = None if first.rank is None else tuple(first[1:])

    def predict(self, examples):
        """{name: outputs} of {name: examples}; of one input also of the array alone."""
        import tensorflow as tf

        if not isinstance(examples, dict):
            examples = {next(iter(self.inputs)): examples}
        given = {}
        for name, spec in self.inputs.items():
            # A mask may come as boolean where the signature counts.
            values = tf.convert_to_tensor(examples[name])
            given[name] = values if values.dtype == spec.dtype else tf.cast(values, spec.dtype)
        return self._signature(**given)
