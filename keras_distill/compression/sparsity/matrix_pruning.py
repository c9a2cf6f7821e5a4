"""TF-MOT's algorithm of pruning, on a kernel of any shape seen as the matrix it is."""

from keras_distill import _tfmot


def pruning_on(matrix):
    """TF-MOT's `Pruning`, which lays blocks and groups out on a matrix.

    Args:
        matrix: shape of the matrix that the kernels are; None for kernels that are seen as
            TF-MOT sees them.

    Returns:
        A class, to be called with the arguments of TF-MOT's `Pruning`.
    """
    if matrix is None:
        return _tfmot.Pruning
    import tensorflow as tf

    class PruningOfMatrices(_tfmot.Pruning):
        def _validate_block(self):
            # It asks for kernels of two axes; `SparsityPattern.check_kernel` saw the matrix.
            pass

        def _maybe_update_block_mask(self, weights):
            threshold, mask = super()._maybe_update_block_mask(tf.reshape(weights, matrix))
            return threshold, tf.reshape(mask, weights.shape)

    return PruningOfMatrices
