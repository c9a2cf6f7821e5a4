"""Distiller: under everything that `fit` can do, and what it refuses."""

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

import keras_distill.datasets
from keras_distill.distillation import Distiller
from keras_distill.losses import (
    DIST,
    BinarySoftTargets,
    DecoupledDistillation,
    DistillationLoss,
    FeatureHint,
    SoftTargets,
)


class Epochs(keras.utils.PyDataset):
    """An order that is a function of (seed, epoch)."""

    def __init__(self, x, y):
        super().__init__()
        self.x, self.y, self.epoch = x, y, keras.Variable(0, dtype="int32", trainable=False)

    @property
    def num_batches(self):
        return 4

    def __getitem__(self, index):
        order = np.random.default_rng([7, int(self.epoch)]).permutation(len(self.x))
        part = order[16 * index : 16 * (index + 1)]
        return self.x[part], self.y[part]


class TellEpoch(keras.callbacks.Callback):
    def __init__(self, dataset):
        super().__init__()
        self.dataset = dataset

    def on_epoch_begin(self, epoch, logs=None):
        self.dataset.epoch.assign(epoch)


@pytest.fixture(autouse=True)
def set_epoch(monkeypatch):
    monkeypatch.setattr(keras_distill.datasets, "SetEpoch", TellEpoch, raising=False)


def pair(build, cross_entropy, **compile_arguments):
    keras.utils.set_random_seed(1)
    student = build("s", dropout=0.5, batch_norm=True, width=8)
    hint = FeatureHint("feature", "feature", seed=5)
    distiller = Distiller(build("t"), student, [SoftTargets(), hint])
    distiller.compile("adam", cross_entropy, **compile_arguments)
    return distiller


def assert_same(a, b):
    for one, other in zip(a.weights, b.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_killed_at_an_epoch_boundary_resumes_to_the_same_weights(
    build, data, cross_entropy, tmp_path
):
    class Killed(Exception):
        pass

    class Kill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise Killed

    whole = pair(build, cross_entropy)
    whole.fit(Epochs(*data), epochs=4, verbose=0)
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(Killed):
        pair(build, cross_entropy).fit(
            Epochs(*data), epochs=4, verbose=0, callbacks=[backup, Kill()]
        )
    keras.utils.set_random_seed(99)
    resumed = pair(build, cross_entropy)
    resumed.fit(Epochs(*data), epochs=4, verbose=0, callbacks=[backup])
    assert_same(whole, resumed)


CHILD = """
    import os, signal, sys
    import keras, numpy as np
    import keras_distill as kd
    import keras_distill.datasets
    folder, kill = sys.argv[1], sys.argv[2] == "kill"
    keras.utils.set_random_seed(1)
    def make(width):
        return keras.Sequential([keras.Input((8,)), keras.layers.Dense(width, "relu"),
            keras.layers.Dropout(0.5, seed=3), keras.layers.Dense(4)])
    class Kill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if kill and epoch == 2:
                os.kill(os.getpid(), signal.SIGKILL)
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 8)).astype("float32"), rng.integers(0, 4, 64)
    distiller = kd.Distiller(make(16), make(8))
    distiller.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    backup = keras.callbacks.BackupAndRestore(folder + "/backup")
    distiller.fit(x, y, epochs=4, shuffle=False, verbose=0, callbacks=[backup, Kill()])
    np.savez(folder + "/weights.npz", *distiller.student.get_weights())
"""


@pytest.mark.slow
def test_sigkill_and_resume_in_real_processes(tmp_path):
    results = []
    for name, runs in (("whole", ["go"]), ("killed", ["kill", "go"])):
        folder = tmp_path / name
        folder.mkdir()
        for run in runs:
            command = [sys.executable, "-c", textwrap.dedent(CHILD), str(folder), run]
            code = subprocess.run(command, capture_output=True, timeout=300).returncode
            assert code == (-signal.SIGKILL if run == "kill" else 0)
        with np.load(folder / "weights.npz") as file:
            results.append([file[key] for key in file.files])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


REPLICAS = """
    import tensorflow as tf
    devices = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(devices[0], [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras, numpy as np
    import keras_distill as kd
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 8)).astype("float32"), rng.integers(0, 4, 64)
    def run(strategy):
        with strategy.scope():
            keras.utils.set_random_seed(1)
            def make(name, width):
                return keras.Sequential([keras.Input((8,)), keras.layers.Dense(width, "relu",
                    kernel_regularizer="l2", name="h"),
                    keras.layers.BatchNormalization(synchronized=True), keras.layers.Dense(4)],
                    name=name)
            d = kd.Distiller(make("t", 16), make("s", 8),
                [kd.losses.SoftTargets(), kd.losses.FeatureHint("h", "h", seed=1)])
            d.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        history = d.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0).history
        return history, d.get_weights()
    (one, a), (two, b) = run(tf.distribute.get_strategy()), run(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
    for name in one:
        np.testing.assert_allclose(one[name], two[name], rtol=1e-5, err_msg=name)
    for v, w in zip(a, b):
        np.testing.assert_allclose(v, w, rtol=1e-5, atol=1e-6)
"""  # noqa: E501


@pytest.mark.slow
def test_two_replicas_train_as_one(tmp_path):
    pytest.importorskip("tensorflow")
    command = [sys.executable, "-c", textwrap.dedent(REPLICAS)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_way_of_running_the_step_gives_the_same_student(build, data):
    students = []
    ways = {"jit_compile": True}, {"steps_per_execution": 3}, {"run_eagerly": True}
    for each in ({}, *ways):
        keras.utils.set_random_seed(1)
        distiller = Distiller(
            build("t"), build("s"), [SoftTargets(), FeatureHint("feature", "feature")]
        )
        distiller.compile(
            "sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), **each
        )
        distiller.fit(*data, batch_size=16, shuffle=False, verbose=0)
        students.append(distiller.student)
    for way, student in zip(ways, students[1:], strict=True):
        for a, b in zip(students[0].weights, student.weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6, err_msg=str(way))


def test_accumulated_gradients_are_those_of_the_whole_batch(build, data, cross_entropy):
    students = []
    for size, steps in ((64, None), (16, 4)):
        keras.utils.set_random_seed(1)
        distiller = Distiller(build("t"), build("s"))
        optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=steps)
        distiller.compile(optimizer, cross_entropy)
        distiller.fit(*data, batch_size=size, shuffle=False, verbose=0)
        students.append(distiller.student)
    for a, b in zip(*(each.weights for each in students), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_labels_alone_train_as_a_plain_fit_does(build, data, cross_entropy):
    keras.utils.set_random_seed(1)
    student, teacher = build("s"), build("t")
    plain = keras.models.clone_model(student)
    plain.set_weights(student.get_weights())
    distiller = Distiller(teacher, student, student_loss_weight=1.0)
    for model in (plain, distiller):
        model.compile(keras.optimizers.Adam(0.01), cross_entropy)
        model.fit(*data, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(plain.weights, student.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_losses_of_keras_distillation_are_accepted(build, data, cross_entropy):
    x, y = data
    loss = keras.distillation.LogitsDistillation(4.0, keras.losses.KLDivergence())
    logs = []
    for each in (loss, SoftTargets(4.0)):
        keras.utils.set_random_seed(1)
        distiller = Distiller(build("t"), build("s"), each)
        distiller.compile(keras.optimizers.SGD(0.0), cross_entropy)
        weight = np.arange(64) / 64
        logs.append(distiller.train_on_batch(x, y, sample_weight=weight, return_dict=True)["loss"])
    assert logs[0] == pytest.approx(logs[1], rel=1e-3)


def refused(build, sentence, kind=ValueError):
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        build()


def test_class_counts_must_agree(build):
    refused(
        lambda: Distiller(build("t", classes=10), build("s", classes=4)),
        "SoftTargets compares teacher and student class by class. Received: a teacher output of "
        "shape (None, 10) and a student output of shape (None, 4). Map the teacher's classes to "
        "the student's with kd.teachers.adapt(teacher, class_map=[...]).",
    )


def test_one_output_is_not_softmax(build):
    refused(
        lambda: Distiller(build("t", classes=1), build("s", classes=1)),
        "SoftTargets compares softmax outputs of two or more classes. Received: a student output "
        "of shape (None, 1). A head with one output is not softmax: use "
        "kd.losses.BinarySoftTargets.",
    )
    Distiller(build("t", classes=1), build("s", classes=1), BinarySoftTargets())


def test_features_of_other_width_need_a_projection(build):
    refused(
        lambda: Distiller(
            build("t", 16), build("s", 4), FeatureHint("feature", "feature", projection=False)
        ),
        "FeatureHint compares features of equal width. Received: teacher layer 'feature' with 16 "
        "features, student layer 'feature' with 4. Pass projection=True to learn a 4 → 16 mapping "
        "during distillation.",
    )


def test_a_student_weight_outside_its_range(build):
    refused(
        lambda: Distiller(build("t"), build("s"), student_loss_weight=1.5),
        "`student_loss_weight` must be a number between 0 and 1, or a function of the step. "
        "Received: 1.5.",
    )


def test_softmax_under_a_loss_that_expects_logits(build, data, cross_entropy):
    distiller = Distiller(build("t"), build("s", activation="softmax"))
    distiller.compile("sgd", cross_entropy)
    refused(
        lambda: distiller.fit(*data, verbose=0),
        "The student puts out probabilities, and the task loss expects logits. Received: "
        "SparseCategoricalCrossentropy(from_logits=True) for a student that ends in softmax or "
        "sigmoid. Pass from_logits=False, or end the student without the activation.",
    )


def test_nan_in_the_data_names_the_step(build, data, cross_entropy):
    x, y = data[0].copy(), data[1]
    x[40] = np.nan
    distiller = Distiller(build("t"), build("s"))
    distiller.compile("sgd", cross_entropy)
    # TensorFlow's ReLU swallows NaN, so only the total shows it; JAX's does not.
    terms = ", soft_targets_loss, student_loss" if keras.backend.backend() == "jax" else ""
    refused(
        lambda: distiller.fit(x, y, batch_size=16, shuffle=False, verbose=0, check_teacher=False),
        f"The loss is nan at step 3 of epoch 1; expected a finite number. Not finite: loss{terms}. "
        "Look for NaN or infinity in this batch's data, or lower the learning rate.",
        FloatingPointError,
    )


def test_a_tf_data_set_brings_no_warning_and_an_empty_one_is_refused(build, data, cross_entropy):
    tf = pytest.importorskip("tensorflow")
    distiller = Distiller(build("t"), build("s"))
    distiller.compile("sgd", cross_entropy)
    dataset = tf.data.Dataset.from_tensor_slices(data).batch(16)
    distiller.fit(dataset, verbose=0, validation_data=dataset)
    refused(
        lambda: distiller.fit(dataset.take(0), verbose=0),
        "The training data is empty. Received: a data set without a single example; expected at "
        "least one batch. Check the path, the split and any filter before `fit`.",
    )


def test_maps_are_projected_over_their_channels():
    def make(name, width):
        inputs = keras.Input((6, 6, 1))
        x = layers.Conv2D(width, 3, name="conv")(inputs)
        return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)), name=name)

    hint = FeatureHint("conv", "conv")
    distiller = Distiller(make("t", 8), make("s", 3), [SoftTargets(), hint])
    distiller.compile("sgd")
    distiller.fit(np.random.rand(8, 6, 6, 1), verbose=0)
    assert tuple(hint._dense.kernel.shape) == (3, 8)


def test_missing_labels_leave_the_label_term_and_the_accuracy_not_the_distillation(build, data):
    x, y = data[0], data[1].copy()
    y[10:] = -1
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    teacher, student = build("t"), build("s")
    outputs, says = np.array(student(x)), np.array(teacher(x))
    distiller = Distiller(teacher, student)
    distiller.compile(keras.optimizers.SGD(0.0), loss, metrics=["accuracy"])
    logs = distiller.fit(x, y, batch_size=64, verbose=0).history
    log_q = outputs - np.log(np.exp(outputs).sum(-1, keepdims=True))
    task = -log_q[np.arange(10), y[:10]].mean()
    assert logs["student_loss"][0] == pytest.approx(task, rel=1e-4)
    assert logs["accuracy"][0] == pytest.approx((outputs.argmax(-1) == y)[:10].mean())
    soft = float(np.mean(SoftTargets()(says, outputs)))
    assert logs["soft_targets_loss"][0] == pytest.approx(soft, rel=1e-4)
    # A batch without a single label trains from the teacher alone.
    none = distiller.fit(x, np.full_like(y, -1), batch_size=16, verbose=0).history
    assert none["student_loss"] == [0.0] and np.isfinite(none["loss"]).all()


def test_a_loss_is_given_labels_step_and_sample_ids(build, data, cross_entropy):
    from keras_distill.teachers.attached_batch import attached

    seen = {}

    class Asks(DistillationLoss):
        def call(
            self, teacher_outputs, student_outputs, step=0, labels=None, sample_ids=None,
            training=None,
        ):  # fmt: skip
            seen.update(labels=labels, sample_ids=sample_ids, training=training)
            return keras.ops.ones_like(student_outputs[:, 0]) * keras.ops.cast(step, "float32")

    distiller = Distiller(build("t"), build("s"), Asks())
    distiller.compile("sgd", cross_entropy, run_eagerly=True)
    x = attached(data[0], np.arange(64), None)
    history = distiller.fit(x, data[1], batch_size=16, epochs=2, shuffle=False, verbose=0).history
    assert history["asks_loss"] == [1.5, 5.5]
    np.testing.assert_array_equal(seen["labels"], data[1][-16:])
    np.testing.assert_array_equal(seen["sample_ids"], np.arange(48, 64))
    assert seen["training"] is True


def test_accumulated_gradients_are_one_step_of_a_schedule(build, data, cross_entropy):
    steps = []
    distiller = Distiller(
        build("t"), build("s"), SoftTargets(lambda step: steps.append(step) or 4.0)
    )
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    distiller.compile(optimizer, cross_entropy, run_eagerly=True)
    steps.clear()
    distiller.fit(*data, batch_size=16, shuffle=False, verbose=0)
    assert [int(each) for each in steps] == [0, 0, 1, 1]


def test_an_ensemble_is_saved_and_trains_on(build, data, cross_entropy, tmp_path):
    teachers = [build("a"), build("b", activation="softmax")]
    distiller = Distiller(teachers, build("s"), SoftTargets(2.0))
    distiller.compile(keras.optimizers.SGD(0.1), cross_entropy)
    distiller.fit(*data, verbose=0, shuffle=False)
    distiller.save(tmp_path / "d.keras")
    again = keras.models.load_model(tmp_path / "d.keras")
    np.testing.assert_allclose(again.teacher(data[0]), distiller.teacher(data[0]), rtol=1e-6)
    losses = [
        each.fit(*data, verbose=0, shuffle=False).history["loss"] for each in (distiller, again)
    ]
    assert losses[0] == losses[1]
    assert all(teacher.trainable for teacher in teachers)


@pytest.mark.slow
def test_a_float32_teacher_and_a_half_precision_student(data, cross_entropy):
    from keras import layers

    def network(policy, name):
        return keras.Sequential(
            [
                keras.Input((8,)),
                layers.Dense(8, "relu", dtype=policy, name="h"),
                layers.Dense(4, dtype=policy),
            ],
            name=name,
        )

    for policy in ("mixed_float16", "mixed_bfloat16"):
        losses = [SoftTargets(), FeatureHint("h", "h"), DecoupledDistillation(), DIST()]
        distiller = Distiller(network("float32", "t"), network(policy, "s"), losses)
        distiller.compile("adam", cross_entropy)
        assert np.isfinite(distiller.fit(*data, epochs=2, verbose=0).history["loss"]).all()
