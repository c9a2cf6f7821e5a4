"""The examples that models are measured on, a part of bounded size at a time."""

import dataclasses
import hashlib

import numpy as np

# Examples of one part, and about how many bytes its float32 inputs may take.
_EXAMPLES = 1000
_BYTES = 2**27
# Arrays are gone through this many at a time.
_SLICE = 250


@dataclasses.dataclass(frozen=True)
class Part:
    """Examples `start` … `start + len(labels) − 1`, inputs as they are corrupted."""

    number: int
    start: int
    inputs: np.ndarray
    labels: np.ndarray

    @property
    def indices(self):
        return range(self.start, self.start + len(self.labels))


class MeasuredData:
    """Images or texts with labels, checked, and handed out in parts of bounded size.

    They are read twice: once here, to check and to count them, once to measure. Images of a
    tf.data set are never in memory all at once. Images with 8 bits a value, uint8 or float on
    the grid k / 255, are kept as bytes, so that corruptions cut off as the reference does.

    Args:
        data: `(inputs, labels)` or a tf.data set (or another thing that can be iterated over
            twice) of such batches: images `(n, H, W, C)`, float in [0, 1] or uint8, or texts
            `(n,)`; integer labels `(n,)` or `(n, 1)`.

    Attributes:
        n: Number of examples.
        labels: int64 `(n,)`.
        modality: `"image"` or `"text"`.
        shape: `(H, W, C)`, None for texts.
        empty_texts: How many texts are empty or white space; None for images.
        bits: 8 for images of bytes, else None.
        inputs_sha256: Hash of the examples' own hashes, in order.
        labels_sha256: Hash of the labels.
        part_size: Examples in every part but the last.

    Raises:
        ValueError: If data or labels are not as described.
    """

    def __init__(self, data):
        self._batches = _batches(data)
        self.bits = None
        labels, shapes, on_grid, empty = [], set(), True, 0
        for inputs, some in self._batches():
            labels.append(_integers(inputs, some))
            shapes.add(inputs.shape[1:])
            if inputs.dtype.kind in "OUS":
                empty += sum(not text.strip() for text in inputs.tolist())
            if inputs.dtype.kind in "OUS" or inputs.dtype == np.uint8 or not inputs.size:
                continue
            # Written so that NaN, which compares false with everything, is refused too.
            if not (inputs.min() >= 0.0 and inputs.max() <= 1.0):
                raise ValueError(
                    f"Expected float images in [0, 1]. Received: values from {inputs.min():g} to "
                    f"{inputs.max():g}. Scale them, or give uint8 images; corruptions are defined "
                    "on pictures, not on normalised inputs."
                )
            on_grid = on_grid and bool(np.abs(inputs * 255 - np.rint(inputs * 255)).max() < 1e-3)
        self.labels = np.concatenate(labels) if labels else np.empty(0, "int64")
        self.labels_sha256 = hashlib.sha256(self.labels.tobytes()).hexdigest()
        self.n = len(self.labels)
        if not self.n:
            raise ValueError("The data set is empty. Give at least one example with its label.")
        if len(shapes) > 1:
            raise ValueError(
                f"Expected examples of one shape. Received: {sorted(shapes)}. Resize them first."
            )
        (shape,) = shapes
        self.modality = "text" if shape == () else "image"
        self.shape = tuple(shape) if shape else None
        self.empty_texts = empty if self.modality == "text" else None
        if self.modality == "image":
            self.bits = 8 if on_grid else None
            size = 4 * int(np.prod(shape))
            self.part_size = max(16, min(_EXAMPLES, _BYTES // size))
        else:
            self.part_size = _EXAMPLES
        digests = [example_digests(part.inputs) for part in self.parts(check=False)]
        self._digests = [digest_of(each) for each in digests]
        self.inputs_sha256 = digest_of(np.concatenate(digests))

    def parts(self, check=True):
        """The parts, one after the other, always the same ones."""
        for part in self._cut_up(self._batches()):
            found = digest_of(example_digests(part.inputs)) if check else None
            if check and self._digests[part.number : part.number + 1] != [found]:
                raise ValueError(
                    "The data came in another order, or were others, when they were read a second "
                    "time. Give a set that is not shuffled or augmented, or arrays."
                )
            yield part

    def described(self):
        """What a report says of the data."""
        return {
            "modality": self.modality,
            "n": self.n,
            "image_shape": self.shape and list(self.shape),
            "bits": self.bits,
            "empty_texts": self.empty_texts,
            "labels_sha256": self.labels_sha256,
            "inputs_sha256": self.inputs_sha256,
        }

    def first(self, number):
        """At most so many examples from the start: inputs as models take them, labels."""
        inputs, labels = [], []
        for part in self.parts():
            inputs.append(part.inputs[: number - sum(map(len, inputs))])
            labels.append(part.labels[: len(inputs[-1])])
            if sum(map(len, inputs)) == number:
                break
        return as_seen(np.concatenate(inputs)), np.concatenate(labels)

    def published(self, batches, labels, name):
        """Parts of another set's batches, which must have these labels in this order."""
        seen = 0
        for part in self._cut_up(batches):
            mine = labels[part.start : part.start + len(part.labels)]
            if not np.array_equal(mine, part.labels) or part.inputs.shape[1:] != self.shape:
                break
            seen += len(part.labels)
            yield part
        if seen != len(labels):
            raise ValueError(
                f"The examples of {name} differ from those of the other cells in shape, labels or "
                f"number ({len(labels)} of shape {self.shape} expected). Prepare the set again."
            )

    def _cut_up(self, batches):
        kept, waiting, start, number = [], 0, 0, 0
        for inputs, labels in batches:
            inputs = np.asarray(inputs)
            kept.append((self._stored(inputs), _integers(inputs, labels)))
            waiting += len(inputs)
            while waiting >= self.part_size:
                part, kept = self._cut(kept, number, start)
                yield part
                number, start = number + 1, start + self.part_size
                waiting -= self.part_size
        if waiting:
            yield self._cut(kept, number, start)[0]

    def _stored(self, inputs):
        if self.modality == "text":
            return inputs
        if self.bits == 8:
            return inputs if inputs.dtype == np.uint8 else np.rint(inputs * 255).astype("uint8")
        return inputs.astype("float32") / (255.0 if inputs.dtype == np.uint8 else 1.0)

    def _cut(self, kept, number, start):
        inputs, labels = (np.concatenate(each) for each in zip(*kept, strict=True))
        size = self.part_size
        return Part(number, start, inputs[:size], labels[:size]), [(inputs[size:], labels[size:])]


def as_seen(inputs):
    """Inputs as models take them: bytes as float32 in [0, 1]."""
    return np.divide(inputs, 255.0, dtype="float32") if inputs.dtype == np.uint8 else inputs


def example_digests(inputs):
    """SHA-256 of each example's bytes, uint8 `(n, 32)`."""
    if inputs.dtype.kind in "OUS":
        encoded = (x if isinstance(x, bytes) else str(x).encode() for x in inputs.tolist())
        each = [hashlib.sha256(text).digest() for text in encoded]
    else:
        each = [hashlib.sha256(np.ascontiguousarray(x)).digest() for x in inputs]
    return np.frombuffer(b"".join(each), np.uint8).reshape(-1, 32)


def digest_of(digests):
    """One hash, hexadecimal, of examples' hashes `(n, 32)` one after the other."""
    return hashlib.sha256(digests.tobytes()).hexdigest()


def order_like(labels, wanted):
    """Places `(n,)` in `labels` that give the labels `wanted`; None if they are other ones.

    Within a class the order is kept. It is `0 … n − 1` where the two are equal.
    """
    if not np.array_equal(np.sort(labels), np.sort(wanted)):
        return None
    order = np.empty(len(labels), "int64")
    order[np.argsort(wanted, kind="stable")] = np.argsort(labels, kind="stable")
    return order


def _integers(inputs, labels):
    if labels is None:
        raise ValueError(
            "The data have no labels. Robustness is measured against labels: give a tuple "
            "(inputs, labels) or a tf.data set of such pairs."
        )
    if inputs.ndim not in (1, 4) or (inputs.ndim == 1) != (inputs.dtype.kind in "OUS"):
        raise ValueError(
            "Expected images of shape (n, height, width, channels) or texts of shape (n,). "
            f"Received: shape {inputs.shape}, dtype {inputs.dtype}."
        )
    if inputs.ndim == 4 and inputs.dtype != np.uint8 and inputs.dtype.kind != "f":
        raise ValueError(
            "Expected float images in [0, 1] or uint8 images, so that the scale is plain. "
            f"Received: dtype {inputs.dtype}. Convert with images.astype('uint8') or divide by "
            "255."
        )
    labels = np.asarray(labels)
    if labels.shape == (len(inputs), 1):
        labels = labels[:, 0]
    if (
        labels.shape != (len(inputs),)
        or labels.dtype.kind not in "iufb"
        or not np.array_equal(labels, labels.astype("int64"))
    ):
        raise ValueError(
            f"Expected one integer label per example, shape ({len(inputs)},). Received: shape "
            f"{labels.shape}, dtype {labels.dtype}. Turn one-hot labels into numbers by argmax."
        )
    return labels.astype("int64")


def _batches(data):
    """A function that goes through (inputs, labels) batches anew each time."""
    # [inputs, labels] is meant as (inputs, labels), not as two batches without labels.
    if isinstance(data, list) and len(data) == 2 and all(hasattr(x, "dtype") for x in data):
        data = tuple(data)
    if isinstance(data, np.ndarray):
        data = (data, None)
    if isinstance(data, tuple):
        inputs = np.asarray(data[0])
        labels = np.asarray(data[1]) if len(data) > 1 and data[1] is not None else None
        if labels is None or labels.shape[:1] != inputs.shape[:1]:
            return lambda: iter([(inputs, labels)])
        starts = range(0, len(inputs), _SLICE)
        return lambda: ((inputs[i : i + _SLICE], labels[i : i + _SLICE]) for i in starts)
    if iter(data) is data:
        data = list(data)

    def batches():
        for batch in data:
            if not isinstance(batch, tuple | list) or len(batch) < 2:
                yield np.asarray(batch), None
            else:
                yield np.asarray(batch[0]), np.asarray(batch[1])

    return batches
