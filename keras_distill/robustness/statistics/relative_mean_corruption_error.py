"""Mean loss by corruption relative to a baseline's."""

from keras_distill.robustness.statistics.mean_corruption_error import mean_corruption_error


def relative_mean_corruption_error(errors, clean_error, baseline_errors, baseline_clean_error):
    """How much a model loses by corruption, in percent of what a baseline loses.

    As `mean_corruption_error`, after the clean error is taken off each error. A model that is bad
    everywhere but loses little more on corrupted data scores well here; read both.

    Args:
        errors: `{corruption: [error at severity 1, …]}`, top-1 errors in [0, 1].
        clean_error: The model's error on clean data, in [0, 1].
        baseline_errors: The same of the baseline: same corruptions, same severities.
        baseline_clean_error: The baseline's error on clean data.

    Returns:
        A float: 100 loses as much as the baseline, less is better; negative for a model that is
        better on corrupted data than on clean.

    Raises:
        ValueError: If corruptions or severities differ, there are none, or the baseline loses
            nothing on a corruption.

    Example:

    ```python
    alexnet = kd.robustness.alexnet_errors()
    errors = {name: [0.3, 0.4, 0.5, 0.6, 0.7] for name in alexnet["corrupted"]}
    relative = kd.robustness.relative_mean_corruption_error(
        errors, 0.24, alexnet["corrupted"], alexnet["clean"]
    )
    assert 84 < relative < 85
    ```

    Reference:
        [Hendrycks & Dietterich, 2019](https://arxiv.org/abs/1903.12261), section 4.
    """
    for name, values in baseline_errors.items():
        lost = sum(values) - len(values) * baseline_clean_error
        if name in errors and not lost > 0:
            raise ValueError(
                f"The baseline loses nothing on {name!r} ({lost:.4f} over its severities), so no "
                "loss can be expressed relative to it. Choose another baseline or leave this "
                "corruption out."
            )
    return mean_corruption_error(
        {name: [error - clean_error for error in values] for name, values in errors.items()},
        {
            name: [error - baseline_clean_error for error in values]
            for name, values in baseline_errors.items()
        },
    )
