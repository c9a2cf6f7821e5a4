"""mutual_learning: the divergences of the paper, both ways, and one model after a reload."""

import re

import keras
import numpy as np
import pytest

from keras_distill.distillation import mutual_learning
from keras_distill.losses import SoftTargets


def test_each_learns_from_the_mean_of_the_others(build, data, cross_entropy, tmp_path):
    x, y = data
    students = [build(name, width=width) for name, width in (("a", 16), ("b", 8), ("c", 4))]
    distiller = mutual_learning(students)
    distiller.compile(keras.optimizers.SGD(0.1), {name: cross_entropy for name in "abc"})
    before = [np.array(student(x)) for student in students]
    labels = {name: y for name in "abc"}
    loss = distiller.fit(x, labels, batch_size=64, verbose=0).history["loss"][0]
    task = sum(float(cross_entropy(y, outputs)) for outputs in before)
    pairs = [
        float(np.mean(SoftTargets(1.0)(before[other], before[one])))
        for one in range(3)
        for other in range(3)
        if one != other
    ]
    assert loss == pytest.approx(0.5 * task + 0.5 * sum(pairs) / 2, rel=1e-4)
    for student, outputs in zip(students, before, strict=True):
        assert np.abs(np.array(student(x)) - outputs).max() > 0

    distiller.save(tmp_path / "d.keras")
    again = keras.models.load_model(tmp_path / "d.keras")
    assert again.teacher is again.student
    again.fit(x, labels, batch_size=64, verbose=0)


@pytest.mark.parametrize("names", [["a"], ["a", "a"]])
def test_too_few_or_one_name(build, names):
    sentence = (
        "`students` must be two or more models of different names. "
        f"Received: {', '.join(map(repr, names))}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        mutual_learning([build(name) for name in names])


def test_logits_and_softmax_do_not_mix(build):
    sentence = (
        "Students that teach each other must all end in logits or all in softmax. Received: 'a' "
        "logits, 'b' probabilities."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        mutual_learning([build("a"), build("b", activation="softmax")])
