"""A teacher whose outputs are known: what a Distiller needs to know of it."""

import keras


@keras.saving.register_keras_serializable(package="keras_distill")
class Precomputed:
    """Stands in for a teacher whose outputs come with the batches.

    `precompute` and `from_arrays` make one; `attach` puts the outputs beside the
    examples; a `Distiller` takes it for its `teacher`. It holds shapes, not weights, so
    no teacher is in memory.

    Args:
        outputs: Shape of one example's output, `(classes,)`; a list or dict of shapes
            for several outputs.
        features: `{layer path: shape}` of the features that were kept. Defaults to none.
        output_kind: `"logits"`, `"probabilities"` or `"unknown"` (default).
        source: Where `attach` reads the outputs. Optional.
        name: Of the teacher, for sentences. Defaults to `"precomputed"`.

    Example:

    ```python
    teacher = kd.teachers.Precomputed(outputs=(10,), output_kind="logits")
    assert teacher.features == {}
    ```
    """

    def __init__(
        self, outputs, features=None, output_kind="unknown", source=None, name="precomputed"
    ):
        self.outputs = keras.tree.map_shape_structure(tuple, outputs)
        self.features = {path: tuple(shape) for path, shape in (features or {}).items()}
        self.output_kind = output_kind
        self.source = source
        self.name = name

    def check_features(self, paths):
        """Refuses layer paths whose features were not kept."""
        for path in paths:
            if path not in self.features:
                kept = ", ".join(map(repr, self.features)) or "none"
                raise ValueError(
                    "A distillation loss compares a teacher layer that was not precomputed. "
                    f"Received: teacher_layer_name={path!r}; kept features: {kept}. Precompute "
                    f"again with features=[{path!r}, ...]."
                )

    def with_features(self, paths):
        """The same teacher with some of its features only."""
        self.check_features(paths)
        features = {path: self.features[path] for path in paths}
        return Precomputed(self.outputs, features, self.output_kind, self.source, self.name)

    def symbolic(self):
        """`(features, outputs)` as KerasTensors."""

        def tensor(shape):
            return keras.KerasTensor((None, *shape), dtype="float32")

        features = {path: tensor(shape) for path, shape in self.features.items()}
        return features, keras.tree.map_shape_structure(tensor, self.outputs)

    def get_config(self):
        """Shapes and kind; not where the outputs lie: batches bring them."""
        return {
            "outputs": self.outputs,
            "features": self.features,
            "output_kind": self.output_kind,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)
