"""What `diagnose` finds."""

import dataclasses
import pathlib

_ROWS = 12
# Noise of this little does no harm to anything; the figure ends here.
_SOUND_DB = 80.0


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """Where a quantized file loses, why, and which layers to keep in float.

    Args:
        path: The file.
        examples: Number of examples.
        layers: A `LayerDiagnosis` for each step, the one that spoils the answer most first.
        keep_float: The fewest layers found that make it good enough; empty where it is good
            enough, or where none are enough.
        needed: What was asked for, in words.
        agreement_before: Share of examples with the same largest output as the float model.
        agreement_expected: The same with `keep_float`, the file's own ranges and all else as
            it is; None without a suggestion.
        agreement_after: The same, measured on a file exported anew with `keep_float`, with
            ranges calibrated on these examples; None if none was made.
        snr_before: Signal to noise of the output against the float model, in decibel.
        snr_after: The same of the new file.
        bytes_before: Size of the file.
        bytes_after: Size of the new file.
        advice: What to do, in words.

    Example:

    ```python
    found = kd.export.Diagnosis(
        path="a.tflite", examples=8, layers=[], keep_float=[], needed="an agreement of 95%",
        agreement_before=1.0, agreement_expected=None, agreement_after=None, snr_before=40.0,
        snr_after=None, bytes_before=1000, bytes_after=None, advice="Nothing to do.",
    )
    assert str(found).endswith("Nothing to do.")
    ```
    """

    path: pathlib.Path
    examples: int
    layers: list
    keep_float: list
    needed: str
    agreement_before: float
    agreement_expected: float | None
    agreement_after: float | None
    snr_before: float
    snr_after: float | None
    bytes_before: int
    bytes_after: int | None
    advice: str

    def __str__(self):
        lines = [
            f"{pathlib.Path(self.path).name}: agreement with the float model "
            f"{self.agreement_before:.1%}, signal to noise "
            f"{self.snr_before:.1f} dB, on {self.examples} examples.",
            "",
            "Signal to noise in dB of the file's output if this layer alone is quantized, of the "
            "layer's own output then, and of that in the whole file:",
            "",
        ]
        rows = [("answer", "own", "so far", "range", "scale", "clipped", "layer")]
        for one in self.layers[:_ROWS]:
            name = one.layer or one.tensor[:40]
            rows.append(
                (
                    f"{one.output_snr_db:.1f}",
                    f"{one.local_snr_db:.1f}",
                    f"{one.snr_db:.1f}",
                    f"{one.low:.3g}…{one.high:.3g}",
                    f"{one.scale:.3g}" if one.scale else one.dtype,
                    f"{one.saturated:.1%}",
                    f"{name} ({one.operator})" + (f": {one.reason}" if one.reason else ""),
                )
            )
        widths = [max(len(row[i]) for row in rows) for i in range(6)]
        for row in rows:
            left = [cell.rjust(width) for cell, width in zip(row, widths, strict=False)]
            lines.append("  ".join([*left, row[6]]))
        if len(self.layers) > _ROWS:
            lines.append(f"… and {len(self.layers) - _ROWS} more that do less harm.")
        return "\n".join([*lines, "", self.advice])

    def plot(self):
        """The signal to noise through the network, as a matplotlib figure.

        The line falls where something is lost; the bars hang down as far as each layer alone
        spoils the answer, and the layers to keep in float stand out.
        """
        import matplotlib.pyplot as plt

        layers = sorted(self.layers, key=lambda one: one.position)
        places = range(len(layers))
        figure, axis = plt.subplots(figsize=(max(6, 0.28 * len(layers)), 4), layout="constrained")
        colors = ["tab:red" if one.layer in self.keep_float else "lightsteelblue" for one in layers]
        axis.bar(
            places,
            [_SOUND_DB - min(one.output_snr_db, _SOUND_DB) for one in layers],
            bottom=[min(one.output_snr_db, _SOUND_DB) for one in layers],
            color=colors,
            label="of the answer, if this layer alone is quantized",
        )
        axis.plot(
            places,
            [min(one.snr_db, _SOUND_DB) for one in layers],
            color="black",
            marker=".",
            label="of this layer's output in the whole file",
        )
        names = [one.layer or one.operator for one in layers]
        axis.set_xticks(places, names, rotation=90, fontsize=8)
        axis.set_ylabel("signal to noise, dB")
        axis.set_title(f"{pathlib.Path(self.path).name}: red = keep in float", fontsize=10)
        figure.legend(fontsize=8, loc="outside lower center", ncols=2)
        return figure
