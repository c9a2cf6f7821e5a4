"""The defects D1–D25 of keras.distillation 3.15.1: here the behaviour wanted instead."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.distillation import Distiller
from keras_distill.losses import DistillationLoss, FeatureHint, SoftTargets


def values(*arrays):
    return [np.array(each) for array in arrays for each in array]


def run(distiller, x, y=None, loss=None, optimizer=None, **kwargs):
    distiller.compile(optimizer or keras.optimizers.SGD(0.0), loss)
    return distiller.train_on_batch(x, y, return_dict=True, **kwargs)


def soft(t, s, temperature=4.0):
    def log_softmax(z):
        z = z.astype("float64") / temperature
        return z - np.log(np.exp(z).sum(-1, keepdims=True))

    p, q = log_softmax(t), log_softmax(s)
    return temperature**2 * (np.exp(p) * (p - q)).sum(-1)


def test_d01_the_default_loss_is_hintons(build, data):
    x, _ = data
    distiller = Distiller(build("t"), build("s"))
    wanted = soft(np.array(distiller.teacher(x)), np.array(distiller.student(x))).mean()
    assert run(distiller, x)["soft_targets_loss"] == pytest.approx(wanted, rel=1e-5)


def test_d02_a_student_equal_to_the_teacher_has_no_loss(build, data):
    model = build("t")
    assert run(Distiller(model, model), data[0])["loss"] == pytest.approx(0.0, abs=1e-6)


def test_d03_sample_and_class_weights_reach_every_term(build, data, cross_entropy):
    x, y = data
    distiller = Distiller(
        build("t"), build("s"), [SoftTargets(), FeatureHint("feature", "feature")]
    )
    logs = run(distiller, x, y, cross_entropy, sample_weight=np.zeros(64))
    assert logs["loss"] == logs["student_loss"] == logs["soft_targets_loss"] == 0.0
    assert logs["feature_hint_loss"] == 0.0
    weight = np.random.default_rng(1).random(64).astype("float32")
    logs = run(distiller, x, y, cross_entropy, sample_weight=weight)
    each = soft(np.array(distiller.teacher(x)), np.array(distiller.student(x)))
    assert logs["soft_targets_loss"] == pytest.approx((each * weight).mean(), rel=1e-5)
    logs = run(distiller, x, y, cross_entropy, class_weight={0: 0.0, 1: 0.0, 2: 0.0, 3: 2.0})
    assert logs["soft_targets_loss"] == pytest.approx((each * (y == 3) * 2).mean(), rel=1e-5)


def test_d04_regularizers_are_added_unweighted(build, data, cross_entropy):
    student = build("s", regularizer=keras.regularizers.L2(10.0))
    logs = run(Distiller(build("t"), student), *data, cross_entropy)
    terms = 0.5 * logs["student_loss"] + 0.5 * logs["soft_targets_loss"]
    assert logs["loss"] == pytest.approx(terms + float(sum(student.losses)), rel=1e-6)


def test_d05_one_step_is_one_student_forward(build, data, cross_entropy):
    x, y = data
    student = build("s", counter=True, batch_norm=True)
    hints = [FeatureHint("feature", "feature"), FeatureHint("hidden", "norm")]
    distiller = Distiller(build("t"), student, [SoftTargets(), *hints])
    before = np.array(student.get_layer("norm").moving_mean)
    activations = np.array(student.get_layer("hidden")(x))
    run(distiller, x, y, cross_entropy)
    assert int(student.get_layer("counter").count) == 1
    wanted = 0.5 * before + 0.5 * activations.mean(0)
    np.testing.assert_allclose(student.get_layer("norm").moving_mean, wanted, rtol=1e-4, atol=1e-6)


def test_d06_evaluate_changes_no_variable(build, data, cross_entropy):
    x, y = data
    student = build("s", batch_norm=True, dropout=0.5)
    teacher = build("t", batch_norm=True)
    distiller = Distiller(teacher, student, [SoftTargets(), FeatureHint("feature", "feature")])
    distiller.compile("adam", cross_entropy)
    distiller.fit(x, y, verbose=0)

    def state():
        held = (student.variables, teacher.variables, distiller.weights)
        return values(*held, distiller.optimizer.variables)

    before = state()
    for asked in (False, True):
        first = distiller.evaluate(x, y, verbose=0, distillation=asked)
        assert distiller.evaluate(x, y, verbose=0, distillation=asked) == first
    for a, b in zip(before, state(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_d07_evaluate_runs_the_teacher_only_when_asked(build, data, cross_entropy):
    x, y = data
    teacher = build("t", counter=True)
    distiller = Distiller(teacher, build("s"))
    distiller.compile("sgd", cross_entropy)
    before = int(teacher.get_layer("counter").count)
    logs = distiller.evaluate(x, y, verbose=0, return_dict=True)
    assert int(teacher.get_layer("counter").count) == before
    assert set(logs) == {"loss", "student_loss"} and logs["loss"] == logs["student_loss"]
    asked = distiller.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    # Under JAX the teacher keeps no state of its own: its counter stands still.
    runs = 2 if keras.backend.backend() == "tensorflow" else 0
    assert int(teacher.get_layer("counter").count) == before + runs
    assert asked["loss"] == pytest.approx(
        0.5 * asked["student_loss"] + 0.5 * asked["soft_targets_loss"], rel=1e-5
    )


def two_heads(name, kind):
    inputs = keras.Input((8,))
    x = layers.Dense(8, "relu", name="hidden")(inputs)
    a, b = layers.Dense(4, name="a")(x), layers.Dense(2, name="b")(x)
    return keras.Model(inputs, {"a": a, "b": b} if kind is dict else [a, b], name=name)


@pytest.mark.parametrize("kind", [dict, list])
def test_d08_dict_and_list_losses(kind, data):
    x, y = data
    distiller = Distiller(
        two_heads("t", kind), two_heads("s", kind),
        SoftTargets(teacher_layer_name="a", student_layer_name="a"), student_loss_weight=1.0,
    )  # fmt: skip
    losses = [keras.losses.SparseCategoricalCrossentropy(from_logits=True) for _ in range(2)]
    labels = [y, y % 2]
    named = kind is dict
    distiller.compile(
        keras.optimizers.SGD(0.0),
        dict(zip("ab", losses, strict=True)) if named else losses,
        loss_weights={"a": 1.0, "b": 3.0} if named else [1.0, 3.0],
    )
    labels = dict(zip("ab", labels, strict=True)) if named else labels
    logs = distiller.train_on_batch(x, labels, return_dict=True)
    outputs = distiller.student(x)
    heads = [outputs[k] for k in "ab"] if named else outputs
    wanted = [
        float(each(label, head))
        for each, label, head in zip(losses, (y, y % 2), heads, strict=True)
    ]
    assert logs["loss"] == pytest.approx(wanted[0] + 3.0 * wanted[1], rel=1e-5)


def test_d09_dict_metrics_and_loss_weights(data):
    x, y = data
    distiller = Distiller(
        two_heads("t", dict), two_heads("s", dict),
        SoftTargets(teacher_layer_name="a", student_layer_name="a"),
    )  # fmt: skip
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", {"a": cross_entropy, "b": cross_entropy}, metrics={"a": ["accuracy"]})
    logs = distiller.train_on_batch(x, {"a": y, "b": y % 2}, return_dict=True)
    assert "a_accuracy" in logs


def test_d10_a_projection_bridges_widths_and_stays_out_of_the_student(build, data, tmp_path):
    x, _ = data
    student = build("s", width=4)
    names = [each.path for each in student.variables]
    hint = FeatureHint("feature", "feature")
    distiller = Distiller(build("t", width=16), student, [SoftTargets(), hint])
    before = np.array(hint._dense.kernel)
    run(distiller, x, optimizer=keras.optimizers.SGD(0.1))
    assert before.shape == (4, 16) and (np.array(hint._dense.kernel) != before).any()
    assert [each.path for each in student.variables] == names
    student.save(tmp_path / "student.keras")
    loaded = keras.models.load_model(tmp_path / "student.keras")
    assert [each.name for each in loaded.layers] == [each.name for each in student.layers]


@keras.saving.register_keras_serializable(package="tests")
class Subclassed(keras.Model):
    def __init__(self, width=8, **kwargs):
        super().__init__(**kwargs)
        self.body = make_body(width)
        self.head = layers.Dense(4, name="head")

    def call(self, inputs, training=None):
        return self.head(self.body(inputs, training=training))


def make_body(width):
    return keras.Sequential(
        [keras.Input((8,)), layers.Dense(width, name="stage"), layers.ReLU()], name="body"
    )


def test_d11_nested_and_subclassed_models_are_tapped_by_path(data, cross_entropy):
    x, y = data
    nested = keras.Sequential([keras.Input((8,)), make_body(8), layers.Dense(4)], name="nested")
    for teacher, student in ((nested, Subclassed(4)), (Subclassed(8), nested)):
        hint = FeatureHint("body/stage", "body/stage")
        distiller = Distiller(teacher, student, [SoftTargets(), hint])
        distiller.compile("sgd", cross_entropy)
        logs = distiller.fit(x, y, verbose=0, check_teacher=False).history
        assert np.isfinite(logs["feature_hint_loss"][0]) and logs["feature_hint_loss"][0] > 0


def test_d12_models_may_be_fed_differently(build, data, cross_entropy):
    x, y = data
    inputs = {"wide": np.concatenate([x, x], -1), "narrow": x}
    distiller = Distiller(
        build("t", features=16), build("s"), teacher_inputs="wide", student_inputs="narrow"
    )
    distiller.compile(keras.optimizers.SGD(0.0), cross_entropy)
    logs = distiller.fit(inputs, y, batch_size=64, verbose=0, check_teacher=False).history
    wanted = soft(
        np.array(distiller.teacher(inputs["wide"])), np.array(distiller.student(x))
    ).mean()
    assert logs["soft_targets_loss"][0] == pytest.approx(wanted, rel=1e-4)
    cut = Distiller(build("t", features=4), build("s"), teacher_inputs=lambda x: x[:, :4])
    assert np.isfinite(run(cut, x)["loss"])


def test_d13_float32_teacher_and_mixed_float16_student(build, data, cross_entropy):
    x, y = data
    teacher = build("t")
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        student = build("s")
    finally:
        keras.config.set_dtype_policy(policy)
    distiller = Distiller(teacher, student, [SoftTargets(), FeatureHint("feature", "feature")])
    distiller.compile("adam", cross_entropy)
    assert isinstance(distiller.optimizer, keras.optimizers.LossScaleOptimizer)
    logs = distiller.fit(x, y, verbose=0).history
    wanted = soft(np.array(teacher(x)), np.array(student(x), "float32")).mean()
    assert logs["soft_targets_loss"][0] == pytest.approx(wanted, rel=0.2)


def test_d14_several_teachers_are_mixed_in_probability_space(build, data):
    teachers, student = [build("a"), build("b")], build("s")
    distiller = Distiller(teachers, student, SoftTargets(1.0), student_loss_weight=0.0)
    distiller.compile(keras.optimizers.SGD(0.0))
    p = sum(keras.ops.softmax(each(data[0])) for each in teachers) / 2
    q = keras.ops.softmax(student(data[0]))
    wanted = float(np.mean(np.sum(p * (np.log(p) - np.log(q)), axis=-1)))
    seen = distiller.fit(data[0], batch_size=64, verbose=0).history["loss"][0]
    assert seen == pytest.approx(wanted, rel=1e-4)


def test_d15_weights_and_temperature_follow_schedules(build, data, cross_entropy):
    x, y = data
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([0], [1.0, 0.0])
    distiller = Distiller(
        build("t"), build("s"), SoftTargets(), [schedule], student_loss_weight=lambda step: 0.0
    )
    distiller.compile(keras.optimizers.SGD(0.0), cross_entropy)
    first = distiller.fit(x, y, batch_size=64, epochs=2, verbose=0).history["loss"]
    assert first[0] > 0 and first[1] == 0.0


def test_d16_a_single_loss_keeps_its_weight(build, data):
    logs = run(Distiller(build("t"), build("s"), SoftTargets(), [5.0], 0.0), data[0])
    assert logs["loss"] == pytest.approx(5.0 * logs["soft_targets_loss"], rel=1e-6)
    sentence = (
        "`distillation_loss_weights` must have one weight for each distillation loss. "
        "Received: 2 weights for 1 losses."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Distiller(build("t"), build("s"), SoftTargets(), [1.0, 2.0])


def test_d17_one_layer_name_alone_is_refused():
    with pytest.raises(ValueError, match="Name both layers, or neither.$"):
        SoftTargets(student_layer_name="feature")


def test_d18_a_reloaded_distiller_goes_on_exactly(build, data, cross_entropy, tmp_path):
    x, y = data
    teacher, student = build("t"), build("s", dropout=0.5, width=8)
    distiller = Distiller(teacher, student, [SoftTargets(), FeatureHint("feature", "feature")])
    distiller.compile("adam", cross_entropy, metrics=["accuracy"])
    distiller.fit(x, y, verbose=0)
    distiller.save(tmp_path / "distiller.keras")
    loaded = keras.models.load_model(tmp_path / "distiller.keras")
    logs = [each.fit(x, y, verbose=0, shuffle=False).history for each in (distiller, loaded)]
    assert logs[0] == logs[1]
    for a, b in zip(values(distiller.weights), values(loaded.weights), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(values(teacher.weights), values(loaded.teacher.weights), strict=True):
        np.testing.assert_array_equal(a, b)


def test_d19_the_teacher_is_in_no_weights_file_nor_count(build, tmp_path):
    teacher, student = build("t", width=256), build("s", width=4)
    distiller = Distiller(teacher, student)
    assert distiller.count_params() == student.count_params() + 1  # the step
    distiller.save_weights(tmp_path / "d.weights.h5")
    student.save_weights(tmp_path / "s.weights.h5")
    sizes = [(tmp_path / f"{n}.weights.h5").stat().st_size for n in "ds"]
    assert sizes[0] < sizes[1] + 20_000 < 4 * teacher.count_params()


def test_d20_no_labels_needed(build, data):
    x, _ = data
    distiller = Distiller(build("t"), build("s"))
    distiller.compile(keras.optimizers.Adam(0.01))
    logs = distiller.fit(x, epochs=20, verbose=0).history
    assert set(logs) == {"loss", "soft_targets_loss"}
    assert logs["soft_targets_loss"][-1] < 0.5 * logs["soft_targets_loss"][0]


@pytest.mark.parametrize("ends", [("softmax", None), (None, "softmax"), ("softmax", "softmax")])
def test_d21_softmax_heads_are_served_exactly(build, data, ends):
    x, _ = data
    teacher, student = build("t"), build("s")
    plain = run(Distiller(teacher, student), x)["loss"]
    copies = [build(n, activation=a) for n, a in zip("ts", ends, strict=True)]
    for copy, model in zip(copies, (teacher, student), strict=True):
        copy.set_weights(model.get_weights())
    assert run(Distiller(*copies), x)["loss"] == pytest.approx(plain, rel=1e-4)


def test_d22_padding_counts_for_nothing(cross_entropy):
    def tagger(name):
        inputs = keras.Input((6,), dtype="int32")
        x = layers.Embedding(10, 4, mask_zero=True)(inputs)
        return keras.Model(inputs, layers.Dense(3)(x), name=name)

    tokens = np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 0]])
    teacher, student = tagger("t"), tagger("s")
    logs = run(Distiller(teacher, student), tokens)
    each = soft(np.array(teacher(tokens)), np.array(student(tokens)))
    assert logs["soft_targets_loss"] == pytest.approx(each[tokens > 0].mean(), rel=1e-4)


def test_d23_the_callers_teacher_is_not_changed(build, data, cross_entropy):
    x, y = data
    teacher = build("t", batch_norm=True, dropout=0.5)
    before, attributes = values(teacher.variables), set(vars(teacher.get_layer("feature")))
    distiller = Distiller(teacher, build("s"), [SoftTargets(), FeatureHint("feature", "feature")])
    distiller.compile("adam", cross_entropy)
    distiller.fit(x, y, epochs=2, verbose=0)
    assert teacher.trainable and all(each.trainable for each in teacher.layers)
    assert set(vars(teacher.get_layer("feature"))) == attributes
    for a, b in zip(before, values(teacher.variables), strict=True):
        np.testing.assert_array_equal(a, b)


def test_d24_weights_above_one_and_losses_of_ones_own(build, data):
    class Gap(DistillationLoss):
        def call(self, teacher_outputs, student_outputs):
            return keras.ops.mean(keras.ops.abs(teacher_outputs - student_outputs), -1)

    x, _ = data
    distiller = Distiller(build("t"), build("s"), [SoftTargets(), Gap()], [2.0, 3.0], 0.0)
    logs = run(distiller, x)
    wanted = 2.0 * logs["soft_targets_loss"] + 3.0 * logs["gap_loss"]
    assert logs["loss"] == pytest.approx(wanted, rel=1e-5) and logs["gap_loss"] > 0


def test_d25_every_term_once(build, data, cross_entropy):
    hints = [FeatureHint("feature", "feature"), FeatureHint("hidden", "hidden")]
    logs = run(Distiller(build("t"), build("s"), [SoftTargets(), *hints]), *data, cross_entropy)
    assert set(logs) == {
        "loss", "student_loss", "soft_targets_loss", "feature_hint_loss", "feature_hint_loss_2"
    }  # fmt: skip
