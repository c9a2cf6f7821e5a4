"""Reads the stored outputs of the examples of one batch."""

import numpy as np


def outputs_of(teacher, keys):
    """`(rows, (features, outputs))` for the keys of a batch.

    Args:
        teacher: A `Precomputed` with a source; its features are read.
        keys: int64 `(batch,)`.

    Raises:
        ValueError: A key is not known.
    """
    source = teacher.source
    rows = source.find(keys)
    if (rows < 0).any():
        number, first = int((rows < 0).sum()), int(np.flatnonzero(rows < 0)[0])
        which = f"id {keys[first]}" if getattr(source, "by_id", False) else f"number {first}"
        raise ValueError(
            f"No outputs of the teacher for {number} of {len(keys)} examples of a batch "
            f"(the first: {which}) in {_where(source)}. Received: other data, or data prepared in "
            "another way than what the teacher was given. Precompute on this data."
        )
    return rows, source.read(rows, teacher.features)


def _where(source):
    return str(source.directory) if getattr(source, "by_id", False) else f"'{source.directory}'"
