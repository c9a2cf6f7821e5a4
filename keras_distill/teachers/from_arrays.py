"""A teacher that is no Keras model: whatever it said, as an array."""

import numpy as np

from keras_distill.predictors.output_kind import output_kind as kind_of
from keras_distill.teachers.precomputed import Precomputed


def from_arrays(outputs, sample_ids=None, output_kind="auto"):
    """Makes a teacher of outputs that something else computed.

    PyTorch logits saved to `.npy`, an ONNX or `.tflite` file run elsewhere, soft labels
    from experts. `attach` puts them beside the examples.

    Args:
        outputs: `(n, classes)`, or any `(n, …)`: one row for each example.
        sample_ids: For each row the position of its example in the data set, from 0, as
            it comes unshuffled (for a training set of `kd.datasets.load`: in the order of
            the arrays it was made of). Defaults to 0 … n − 1.
        output_kind: `"logits"`, `"probabilities"`, or `"auto"` (default): by the values.

    Returns:
        A `Precomputed`, the `teacher` of a `Distiller`.

    Raises:
        ValueError: Ids that repeat, or of another number than the rows.

    Example:

    ```python
    experts = np.array([[0.8, 0.2], [0.1, 0.9], [0.5, 0.5]], "float32")
    teacher = kd.teachers.from_arrays(experts)
    assert teacher.output_kind == "probabilities" and teacher.outputs == (2,)
    ```
    """
    outputs = np.asarray(outputs)
    ids = np.arange(len(outputs)) if sample_ids is None else np.asarray(sample_ids)
    if ids.shape != outputs.shape[:1] or ids.dtype.kind not in "iu":
        raise ValueError(
            "`sample_ids` must be one integer for each row of `outputs`. Received: sample_ids of "
            f"shape {ids.shape} and type {ids.dtype} for outputs of shape {outputs.shape}."
        )
    if len(np.unique(ids)) < len(ids):
        values, counts = np.unique(ids, return_counts=True)
        raise ValueError(
            "`sample_ids` must name each example once. "
            f"Received: id {values[counts > 1][0]} {counts.max()} times."
        )
    if not np.isfinite(outputs).all() and np.isnan(outputs).any():
        raise ValueError("`outputs` must be numbers. Received: NaN among them.")
    kind = kind_of(None, outputs) if output_kind == "auto" else output_kind
    return Precomputed(outputs.shape[1:], None, kind, _Rows(ids.astype("int64"), outputs))


class _Rows:
    """Arrays behind the face of an `OutputCache`: found by id, not by content."""

    by_id = True
    directory = "the arrays"

    def __init__(self, ids, outputs):
        self._order = np.argsort(ids, kind="stable")
        self._sorted = ids[self._order]
        self._outputs = outputs

    def find(self, ids):
        places = np.minimum(np.searchsorted(self._sorted, ids), len(self._sorted) - 1)
        return np.where(self._sorted[places] == ids, self._order[places], -1)

    def read(self, rows, paths):
        return {}, self._outputs[rows].astype("float32")
