from keras_distill import _tfmot
from keras_distill.compression.sparsity.schedule_checks import check_sparsity, check_steps


def PolynomialDecay(  # noqa: N802
    initial_sparsity, final_sparsity, begin_step, end_step, power=3, frequency=100
):
    """TF-MOT's schedule that prunes fast at first and slower towards its end.

    The object is TF-MOT's own; made here, TF-MOT is imported without turning `tf.keras` into
    Keras 2. The mask of `end_step` is only taken when `end_step - begin_step` is a multiple of
    `frequency`; otherwise the final sparsity is missed by a little.

    Args:
        initial_sparsity: fraction of zeros at `begin_step`, in [0, 1).
        final_sparsity: fraction of zeros from `end_step` on, in [0, 1).
        begin_step: training batch at which pruning begins.
        end_step: training batch at which the final sparsity is reached.
        power: exponent of the decay. Defaults to 3.
        frequency: batches between two updates of the masks. Defaults to 100.

    Returns:
        A `tfmot.sparsity.keras.PolynomialDecay`.

    Raises:
        ValueError: for a sparsity outside [0, 1) or a schedule that ends before it begins.

    Example:

    ```python
    print(kd.compression.PolynomialDecay(0.0, 0.75, begin_step=0, end_step=200).power)  # 3
    ```

    Reference:
        - [Zhu and Gupta, 2017](https://arxiv.org/abs/1710.01878)
    """
    check_sparsity("initial_sparsity", initial_sparsity)
    check_sparsity("final_sparsity", final_sparsity)
    check_steps(begin_step, end_step, frequency, endless=False)
    return _tfmot.PolynomialDecay(
        initial_sparsity, final_sparsity, begin_step, end_step, power, frequency
    )
