"""One measurement."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Cell:
    """What was measured of one model on one corruption at one severity.

    Every score `x` has a field `x_ci95`, its 95 % interval `[low, high]`; `None` is a score that
    was not measured or is undefined.

    Args:
        model: Name of the model.
        corruption: Name of the corruption; `"clean"` for the examples as they are.
        severity: 1 to 5; 0 for clean examples.
        n: Number of examples.
        accuracy: Fraction of examples the model is right on, in [0, 1].
        accuracy_ci95: Its 95 % Wilson interval, `[low, high]`.
        macro_f1: Mean F1 over the classes.
        nll: Mean negative log likelihood, in nats.
        ece15: Expected calibration error, 15 bins of equal width.
        agreement: Fraction of examples on which the top class is the baseline's.
        brier: Mean sum of squared differences to the true class, 0 to 2.
        ece15_equal_mass: Expected calibration error, 15 bins of as many examples each.
        nll_scaled: `nll` after temperature scaling.
        ece15_scaled: `ece15` after temperature scaling.
        aurc: Area under the risk-coverage curve, 0 to 1: mean error rate among the most confident
            answers, over all shares of answers kept.
        kl: Mean divergence from the baseline, KL(baseline ‖ model), in nats.
        js: Mean Jensen-Shannon divergence from the baseline, in nats, at most ln 2.
        error_consistency: κ of its errors and the baseline's: 1 the same, 0 independent.
        negative_flips: Fraction of examples that the baseline is right on and the model is not.
        positive_flips: Fraction of examples that the model is right on and the baseline is not.
        agreement_when_right: `agreement` among the examples the baseline is right on.
        agreement_when_wrong: `agreement` among those it is wrong on.

    Example:

    ```python
    cell = kd.robustness.Cell("student", "contrast", 3, 100, 0.5, [0.4, 0.6], 0.5, 1.0, 0.1, 0.9)
    assert cell.accuracy == 0.5 and cell.aurc is None
    ```
    """

    model: str
    corruption: str
    severity: int
    n: int
    accuracy: float
    accuracy_ci95: list
    macro_f1: float
    nll: float
    ece15: float
    agreement: float
    _: dataclasses.KW_ONLY
    macro_f1_ci95: list | None = None
    nll_ci95: list | None = None
    ece15_ci95: list | None = None
    agreement_ci95: list | None = None
    brier: float | None = None
    brier_ci95: list | None = None
    ece15_equal_mass: float | None = None
    ece15_equal_mass_ci95: list | None = None
    nll_scaled: float | None = None
    nll_scaled_ci95: list | None = None
    ece15_scaled: float | None = None
    ece15_scaled_ci95: list | None = None
    aurc: float | None = None
    aurc_ci95: list | None = None
    kl: float | None = None
    kl_ci95: list | None = None
    js: float | None = None
    js_ci95: list | None = None
    error_consistency: float | None = None
    error_consistency_ci95: list | None = None
    negative_flips: float | None = None
    negative_flips_ci95: list | None = None
    positive_flips: float | None = None
    positive_flips_ci95: list | None = None
    agreement_when_right: float | None = None
    agreement_when_right_ci95: list | None = None
    agreement_when_wrong: float | None = None
    agreement_when_wrong_ci95: list | None = None
