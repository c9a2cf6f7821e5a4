from keras_distill import _tfmot
from keras_distill.compression.sparsity.schedule_checks import check_sparsity, check_steps


def ConstantSparsity(target_sparsity, begin_step, end_step=-1, frequency=100):  # noqa: N802
    """TF-MOT's schedule of one sparsity from its first step on.

    The object is TF-MOT's own; made here, TF-MOT is imported without turning `tf.keras` into
    Keras 2.

    Args:
        target_sparsity: fraction of zeros, in [0, 1).
        begin_step: training batch at which pruning begins.
        end_step: last batch at which masks may change; -1 for no end. Defaults to -1.
        frequency: batches between two updates of the masks. Defaults to 100.

    Returns:
        A `tfmot.sparsity.keras.ConstantSparsity`.

    Raises:
        ValueError: for a sparsity outside [0, 1) or a schedule that ends before it begins.

    Example:

    ```python
    print(kd.compression.ConstantSparsity(0.5, begin_step=0).target_sparsity)  # 0.5
    ```
    """
    check_sparsity("target_sparsity", target_sparsity)
    check_steps(begin_step, end_step, frequency, endless=True)
    return _tfmot.ConstantSparsity(target_sparsity, begin_step, end_step, frequency)
