"""Looks at a teacher before anything trains: is it fed the way it expects?"""

import keras
import numpy as np

from keras_distill.teachers import input_scales
from keras_distill.teachers.examination import Examination
from keras_distill.teachers.finding import Finding

POINTS = 0.20
LEVEL = 1e-6
CHANCE_LEVEL = 0.01
BATCH = 128


def examine(teacher, x, y, class_names=None):
    """Tries the usual mistakes in feeding a teacher and says which one was made.

    Other input scales, BGR for RGB, and other class orders are chosen on one half
    of the examples and judged on the other. A finding needs at least 20 points
    more accuracy there and p < 1e-6 (McNemar's exact test), so a teacher that is
    merely weak, or data that is merely hard, raises nothing.

    Args:
        teacher: A callable from a float32 batch to outputs `(n, classes)`, logits or
            probabilities; a `keras.Model` is one.
        x: Examples as they would be fed, images `(n, height, width, channels)` in
            [0, 1]; of any other array, texts too, or of a dict or list of arrays only the
            class order is looked at.
        y: Labels: integers `(n,)` or `(n, 1)`, or one-hot `(n, classes)`. Labels
            outside `0 … classes − 1` are left out.
        class_names: The data's class names, in order, for the sentence. Optional.

    Returns:
        An `Examination`; `.finding` is `None` when all is well, `.sentence` says it.

    Example:

    ```python
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    x = (0.2 + 0.5 * y[:, None, None, None] + 0.1 * rng.random((200, 4, 4, 1))).astype("float32")
    def teacher(batch):  # right on pixels 0 … 255 only
        mean = np.mean(batch, axis=(1, 2, 3))
        return np.stack([130.0 - mean, mean - 130.0], axis=-1)
    look = kd.teachers.examine(teacher, x, y)
    assert look.finding.setting == {"input_scale": "[0, 255]"}
    ```
    """
    several = keras.tree.is_nested(x) and all(hasattr(e, "shape") for e in keras.tree.flatten(x))
    x, y = x if several else np.asarray(x), np.asarray(y)
    outputs = _outputs(teacher, x)
    classes = max(outputs.shape[-1], 2)
    labels = y.reshape(len(y), -1)
    labels = labels.argmax(-1) if labels.shape[1] > 1 else labels[:, 0]
    known = (labels >= 0) & (labels < classes)
    x = keras.tree.map_structure(lambda each: each[known], x)
    outputs, labels = outputs[known], labels[known].astype(int)
    if len(labels) == 0:
        raise ValueError(
            f"Expected labels in 0 … {classes - 1} to look at the teacher with. "
            f"Received: {len(y)} labels, none of them in that range."
        )
    right = _chosen(outputs) == labels
    data_scale = _scale_of(x)
    accuracy = float(right.mean())
    finding = None
    # Nothing can be 20 points better than this, so nothing else is tried.
    if accuracy <= 1.0 - POINTS:
        finding = _search(teacher, x, labels, outputs, classes, data_scale)
    chance, at_chance = _chance(outputs, labels, classes, accuracy)
    names = () if class_names is None else tuple(class_names)
    return Examination(len(labels), accuracy, chance, at_chance, data_scale, finding, names)


def _search(teacher, x, labels, outputs, classes, data_scale):
    order = np.random.default_rng(0).permutation(len(labels))
    choosing, judging = order[: len(order) // 2], order[len(order) // 2 :]
    if len(choosing) == 0:
        return None
    ways = [({}, _chosen(outputs))]
    for setting, images in _other_ways(x, data_scale):
        ways.append((setting, _chosen(_outputs(teacher, images))))
    as_fed = ways[0][1] == labels

    def judged(setting, predicted, reference):
        right = predicted[judging] == labels[judging]
        gain = right.mean() - reference[judging].mean()
        p_value = _mcnemar(reference[judging], right)
        if gain < POINTS or p_value >= LEVEL:
            return None
        kind = next(iter(setting))
        return Finding(
            "class_order" if kind == "class_map" else kind,
            setting,
            float(as_fed[judging].mean()),
            float(right.mean()),
            p_value,
        )

    def best(ways):
        # The first of the list unless a later one is clearly better: conventions that
        # nearly coincide ("[-1, 1]" and "torch") go by the simpler name.
        chosen = ways[0]
        for way in ways[1:]:
            gain = (way[1] == labels)[choosing].mean() - (chosen[1] == labels)[choosing].mean()
            chosen = way if gain > 0.02 else chosen
        return chosen

    setting, predicted = best(ways)
    found = judged(setting, predicted, as_fed) if setting else None
    # A class order has many ways to fit by luck: it must beat the best of the other
    # ways by the same margin, judged on examples that the assignment never saw.
    reference = predicted == labels if found else as_fed
    reordered = []
    for setting, predicted in ways:
        class_map, renamed = _assigned(predicted, labels, choosing, classes)
        reordered.append(({**setting, "class_map": class_map}, renamed))
    setting, predicted = best(reordered)
    return judged(setting, predicted, reference) or found


def _other_ways(x, data_scale):
    """(setting, images) of every convention but the one the data is in."""
    if data_scale is None:
        return
    scale, offset = input_scales.INPUT_SCALES[data_scale]
    unit = (x.astype("float32") - offset) / scale
    colour = x.ndim == 4 and x.shape[-1] == 3
    for channels in input_scales.CHANNELS if colour else ("rgb",):
        for input_scale in input_scales.INPUT_SCALES:
            same = input_scale == data_scale and channels == "rgb"
            if same or (input_scale in ("torch", "caffe") and not colour):
                continue
            setting = {}
            if input_scale != data_scale:
                setting["input_scale"] = input_scale
            if channels == "bgr":
                setting["channels"] = "bgr"
            yield setting, input_scales.convert(unit, input_scale, channels)


def _scale_of(x):
    """The scale that numbers are in, told by their range; None for what is no image."""
    if keras.tree.is_nested(x) or x.dtype.kind not in "fu" or x.ndim < 2:
        return None
    low, high = float(x.min()), float(x.max())
    if 0.0 <= low and high <= 1.0:
        return "[0, 1]"
    if 0.0 <= low and high <= 255.0 and x.ndim == 4:
        return "[0, 255]"
    if -1.0 <= low and high <= 1.0:
        return "[-1, 1]"
    return None


def _outputs(teacher, x):
    parts = []
    for start in range(0, len(keras.tree.flatten(x)[0]), BATCH):
        part = teacher(keras.tree.map_structure(lambda each, i=start: _batch(each, i), x))
        parts.append(np.asarray(part.detach().cpu() if hasattr(part, "detach") else part))
    outputs = np.concatenate(parts)
    return outputs.reshape(len(outputs), -1)


def _batch(x, start):
    batch = x[start : start + BATCH]
    return batch.astype("float32") if batch.dtype.kind in "fu" else batch


def _chosen(outputs):
    if outputs.shape[1] > 1:
        return outputs.argmax(-1)
    probabilities = outputs.min() >= 0.0 and outputs.max() <= 1.0
    return (outputs[:, 0] > (0.5 if probabilities else 0.0)).astype(int)


def _assigned(predicted, labels, choosing, classes):
    """The one-to-one class order that fits the choosing half best, applied to all."""
    from scipy.optimize import linear_sum_assignment

    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (labels[choosing], predicted[choosing]), 1)
    # Ties keep the order as it is.
    _, class_map = linear_sum_assignment(confusion + 1e-3 * np.eye(classes), maximize=True)
    return class_map.tolist(), np.argsort(class_map)[predicted]


def _mcnemar(before, after):
    from scipy.stats import binomtest

    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    if gained + lost == 0:
        return 1.0
    return float(binomtest(gained, gained + lost, 0.5, alternative="greater").pvalue)


def _chance(outputs, labels, classes, accuracy):
    from scipy.stats import binomtest

    predicted = np.bincount(_chosen(outputs), minlength=classes) / len(labels)
    wanted = np.bincount(labels, minlength=classes) / len(labels)
    chance = float(predicted @ wanted)
    if wanted.max() == 1.0:  # one class only: nothing can be told from it
        return chance, False
    right = round(accuracy * len(labels))
    p_value = binomtest(right, len(labels), min(chance, 1.0), alternative="greater").pvalue
    return chance, bool(p_value > CHANCE_LEVEL)
