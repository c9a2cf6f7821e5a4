"""How far an artefact is from the model it was made of."""

import dataclasses

import numpy as np

# More than this cannot be told from no difference at all in float32.
_MOST_DB = 200.0


@dataclasses.dataclass(frozen=True)
class Parity:
    """The artefact's outputs compared with the Keras model's, on the same examples.

    Of several outputs each figure is that of the worst: differences and range are those of the
    output with the largest difference for its range, the others the least of all.

    Args:
        examples: Number of examples compared.
        source: Where they came from: `"samples"`, `"calibration_data"` or `"generated"`.
        max_difference: Largest absolute difference of an output.
        mean_difference: Mean absolute difference.
        output_range: Largest minus smallest output of the Keras model.
        agreement: Share of choices, the largest of the last axis, that are the same, in [0, 1].
        signal_to_noise_db: 10·log10(Σ output² / Σ difference²), at most 200.
        outputs: {name: `Parity`} of each output.

    Example:

    ```python
    outputs = np.array([[1.0, 3.0], [2.0, 0.0]])
    parity = kd.export.Parity.measure(outputs, outputs + 0.01, source="samples")
    assert parity.agreement == 1.0 and abs(parity.max_difference - 0.01) < 1e-9
    ```
    """

    examples: int
    source: str
    max_difference: float
    mean_difference: float
    output_range: float
    agreement: float
    signal_to_noise_db: float
    outputs: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        # As read from a manifest.
        made = {k: Parity(**v) if isinstance(v, dict) else v for k, v in self.outputs.items()}
        object.__setattr__(self, "outputs", made)

    @classmethod
    def measure(cls, expected, received, source):
        """Compares outputs `(n, …)`, or two dicts of them by name."""
        if not isinstance(expected, dict):
            return cls._of_one(expected, received, source)
        outputs = {name: cls._of_one(expected[name], received[name], source) for name in expected}
        worst = max(outputs.values(), key=lambda one: one._relative())
        return dataclasses.replace(
            worst,
            agreement=min(one.agreement for one in outputs.values()),
            signal_to_noise_db=min(one.signal_to_noise_db for one in outputs.values()),
            outputs=outputs,
        )

    @classmethod
    def _of_one(cls, expected, received, source):
        expected, received = (np.asarray(a, "float64") for a in (expected, received))
        if expected.shape != received.shape:
            raise RuntimeError(
                f"The artefact's outputs have shape {received.shape}, the model's {expected.shape}."
            )
        choices = [a.reshape(len(a), -1) if a.ndim < 2 else a for a in (expected, received)]
        difference = np.abs(expected - received)
        signal, noise = np.sum(expected**2), np.sum(difference**2)
        if noise == 0:
            decibels = _MOST_DB
        elif signal == 0 or not np.isfinite(noise):
            decibels = -_MOST_DB
        else:
            decibels = np.clip(10 * np.log10(signal / noise), -_MOST_DB, _MOST_DB)
        return cls(
            examples=len(expected),
            source=source,
            max_difference=float(difference.max()),
            mean_difference=float(difference.mean()),
            output_range=float(np.ptp(expected)),
            agreement=float(np.mean(choices[0].argmax(-1) == choices[1].argmax(-1))),
            signal_to_noise_db=float(decibels),
        )

    def _relative(self):
        """The largest difference for the range, with NaN above all."""
        relative = self.max_difference / max(self.output_range, 1e-6)
        return np.inf if np.isnan(relative) else relative

    def __str__(self):
        text = (
            f"max difference {self.max_difference:.3g}, mean {self.mean_difference:.3g}, of an "
            f"output range of {self.output_range:.3g}; top-1 agreement {self.agreement:.2%}; "
            f"signal to noise {self.signal_to_noise_db:.1f} dB; on {self.examples} examples "
            f"({self.source})"
        )
        return (
            f"{text}, the worst of {len(self.outputs)} outputs" if len(self.outputs) > 1 else text
        )
