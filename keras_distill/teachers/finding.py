"""One way of feeding a model that is better by far than the way it is fed."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Finding:
    """A mistake in how a teacher is fed, with the setting that mends it.

    Made by `examine`; it exists only when the other way is at least 20 points
    better, with p < 1e-6, on examples that were not used to choose it.

    Args:
        kind: `"input_scale"`, `"channels"` or `"class_order"`.
        setting: The arguments of `adapt` that mend it, such as
            `{"input_scale": "[0, 255]"}`.
        accuracy_as_fed: Accuracy on the judging half, in [0, 1], as the teacher is fed.
        accuracy_mended: Accuracy on the same examples with the setting.
        p_value: Of McNemar's exact one-sided test between the two.

    Example:

    ```python
    finding = kd.teachers.Finding("channels", {"channels": "bgr"}, 0.4, 0.9, 1e-20)
    assert finding.setting == {"channels": "bgr"}
    ```
    """

    kind: str
    setting: dict
    accuracy_as_fed: float
    accuracy_mended: float
    p_value: float
