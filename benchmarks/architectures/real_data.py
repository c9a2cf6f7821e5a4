"""Real examples: calibration (seed 1) from training, comparison (any other seed) from test data."""

import functools
import gzip
import re

import numpy as np

_STEPS, _BANDS = 32, 16


def _picked(n, seed, x):
    """`n` examples in a random order of their own; all of them where there are fewer."""
    return x[np.random.default_rng(seed).permutation(len(x))[:n]]


def _folder():
    import cifar

    if not cifar.DATA.exists():
        raise FileNotFoundError(f"This network needs the data folder at {cifar.DATA}.")
    return cifar.DATA


def cifar10(n, seed):
    """CIFAR-10 in [0, 1]."""
    import cifar

    _folder()
    x, _ = cifar.images("train_00" if seed == 1 else "test_00")
    return _picked(n, seed, x).astype("float32") / 255


@functools.cache
def fashion_mnist():
    """Images in [0, 1] and labels: training, then test; they lie inside the package."""
    import keras_distill as kd

    train, _, test = kd.datasets.load("fashion_mnist", batch_size=500)
    parts = []
    for split in (train, test):
        x, y = zip(*((np.asarray(x), np.asarray(y)) for x, y in split), strict=True)
        parts.append((np.concatenate(x), np.concatenate(y)))
    return parts


def fashion(n, seed):
    """Fashion-MNIST in [0, 1]."""
    train, test = fashion_mnist()
    return _picked(n, seed, train[0] if seed == 1 else test[0])


@functools.cache
def sentences(part):
    """Sentences of SST-2 and their labels; `part` is "train" or "validation"."""
    path = _folder() / "text" / f"sst2_glue_{part}.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t", 1) for line in file]
    return [text for _, text in rows], np.array([int(label) for label, _ in rows])


@functools.cache
def _vocabulary(size):
    counts = {}
    for text in sentences("train")[0]:
        for word in re.findall(r"\w+", text):
            counts[word] = counts.get(word, 0) + 1
    # By count, then by the alphabet: always the same. 0 is the padding, 1 any other word.
    words = sorted(counts, key=lambda word: (-counts[word], word))[: size - 2]
    return {word: number for number, word in enumerate(words, 2)}


def numbered(texts, size, length):
    """Words of each text as int32 numbers, padded at the front."""
    vocabulary = _vocabulary(size)
    rows = np.zeros((len(texts), length), "int32")
    for row, text in zip(rows, texts, strict=True):
        words = [vocabulary.get(word, 1) for word in re.findall(r"\w+", text)[:length]]
        if words:
            row[-len(words) :] = words
    return rows


def sst2(size, length):
    """A function `(n, seed)` of numbered words of SST-2."""

    def samples(n, seed):
        texts = sentences("train" if seed == 1 else "validation")[0]
        return numbered(_picked(n, seed, np.array(texts, dtype=object)), size, length)

    return samples


@functools.cache
def spoken_digits():
    """Spoken digits as log energies of 32 steps and 16 bands, and labels: training, then test."""
    with np.load(_folder() / "audio" / "fsdd_8k.npz", allow_pickle=False) as file:
        wave, ends, labels, index = (file[k] for k in ("wave", "offsets", "label", "index"))
    x = np.stack([_bands(wave[a:b]) for a, b in zip(ends[:-1], ends[1:], strict=True)])
    tested = index < 5  # the set's own rule
    x = (x - x[~tested].mean()) / x[~tested].std()
    return [(x[~tested], labels[~tested]), (x[tested], labels[tested])]


def _bands(wave, width=256):
    # A recording is cut into 32 overlapping pieces, however long it is.
    wave = np.pad(wave.astype("float32") / 32768, (0, max(0, width + _STEPS - len(wave))))
    starts = np.linspace(0, len(wave) - width, _STEPS).astype(int)
    pieces = np.stack([wave[start : start + width] for start in starts]) * np.hanning(width)
    power = np.abs(np.fft.rfft(pieces)) ** 2
    edges = np.unique(np.geomspace(2, width // 2 + 1, _BANDS + 1).round().astype(int))
    if len(edges) != _BANDS + 1:
        edges = np.linspace(2, width // 2 + 1, _BANDS + 1).round().astype(int)
    sums = np.stack([power[:, a:b].sum(1) for a, b in zip(edges[:-1], edges[1:], strict=True)], 1)
    return np.log(sums + 1e-6).astype("float32")


def digits(n, seed):
    """Spoken digits, standardized."""
    train, test = spoken_digits()
    return _picked(n, seed, train[0] if seed == 1 else test[0])
