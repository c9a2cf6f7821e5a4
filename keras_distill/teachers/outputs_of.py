"""Reads the stored outputs of the examples of one batch."""

import numpy as np


def outputs_of(source, keys):
    """`(rows, (features, outputs))` for the keys of a batch.

    Args:
        source: An `OutputCache`, or rows of `from_arrays`.
        keys: int64 `(batch,)`.

    Raises:
        ValueError: A key is not known.
    """
    rows = source.find(keys)
    if (rows < 0).any():
        number, first = int((rows < 0).sum()), int(np.flatnonzero(rows < 0)[0])
        which = f"id {keys[first]}" if getattr(source, "by_id", False) else f"number {first}"
        raise ValueError(
            f"No outputs of the teacher for {number} of {len(keys)} examples of a batch "
            f"(the first: {which}) in {_where(source)}. Received: other data, another augmentation or another "
            "order of preprocessing than the teacher was given; precompute on this data."
        )
    return rows, source.read(rows)


def _where(source):
    return str(source.directory) if getattr(source, "by_id", False) else f"'{source.directory}'"
