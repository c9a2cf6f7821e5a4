import dataclasses


@dataclasses.dataclass(frozen=True)
class SparsityPattern:
    """Which weights become zero together: single ones, blocks, or m of every n.

    Args:
        block_size: (height, width) of the blocks of a matrix; (1, 1) for single weights.
        block_pooling_type: "AVG" or "MAX": what of a block's magnitudes is compared.
        sparsity_m_by_n: (m, n) for m zeros in every n consecutive weights, or None.

    Raises:
        ValueError: for values that TF-MOT does not know or that exclude each other.
    """

    block_size: tuple = (1, 1)
    block_pooling_type: str = "AVG"
    sparsity_m_by_n: tuple | None = None

    def __post_init__(self):
        if not _is_pair(self.block_size) or min(self.block_size) < 1:
            raise ValueError(
                "`block_size` is a pair (height, width) of integers, each at least 1. Received: "
                f"block_size={self.block_size!r}. Pass for example (4, 1), or (1, 1) for single "
                "weights."
            )
        if self.block_pooling_type not in ("AVG", "MAX"):
            raise ValueError(
                "`block_pooling_type` is 'AVG' or 'MAX'. Received: "
                f"block_pooling_type={self.block_pooling_type!r}. Pass 'AVG' to compare blocks by "
                "their mean magnitude, 'MAX' by their largest."
            )
        # Configurations come back from JSON with lists.
        object.__setattr__(self, "block_size", tuple(self.block_size))
        if not self.sparsity_m_by_n:
            object.__setattr__(self, "sparsity_m_by_n", None)
            return
        pair = self.sparsity_m_by_n
        if not _is_pair(pair) or not 0 < pair[0] < pair[1]:
            raise ValueError(
                "`sparsity_m_by_n` is a pair (m, n) of integers with 0 < m < n: m zeros in every "
                f"n weights. Received: sparsity_m_by_n={pair!r}. Pass for example (2, 4)."
            )
        object.__setattr__(self, "sparsity_m_by_n", tuple(pair))
        if self.block_size != (1, 1):
            raise ValueError(
                "`block_size` and `sparsity_m_by_n` exclude each other. Received: "
                f"block_size={self.block_size}, sparsity_m_by_n={self.sparsity_m_by_n}. Leave one "
                "of them at its default."
            )

    def check_kernel(self, name, shape, matrix=None):
        """Refuse a kernel on which TF-MOT cannot lay the pattern out.

        Args:
            name: name of the layer, for the message.
            shape: shape of its kernel.
            matrix: shape of the matrix that the pattern is laid out on instead, if any.

        Raises:
            ValueError: with the reason and what to do.
        """
        shape = tuple(shape)
        seen = f"{shape}, as a matrix {matrix}" if matrix else f"{shape}"
        received = f"Received: layer {name!r} with a kernel of shape {seen}. {_LEAVE_OUT}"
        shape = matrix or shape
        if self.sparsity_m_by_n:
            zeros, group = self.sparsity_m_by_n
            if len(shape) not in (2, 4):
                raise ValueError(
                    f"Sparsity {zeros}:{group} is laid out on kernels of two or four axes, and "
                    f"on those of an EinsumDense that is one matrix product, only. {received}"
                )
            if shape[-2] % group:
                raise ValueError(
                    f"Sparsity {zeros}:{group} makes {zeros} zeros in every {group} weights along "
                    "a kernel's last axis but one, whose length must be a multiple of "
                    f"{group}. {received}"
                )
        elif self.block_size != (1, 1):
            if len(shape) != 2:
                raise ValueError(
                    "Blocks are pruned in kernels of two axes, such as those of Dense layers, and "
                    f"in those of an EinsumDense that is one matrix product, only. {received}"
                )
            if any(size <= block for size, block in zip(shape, self.block_size, strict=True)):
                raise ValueError(
                    f"Blocks of {self.block_size} are pruned in kernels that are longer than a "
                    f"block on both axes. {received}"
                )

    def __str__(self):
        if self.sparsity_m_by_n:
            return "{}:{}".format(*self.sparsity_m_by_n)
        return "" if self.block_size == (1, 1) else f"{self.block_size} blocks"


_LEAVE_OUT = (
    "Leave it out by a `pruning_policy`, or choose the layers through `keras.models.clone_model`."
)


def _is_pair(value):
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and all(type(number) is int for number in value)
    )
