"""What ContrastiveRepresentation remembers of every example, and draws from it."""

import math

import keras
from keras import ops

from keras_distill.losses.unit_length import unit_length


class _SeedAt(keras.random.SeedGenerator):
    """Draws that depend on the seed and the step alone: nothing to save, nothing to lose."""

    def __init__(self, seed, step):
        self._at = ops.stack([ops.cast(seed, "uint32"), ops.cast(step, "uint32")])

    def next(self, ordered=True):
        return self._at


class MemoryBank(keras.layers.Layer):
    """One row per example for the teacher and one for the student: moving averages.

    Args:
        examples: Rows, from 2.
        dimension: Width of a row.
        momentum: How much of a row stays when its example is seen again, in [0, 1).
        seed: Seed of the first rows and of what is drawn, from 0.
    """

    def __init__(self, examples, dimension, momentum, seed, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.examples = examples
        self.momentum = momentum
        self.seed = seed
        # About length 1, until each example has been seen.
        limit = math.sqrt(3 / dimension)
        self.teacher, self.student = (
            self._kept(
                who,
                (examples, dimension),
                keras.initializers.RandomUniform(-limit, limit, seed=seed + index),
            )
            for index, who in enumerate(("teacher", "student"))
        )
        self.log_constants = self._kept("log_constants", (2,), "zeros")
        self.estimated = self._kept("estimated", (), "zeros")
        self.built = True

    def _kept(self, name, shape, initializer):
        # Each replica writes its own rows; the mean of two replicas' banks would be neither's.
        return self.add_weight(
            name=name, shape=shape, initializer=initializer, dtype="float32", trainable=False,
            aggregation="only_first_replica",
        )  # fmt: skip

    def others(self, ids, number, step):
        """Rows `(batch, number)` of other examples, drawn anew at each step.

        Args:
            ids: int32 `(batch,)`.
            number: How many, with replacement.
            step: Equal seeds and steps draw the same.
        """
        shape = (ops.shape(ids)[0], number)
        ahead = keras.random.randint(shape, 1, self.examples, seed=_SeedAt(self.seed, step))
        return ops.mod(ops.expand_dims(ids, 1) + ops.cast(ahead, "int32"), self.examples)

    def products(self, teacher, student, rows):
        """Inner products of each side with rows of the other: two of `(batch, number)`.

        Args:
            teacher: `(batch, dimension)`; its products with the student's rows come second.
            student: The same.
            rows: int32 `(batch, number)`.
        """
        # A product with every row is far smaller than a copy of the rows for each example.
        pairs = ((student, self.teacher), (teacher, self.student))
        return [
            ops.take_along_axis(ops.matmul(own, ops.transpose(bank.value)), rows, axis=1)
            for own, bank in pairs
        ]

    def constants(self, scores, keep):
        """Logarithms of the means of exp(scores) in the first batch kept, one for each side.

        Args:
            scores: Two of `(batch, number)`.
            keep: Whether this batch's may be kept.
        """
        estimates = [
            ops.logsumexp(each) - ops.log(ops.cast(ops.size(each), "float32")) for each in scores
        ]
        constants = ops.where(
            self.estimated.value > 0,
            self.log_constants.value,
            ops.stop_gradient(ops.stack(estimates)),
        )
        if keep:
            self.log_constants.assign(constants)
            self.estimated.assign(ops.ones(()))
        return constants

    def remember(self, ids, teacher, student):
        """Moves the rows of a batch's examples towards what they are now.

        Args:
            ids: int32 `(batch,)`.
            teacher: `(batch, dimension)`, of length 1.
            student: The same.
        """
        for bank, now in ((self.teacher, teacher), (self.student, student)):
            before = ops.take(bank.value, ids, axis=0)
            rows = self.momentum * before + (1.0 - self.momentum) * ops.stop_gradient(now)
            made = ops.scatter_update(bank.value, ops.expand_dims(ids, 1), unit_length(rows))
            bank.assign(made)
