"""A KerasTuner HyperModel: what it registers, what it builds, and that trials begin alike."""

import keras
import keras_tuner
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.search import HyperDistiller


def test_what_is_registered(problem):
    space = HyperDistiller(problem.teacher, problem.student)
    hp = keras_tuner.HyperParameters()
    space.declare_hyperparameters(hp)
    assert [
        (each.name, each.min_value, each.max_value, each.sampling, each.default)
        for each in hp.space
    ] == [
        ("temperature", 1.0, 20.0, "log", 4.0),
        ("student_loss_weight", 0.0, 1.0, "linear", 0.5),
        ("learning_rate", 1e-4, 1e-2, "log", 1e-3),
    ]
    assert list(space.searched) == ["temperature", "student_loss_weight", "learning_rate"]


def test_the_default_is_what_a_distiller_is_without_a_search(problem):
    space = HyperDistiller(problem.teacher, problem.student)
    built = space.build(keras_tuner.HyperParameters())
    plain = kd.Distiller(problem.teacher, problem.student())
    assert built.student_loss_weight == plain.student_loss_weight
    assert built.distillation_loss_weights == plain.distillation_loss_weights
    ours, theirs = built.distillation_losses[0], plain.distillation_losses[0]
    assert {**ours.get_config(), "name": 0} == {**theirs.get_config(), "name": 0}
    assert float(built.optimizer.learning_rate) == pytest.approx(
        float(keras.optimizers.Adam().learning_rate)
    )
    assert isinstance(built.loss, keras.losses.SparseCategoricalCrossentropy)
    assert built.loss.get_config()["from_logits"]


def test_values_of_alternatives(problem):
    hint = kd.losses.FeatureHint("hidden", "hidden", seed=0)
    space = HyperDistiller(
        problem.teacher,
        problem.student,
        learning_rate=0.01,
        distillation_losses=["logit_matching", ["dist", hint]],
        default={"distillation_loss": "dist+feature_hint", "feature_hint_weight": 2.0},
    )
    hp = keras_tuner.HyperParameters()
    hp.Fixed("student_loss_weight", 0.25)
    assert space.values(hp) == {
        "distillation_loss": "dist+feature_hint",
        "temperature": 1.0,
        "student_loss_weight": 0.25,
        "learning_rate": 0.01,
        "feature_hint_weight": 2.0,
    }
    distiller = space.build(hp)
    assert [type(each).__name__ for each in distiller.distillation_losses] == [
        "DIST",
        "FeatureHint",
    ]
    assert distiller.distillation_loss_weights == [1.0, 2.0]
    other = keras_tuner.HyperParameters()
    other.Fixed("distillation_loss", "logit_matching")
    values = space.values(other)
    assert values["temperature"] is None and values["feature_hint_weight"] is None
    assert [type(each).__name__ for each in space.build(other).distillation_losses] == [
        "LogitMatching"
    ]


def test_a_temperature_of_ones_own_is_kept(problem):
    loss = kd.losses.SoftTargets(temperature=7.0)
    space = HyperDistiller(problem.teacher, problem.student, None, distillation_losses=loss)
    built = space.build(keras_tuner.HyperParameters())
    assert built.distillation_losses[0].temperature == 7.0
    assert space.values(keras_tuner.HyperParameters())["temperature"] is None


def test_values_have_six_digits(problem):
    space = HyperDistiller(problem.teacher, problem.student)
    hp = keras_tuner.HyperParameters()
    # What 0.001 is after a trip through KerasTuner's messages between machines.
    hp.Fixed("learning_rate", 0.0010000000474974513)
    hp.Fixed("temperature", 2.3456789)
    values = space.values(hp)
    assert (values["learning_rate"], values["temperature"]) == (0.001, 2.34568)


def test_trials_begin_alike_and_differ_by_their_values_alone(problem):
    space = HyperDistiller(problem.teacher, problem.student, seed=3)
    first, again = (space.build(keras_tuner.HyperParameters()) for _ in range(2))
    for one, two in zip(first.student.get_weights(), again.student.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    start = first.student.get_weights()
    histories = [
        space.fit(keras_tuner.HyperParameters(), each, *problem.train, epochs=2, verbose=0)
        for each in (first, again)
    ]
    assert histories[0].history == histories[1].history
    another = HyperDistiller(problem.teacher, problem.student, seed=4)
    weights = another.build(keras_tuner.HyperParameters()).student.get_weights()
    assert not np.array_equal(weights[0], start[0])


def test_the_teacher_is_looked_at_once(problem, monkeypatch):
    looked = []
    fit = kd.Distiller.fit

    def noted(self, *args, check_teacher=True, **kwargs):
        looked.append(check_teacher)
        return fit(self, *args, check_teacher=check_teacher, **kwargs)

    monkeypatch.setattr(kd.Distiller, "fit", noted)
    space = HyperDistiller(problem.teacher, problem.student)
    for _ in range(2):
        hp = keras_tuner.HyperParameters()
        space.fit(hp, space.build(hp), *problem.train, verbose=0)
    assert looked == [True, False]


def test_precomputed_outputs_several_teachers_and_arguments(problem):
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(problem.train).batch(16)
    outputs = problem.teacher.predict(problem.train[0], verbose=0)
    train = kd.teachers.attach(data, kd.teachers.from_arrays(outputs))
    hp = keras_tuner.HyperParameters()
    space = HyperDistiller(train.teacher, problem.student)
    online = HyperDistiller([problem.teacher, problem.teacher], problem.student)
    one = space.fit(hp, space.build(hp), train, verbose=0).history["loss"]
    two = online.fit(hp, online.build(hp), data, verbose=0).history["loss"]
    np.testing.assert_allclose(one, two, rtol=1e-3)
    keyed = HyperDistiller(
        problem.teacher,
        problem.student,
        teacher_inputs="a",
        student_inputs="b",
        metrics=lambda: [keras.metrics.SparseTopKCategoricalAccuracy(2, name="second")],
        optimizer=keras.optimizers.SGD,
        loss="mse",
    )
    distiller = keyed.build(hp)
    assert isinstance(distiller.optimizer, keras.optimizers.SGD) and distiller.loss == "mse"
    x = {"a": problem.x[:16], "b": problem.x[:16]}
    assert distiller.fed_to_teacher(x) is x["a"]


@pytest.mark.filterwarnings("ignore:currentThread", "ignore:getName")
def test_a_stock_tuner_takes_it_and_no_trial_writes_the_teacher(problem, tmp_path):
    import h5py

    space = HyperDistiller(problem.teacher, problem.student)
    tuner = keras_tuner.RandomSearch(
        space, "val_accuracy", max_trials=2, seed=1, directory=tmp_path, project_name="stock"
    )
    tuner.search(*problem.train, validation_data=problem.validation, epochs=1, verbose=0)
    files = sorted(tmp_path.rglob("*.weights.h5"))
    assert len(files) == 2
    shapes = []
    with h5py.File(files[0]) as file:
        file.visititems(lambda _, item: shapes.append(getattr(item, "shape", None)))
    assert (4, 4) in shapes and (4, 32) not in shapes
    best = tuner.get_best_models()[0]
    score = best.evaluate(*problem.validation, verbose=0, return_dict=True)["accuracy"]
    assert score == pytest.approx(tuner.oracle.get_best_trials()[0].score)


def test_a_model_is_no_function(problem):
    student = problem.student()
    with pytest.raises(TypeError) as caught:
        HyperDistiller(problem.teacher, student)
    assert str(caught.value) == (
        "`student` must be a function without arguments that builds the student: every trial "
        f"trains one from the start. Received: {student!r} of type Sequential."
    )


def test_a_function_that_returns_one_model_always(problem):
    student = problem.student()
    space = HyperDistiller(problem.teacher, lambda: student)
    space.build(keras_tuner.HyperParameters())
    with pytest.raises(ValueError) as caught:
        space.build(keras_tuner.HyperParameters())
    assert str(caught.value) == (
        "`student` must build a model each time it is called. Received: the same model a second "
        "time, which would go on training where the last trial ended. Return "
        "keras.models.clone_model(model), or build it inside the function."
    )


def test_nothing_to_search(problem):
    with pytest.raises(ValueError) as caught:
        HyperDistiller(problem.teacher, problem.student, 4.0, 0.5, 0.001)
    assert str(caught.value) == (
        "Nothing is left to search: every value is one number and there is one distillation loss. "
        "Give two numbers, lowest and highest, for one of them, such as temperature=(1, 20)."
    )
