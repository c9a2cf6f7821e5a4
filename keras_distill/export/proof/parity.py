"""How far an artefact is from the model it was made of."""

import dataclasses

import numpy as np

# More than this cannot be told from no difference at all in float32.
_MOST_DB = 200.0


@dataclasses.dataclass(frozen=True)
class Parity:
    """The artefact's outputs compared with the Keras model's, on the same examples.

    Args:
        examples: Number of examples compared.
        source: Where they came from: `"samples"`, `"calibration_data"` or `"generated"`.
        max_difference: Largest absolute difference of an output.
        mean_difference: Mean absolute difference.
        output_range: Largest minus smallest output of the Keras model.
        agreement: Share of examples with the same largest output, in [0, 1].
        signal_to_noise_db: 10·log10(Σ output² / Σ difference²), at most 200.

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

    @classmethod
    def measure(cls, expected, received, source):
        """Compares two arrays of outputs `(n, classes)`."""
        expected = np.asarray(expected, "float64").reshape(len(expected), -1)
        received = np.asarray(received, "float64").reshape(len(received), -1)
        if expected.shape != received.shape:
            raise RuntimeError(
                f"The artefact's outputs have shape {received.shape}, the model's {expected.shape}."
            )
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
            agreement=float(np.mean(expected.argmax(1) == received.argmax(1))),
            signal_to_noise_db=float(decibels),
        )

    def __str__(self):
        return (
            f"max difference {self.max_difference:.3g}, mean {self.mean_difference:.3g}, of an "
            f"output range of {self.output_range:.3g}; top-1 agreement {self.agreement:.2%}; "
            f"signal to noise {self.signal_to_noise_db:.1f} dB; on {self.examples} examples "
            f"({self.source})"
        )
