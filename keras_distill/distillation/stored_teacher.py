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

    def trace(self, x, stored=None):
        """`(features, outputs)` as symbols."""
        return self.model.symbolic()

    def run(self, x, stored=None):
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
