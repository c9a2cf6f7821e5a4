"""A few examples to look at: what went wrong, and on what."""

import base64

import numpy as np

from keras_distill.robustness.measuring.measured_data import as_seen

# Rows of the gallery: half show a flip, half are picked by chance.
FLIPS = 4
CHANCE = 2
_SEVERITIES = 4
# Side in pixels that larger pictures are brought to: the page stays small.
_SIDE = 96


def gallery(measurement, records, makers, baseline, seed):
    """Rows of the report's `gallery`.

    For each model in turn the corruption that costs it most against the baseline, and the
    first example that the baseline has right there and the model wrong; then examples and
    corruptions drawn by chance, so that the page does not show failures alone.

    Args:
        measurement: A `Measurement`.
        records: `records(model, cell)` gives a finished cell's record of one model.
        makers: `{(corruption, severity): corruption object}`.
        baseline: Name of the model that flips are told against.
        seed: Seed of the chance picks.

    Returns:
        A list of dicts.
    """
    if not makers:
        return []
    labels = measurement.data.labels
    picks = _flips(measurement.loaded, records, makers, baseline, labels)
    rng = np.random.default_rng(seed)
    cells = list(makers)
    for _ in range(CHANCE):
        cell = cells[rng.integers(len(cells))]
        picks.append((int(rng.integers(len(labels))), cell[0], "picked by chance"))
    wanted = sorted({number for number, *_ in picks})
    inputs = _inputs(measurement.data, wanted)
    return [
        _row(measurement, makers, number, inputs[number], int(labels[number]), name, why)
        for number, name, why in picks
    ]


def _flips(loaded, records, makers, baseline, labels):
    names = list(dict.fromkeys(name for name, _ in makers))
    strongest = {name: max(s for other, s in makers if other == name) for name in names}
    tops = {
        (model, name): records(model, (name, strongest[name]))["top"]
        for model in loaded
        for name in names
    }
    picks, shown = [], set()
    for model in [each for each in loaded if each != baseline][::-1]:
        flipped = {
            name: (tops[baseline, name] == labels) & (tops[model, name] != labels) for name in names
        }
        for name in sorted(names, key=lambda each: -flipped[each].sum()):
            new = [int(i) for i in np.flatnonzero(flipped[name]) if int(i) not in shown]
            if new:
                shown.add(new[0])
                picks.append((new[0], name, f"{baseline} right, {model} wrong"))
                break
    return picks[:FLIPS]


def _inputs(data, numbers):
    found = {}
    for part in data.parts():
        for number in numbers:
            if number in part.indices:
                found[number] = part.inputs[number - part.start]
    return found


def _row(measurement, makers, number, example, label, name, why):
    severities = sorted(s for other, s in makers if other == name)
    chosen = np.unique(np.linspace(0, len(severities) - 1, min(_SEVERITIES, len(severities))))
    frames = []
    for severity in [0, *(severities[int(i)] for i in chosen)]:
        seen = np.asarray([example])
        if severity:
            seen = makers[name, severity](seen, measurement.seed, [number])
        answers = {}
        for model in measurement.loaded:
            p = measurement.probabilities(model, seen)[0]
            answers[model] = {"class": int(p.argmax()), "confidence": float(p.max())}
        text = measurement.data.modality == "text"
        frames.append(
            {
                "severity": severity,
                "png": None if text else _png(seen),
                "text": _words(seen[0]) if text else None,
                "answers": answers,
            }
        )
    return {"id": number, "label": label, "why": why, "corruption": name, "frames": frames}


def _words(text):
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _png(images):
    import tensorflow as tf

    images = as_seen(images)
    if max(images.shape[1:3]) > _SIDE:
        images = tf.image.resize(images, (_SIDE, _SIDE), "area", preserve_aspect_ratio=True).numpy()
    pixels = np.rint(np.clip(images[0], 0, 1) * 255).astype("uint8")
    return base64.b64encode(tf.io.encode_png(pixels).numpy()).decode()
