"""A teacher whose outputs come with the batch."""


class StoredTeacher:
    """Hands on what `kd.teachers.attach` put beside the examples.

    Args:
        precomputed: A `kd.teachers.Precomputed`.
        paths: Layers whose outputs are compared.
    """

    inputs = None

    def __init__(self, precomputed, paths):
        precomputed.check_features(paths)
        self.model = precomputed

    def symbolic(self):
        """What a batch brings, as symbols."""
        features, outputs = self.model.symbolic()
        return {"features": features, "outputs": outputs}

    def trace(self, x, stored):
        """`(features, outputs)` of symbols."""
        return stored["features"], stored["outputs"]

    def run(self, x, stored=None, state=()):
        """`(features, outputs)` of the batch."""
        if stored is None:
            raise ValueError(
                "This Distiller's teacher is precomputed: its outputs come with the batches. "
                "Received: a batch without them. Pass kd.teachers.attach(data, directory) instead "
                "of the data."
            )
        return stored["features"], stored["outputs"]

    def kind(self, path=None):
        """Whether the output gives logits or probabilities."""
        return self.model.output_kind if path is None else "unknown"

    def learn_kind(self, outputs=None):
        """Known from where the outputs were made."""
