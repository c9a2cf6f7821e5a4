"""Mean corruption error relative to a baseline."""


def mean_corruption_error(errors, baseline_errors):
    """How bad a model is on corrupted data, in percent of how bad a baseline is.

    The errors of a corruption are summed over its severities and divided by the baseline's sum;
    the mean of these ratios over the corruptions, times 100, is the mCE. It may be called
    ImageNet-C's mCE only when the baseline is AlexNet and the data are the 15 corruptions of
    ImageNet-C.

    Args:
        errors: `{corruption: [error at severity 1, …]}`, top-1 errors in [0, 1].
        baseline_errors: The same of the baseline: same corruptions, same severities.

    Returns:
        A float: 100 is as bad as the baseline, less is better.

    Raises:
        ValueError: If corruptions or severities differ, there are none, or the baseline makes no
            error on a corruption.

    Example:

    ```python
    errors = {"contrast": [0.1, 0.2], "pixelate": [0.3, 0.3]}
    assert kd.robustness.mean_corruption_error(errors, errors) == 100.0
    ```

    Reference:
        [Hendrycks & Dietterich, 2019](https://arxiv.org/abs/1903.12261), section 4.
    """
    if not errors or set(errors) != set(baseline_errors):
        raise ValueError(
            "The model and the baseline must have errors on the same corruptions, at least one. "
            f"Received: {sorted(errors)} and {sorted(baseline_errors)}."
        )
    ratios = []
    for name, values in errors.items():
        reference = baseline_errors[name]
        if len(values) != len(reference):
            raise ValueError(
                f"The model has {len(values)} severities of {name!r} and the baseline "
                f"{len(reference)}. Give both the same severities."
            )
        if not sum(reference) > 0:
            raise ValueError(
                f"The baseline makes no error on {name!r}, so no error can be expressed relative "
                "to it. Choose another baseline or leave this corruption out."
            )
        ratios.append(sum(values) / sum(reference))
    return 100.0 * sum(ratios) / len(ratios)
