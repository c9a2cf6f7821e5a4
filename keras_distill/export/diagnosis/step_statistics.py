"""What is counted of one step, over all examples."""

import numpy as np

from keras_distill.export.diagnosis.decibels import decibels


class StepStatistics:
    """Sums over the examples of what a step gave in float and in the file.

    Args:
        step: A `Segment`.
        outputs: How many outputs the file has.
    """

    def __init__(self, step, outputs):
        self.step = step
        self._signal = self._noise = self._local_signal = self._local_noise = 0.0
        self._harm = np.zeros(outputs)
        self._count = self._saturated = self._lost = self._nonzero = 0
        self.low, self.high = np.inf, -np.inf
        self._channels = None

    def add(self, reference, received):
        """Counts one batch: the float output, and the one of the whole file run in integers."""
        reference = reference.astype("float64")
        self._signal += float(np.sum(reference**2))
        self._noise += float(np.sum((received - reference) ** 2))
        self.low = min(self.low, float(reference.min()))
        self.high = max(self.high, float(reference.max()))
        peaks = np.abs(reference).reshape(-1, reference.shape[-1]).max(0)
        self._channels = peaks if self._channels is None else np.maximum(self._channels, peaks)
        scale, low, high = grid(self.step.output)
        if scale:
            # A step beyond the end is rounding still: softmax's grid ends at 255/256.
            outside = (reference < low - scale) | (reference > high + scale)
            self._saturated += int(outside.sum())
            self._lost += int(np.sum((np.abs(reference) < scale / 2) & (reference != 0)))
            self._nonzero += int(np.count_nonzero(reference))
        self._count += reference.size

    def add_own(self, expected, error, harm):
        """Counts what the step itself adds to what it should give, and the noise at the end."""
        self._local_signal += float(np.sum(expected.astype("float64") ** 2))
        self._local_noise += float(np.sum(error.astype("float64") ** 2))
        self._harm += harm

    @property
    def snr_db(self):
        return decibels(self._signal, self._noise)

    @property
    def local_snr_db(self):
        return decibels(self._local_signal, self._local_noise)

    def output_snr_db(self, signals):
        """The worst over the file's outputs, of whose squares `signals` are the sums."""
        return min(decibels(s, n) for s, n in zip(signals, self._harm, strict=True))

    @property
    def saturated(self):
        return self._saturated / max(self._count, 1)

    @property
    def rounded_to_zero(self):
        return self._lost / max(self._nonzero, 1)

    @property
    def channel_spread(self):
        """The range of the widest channel over that of the median one; 1 for a single number."""
        peaks = self._channels[self._channels > 0]
        return float(peaks.max() / np.median(peaks)) if peaks.size else 1.0

    @property
    def kernel_spread(self):
        """The widest output channel's kernel over the narrowest's; None without a kernel."""
        if self.step.kernel is None:
            return None
        operator, kernel, _ = self.step.kernel
        return _spread(kernel, kernel.ndim - 1 if operator == "DEPTHWISE_CONV_2D" else 0)

    @property
    def kernel_input_spread(self):
        """The same over the input channels, which always share a scale; None where one stands."""
        if self.step.kernel is None or self.step.kernel[0] == "DEPTHWISE_CONV_2D":
            return None
        return _spread(self.step.kernel[1], self.step.kernel[1].ndim - 1)


def _spread(kernel, axis):
    peaks = np.abs(np.moveaxis(kernel, axis, 0)).reshape(kernel.shape[axis], -1).max(1)
    peaks = peaks[peaks > 0]
    return float(peaks.max() / peaks.min()) if peaks.size else 1.0


def grid(tensor):
    """(scale, lowest, highest number) of a quantized tensor; zeros for a float one."""
    if not tensor.scale:
        return 0.0, 0.0, 0.0
    scale, zero_point = tensor.scale[0], tensor.zero_point[0]
    limits = np.iinfo(tensor.dtype)
    return scale, (limits.min - zero_point) * scale, (limits.max - zero_point) * scale
