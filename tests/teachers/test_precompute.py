"""precompute: one pass, resumable, refused where it does not belong."""

import os
import re
import signal
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.teachers import Ensemble, attach, precompute
from keras_distill.teachers.attached_batch import detached


def build(seed=1, **arguments):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [keras.Input((6,)), layers.Dense(5, "relu", name="hidden"), layers.Dense(3, **arguments)]
    )


class Batches(keras.utils.PyDataset):
    """Order of our own choosing, on every backend."""

    def __init__(self, x, order=None, size=8):
        super().__init__()
        self.x = x if order is None else x[order]
        self.size = size

    @property
    def num_batches(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, index):
        x = self.x[index * self.size : (index + 1) * self.size]
        return x, np.zeros(len(x), "int32")


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(30, 6)).astype("float32")


def refused(call, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        call()


def seen(data, teacher, features=()):
    """Largest difference between what is attached and what the teacher says."""
    worst = 0.0
    for index in range(data.num_batches):
        x, _, stored = detached(data[index][0])
        worst = max(worst, np.abs(stored["outputs"] - np.array(teacher(x))).max())
        for path in features:
            wanted = np.array(teacher.get_layer(path)(x))
            worst = max(worst, np.abs(stored["features"][path] - wanted).max())
    return worst


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float16", 3e-3)])
def test_outputs_and_features_are_the_teachers_in_any_order(x, tmp_path, dtype, tolerance):
    teacher = build()
    made = precompute(
        teacher, Batches(x), tmp_path / "c", features=["hidden"], dtype=dtype, verbose=False
    )
    assert made.outputs == (3,) and made.features == {"hidden": (5,)}
    assert made.output_kind == "logits"
    order = np.random.default_rng(1).permutation(30)
    data = attach(Batches(x, order, 7), tmp_path / "c")
    assert seen(data, teacher, ["hidden"]) <= tolerance


def test_softmax_heads_and_ensembles_say_what_they_put_out(x, tmp_path):
    made = precompute(build(activation="softmax"), Batches(x), tmp_path / "p", verbose=False)
    assert made.output_kind == "probabilities"
    ensemble = Ensemble([build(1), build(2)])
    made = precompute(ensemble, Batches(x), tmp_path / "e", verbose=False)
    assert made.output_kind == "logits"
    assert seen(attach(Batches(x), tmp_path / "e"), ensemble) < 3e-3


def test_the_most_probable_classes(x, tmp_path):
    teacher = build()
    made = precompute(teacher, Batches(x), tmp_path / "c", top_k=2, verbose=False)
    stored = detached(attach(Batches(x), made)[0][0])[2]["outputs"]
    p, q = (np.array(keras.ops.softmax(each)) for each in (teacher(x[:8]), stored))
    np.testing.assert_allclose(q.sum(-1), 1.0, atol=1e-3)
    top = np.argsort(-p, -1)[:, :2]
    np.testing.assert_allclose(
        np.take_along_axis(q, top, -1), np.take_along_axis(p, top, -1), rtol=2e-3
    )


def test_a_complete_cache_is_used_as_it_is(x, tmp_path, monkeypatch):
    teacher = build()
    precompute(teacher, Batches(x), tmp_path / "c", verbose=False)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "c").rglob("*.npy")}
    precompute(teacher, Batches(x), tmp_path / "c", verbose=False)
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "c").rglob("*.npy")}


def test_other_teacher_other_data_other_dtype(x, tmp_path):
    teacher, folder = build(), tmp_path / "c"
    precompute(teacher, Batches(x), folder, verbose=False)
    with pytest.raises(ValueError, match=r"holds outputs of another teacher\. Received: .*…; "):
        precompute(build(2), Batches(x), folder, verbose=False)
    refused(
        lambda: precompute(teacher, Batches(x + 1), folder, verbose=False),
        f"'{folder}' holds outputs for other data. Received: 8 examples that are not in it. "
        "Choose another folder, or delete this one.",
    )
    refused(
        lambda: precompute(teacher, Batches(x[:20]), folder, verbose=False),
        f"'{folder}' holds outputs for other data. Received: 10 examples that it holds are not in "
        "the data. Choose another folder, or delete this one.",
    )
    refused(
        lambda: precompute(teacher, Batches(x), folder, dtype="float32", verbose=False),
        f"'{folder}' holds outputs of another dtype. Received: 'float32'; the folder was made with "
        "'float16'. Choose another folder, or delete this one.",
    )


def test_arguments_that_make_no_sense(x, tmp_path):
    refused(
        lambda: precompute(build(), Batches(x), tmp_path / "c", dtype="int8"),
        "`dtype` must be one of ('float16', 'float32'). Received: dtype='int8'.",
    )
    refused(
        lambda: precompute(build(), Batches(x), tmp_path / "c", epochs=2),
        "Without `augment` every epoch sees the same examples. Received: epochs=2 and "
        "augment=None. Pass augment=..., or leave epochs at 1.",
    )
    refused(
        lambda: precompute(build(), Batches(x), tmp_path / "c", top_k=4),
        "`top_k` keeps classes of one output. Received: top_k=4 for outputs of shape [(3,)].",
    )
    refused(
        lambda: precompute(build(), Batches(x[:0]), tmp_path / "c"),
        "The data set is empty. Received: not one batch to precompute.",
    )


CHILD = """
    import os, signal, sys
    import keras, numpy as np
    import keras_distill as kd
    module = sys.modules["keras_distill.teachers.precompute"]
    module._SHARD_BYTES = 1
    if sys.argv[2] == "kill":
        whole = module.OutputCache.add_shard
        def add_shard(cache, keys, arrays):
            whole(cache, keys, arrays)
            if len(cache._manifest["shards"]) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
        module.OutputCache.add_shard = add_shard
    class Batches(keras.utils.PyDataset):
        num_batches = 4
        def __getitem__(self, index):
            return np.random.default_rng(index).normal(size=(8, 6)).astype("float32"), np.zeros(8)
    keras.utils.set_random_seed(1)
    teacher = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
    calls = []
    run = module._Reader.run
    module._Reader.run = lambda self, x: calls.append(1) or run(self, x)
    made = kd.teachers.precompute(teacher, Batches(), sys.argv[1], verbose=False)
    from keras_distill.teachers.attached_batch import detached
    data = kd.teachers.attach(Batches(), made)
    for index in range(4):
        x, _, stored = detached(data[index][0])
        assert np.abs(stored["outputs"] - np.array(teacher(x))).max() < 3e-3
    print("forwards", len(calls))
"""


@pytest.mark.slow
def test_kill_9_in_the_middle_of_the_pass_and_resume(tmp_path):
    def run(what):
        command = [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path / "c"), what]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    assert run("kill").returncode == -signal.SIGKILL
    assert len(list((tmp_path / "c").glob("shard-*"))) == 2
    with pytest.raises(ValueError, match=r"are not complete: their pass was stopped\."):
        attach(Batches(np.zeros((8, 6), "float32")), tmp_path / "c")
    done = run("go")
    assert done.returncode == 0, done.stderr[-2000:]
    # One forward to see the shapes, two for what was not kept.
    assert done.stdout.split() == ["forwards", "3"]
    assert not [name for name in os.listdir(tmp_path / "c") if "partial" in name]


def test_a_teacher_with_inputs_of_its_own(tmp_path):
    """Two tokenizers, one batch: the teacher sees its part, and is found by the whole."""
    rng = np.random.default_rng(0)
    data = [
        {"teacher": rng.random((8, 6), "float32"), "student": rng.random((8, 2), "float32")}
        for _ in range(2)
    ]

    class Pairs(keras.utils.PyDataset):
        num_batches = 2

        def __getitem__(self, index):
            return data[index], np.zeros(8, "int32")

    teacher = build()
    made = precompute(
        teacher, Pairs(), tmp_path / "a", dtype="float32", teacher_inputs="teacher", verbose=False
    )
    for batch, (x, _) in zip(
        data, (attach(Pairs(), tmp_path / "a")[i] for i in (0, 1)), strict=True
    ):
        inputs, _, stored = detached(x)
        np.testing.assert_array_equal(inputs["student"], batch["student"])
        np.testing.assert_allclose(stored["outputs"], teacher(batch["teacher"]), atol=1e-6)
    assert made.source.made_by["teacher_inputs"] == "teacher"
    doubled = precompute(
        teacher,
        Pairs(),
        tmp_path / "b",
        dtype="float32",
        teacher_inputs=lambda x: 2.0 * x["teacher"],
        verbose=False,
    )
    np.testing.assert_allclose(
        doubled.source.read(np.arange(8), [])[1], teacher(2 * data[0]["teacher"]), atol=1e-6
    )
    sentence = (
        f"'{tmp_path / 'b'}' holds outputs of a teacher that was fed otherwise (`teacher_inputs`). "
        "Received: 'teacher'; the folder was made with 'a function'. Choose another folder, or "
        "delete this one."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        precompute(
            teacher,
            Pairs(),
            tmp_path / "b",
            dtype="float32",
            teacher_inputs="teacher",
            verbose=False,
        )
