"""What is known of one step of a quantized file."""

import dataclasses

# From here on a reason is worth telling.
_SATURATED, _LOST, _SPREAD = 0.001, 0.5, 20.0


@dataclasses.dataclass(frozen=True)
class LayerDiagnosis:
    """One step of a quantized file, measured against the float model.

    Signal to noise is 10·log10(Σ value² / Σ error²), in decibel, at most 200; every 6 dB are
    one bit.

    Args:
        layer: Path of the Keras layer, `""` where the file does not tell.
        operator: In TFLite's words; `"INPUT"` is the rounding of what comes in.
        tensor: Name of its output in the file.
        position: Its place in the file, from 0.
        snr_db: Of its output, in the whole file: all that went wrong up to here.
        local_snr_db: Of its output, if this step alone is quantized: what goes wrong here.
        output_snr_db: Of the file's output, if this step alone is quantized: what that does
            to the answer. The worst of several outputs.
        low, high: Least and largest value of its output in float.
        dtype: Of its output in the file.
        scale: One step of its grid; 0 for a float output.
        saturated: Share of the values more than one step outside of the grid, which are clipped.
        rounded_to_zero: Share of the values other than zero that fall on zero.
        channel_spread: Range of the widest channel over that of the median one.
        kernel_spread: Range of the widest kernel over that of the narrowest, over the output
            channels; None without a kernel.
        kernel_input_spread: The same over the input channels.
        kernel_scales: How many scales the file has for the kernel.

    Example:

    ```python
    layer = kd.export.LayerDiagnosis(
        layer="stem", operator="CONV_2D", tensor="stem/Relu", position=1, snr_db=40.0,
        local_snr_db=42.0, output_snr_db=12.0, low=0.0, high=900.0, dtype="int8", scale=3.5,
        saturated=0.0, rounded_to_zero=0.9, channel_spread=600.0, kernel_spread=1.2,
        kernel_input_spread=1.5, kernel_scales=8,
    )
    assert layer.reason.startswith("one channel is 600 times as wide as the median")
    ```
    """

    layer: str
    operator: str
    tensor: str
    position: int
    snr_db: float
    local_snr_db: float
    output_snr_db: float
    low: float
    high: float
    dtype: str
    scale: float
    saturated: float
    rounded_to_zero: float
    channel_spread: float
    kernel_spread: float | None
    kernel_input_spread: float | None
    kernel_scales: int

    @property
    def reason(self):
        """Why it loses, in words; empty where nothing stands out."""
        found = []
        if self.scale and self.saturated > _SATURATED:
            found.append(f"{self.saturated:.1%} of the values lie outside of its range")
        if self.scale and self.channel_spread > _SPREAD:
            found.append(f"one channel is {self.channel_spread:.0f} times as wide as the median")
        if self.scale and self.rounded_to_zero > _LOST:
            found.append(f"{self.rounded_to_zero:.0%} of the values fall on zero")
        if self.kernel_scales == 1 and (self.kernel_spread or 1.0) > _SPREAD:
            found.append(
                "its kernel has one scale, but its output channels' ranges differ by a factor of "
                f"{self.kernel_spread:.0f}"
            )
        if self.kernel_scales and (self.kernel_input_spread or 1.0) > _SPREAD:
            found.append(
                "the kernel's ranges for its input channels, which share a scale, differ by a "
                f"factor of {self.kernel_input_spread:.0f}"
            )
        return "; ".join(found)
