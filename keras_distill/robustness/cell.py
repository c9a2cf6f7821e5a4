"""One measurement."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Cell:
    """What was measured of one model on one corruption at one severity.

    Args:
        model: Name of the model.
        corruption: Name of the corruption; `"clean"` for the images as they are.
        severity: 1 to 5; 0 for clean images.
        n: Number of images.
        accuracy: Fraction of images the model is right on, in [0, 1].
        accuracy_ci95: Its 95 % Wilson interval, `[low, high]`.
        macro_f1: Mean F1 over the classes.
        nll: Mean negative log likelihood, in nats.
        ece15: Expected calibration error, 15 bins of equal width.
        agreement: Fraction of images on which the top class is the baseline's.

    Example:

    ```python
    cell = kd.robustness.Cell("student", "contrast", 3, 100, 0.5, [0.4, 0.6], 0.5, 1.0, 0.1, 0.9)
    assert cell.accuracy == 0.5
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
