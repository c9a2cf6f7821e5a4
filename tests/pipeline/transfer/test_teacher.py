"""A teacher of the list: its own seed, its own epochs, looked at before it teaches."""

import types

import keras
import numpy as np
import pytest

from keras_distill.pipeline.transfer.teacher import TeacherStage


def test_two_seeds_are_two_teachers(trained):
    first, second = (trained.model(f"teacher_{i}") for i in (1, 2))
    assert first.count_params() < second.count_params()
    for name in ("teacher_1", "teacher_2"):
        assert trained.records[name]["files"].keys() == {f"models/{name}.keras"}
        assert trained.records[name]["results"]["validation_accuracy"] > 0.9


def test_a_teacher_from_a_file_is_left_as_it_is(trained, tmp_path):
    model = trained.model("teacher_1")
    model.save(tmp_path / "given.keras")
    saved = {}
    journey = types.SimpleNamespace(
        configuration=trained.configuration.model_copy(
            update={
                "teachers": [
                    trained.configuration.teachers[0].model_copy(
                        update={
                            "architecture": None,
                            "model": str(tmp_path / "given.keras"),
                            "epochs": None,
                        }
                    )
                ]
            }
        ),
        splits=trained.splits,
        keep=lambda name, model: saved.update({name: model}),
        model=lambda name: saved[name],
        preprocessor=lambda name: trained.words,
        say=lambda text: None,
        save=lambda name, model: f"models/{name}.keras",
    )
    TeacherStage("teacher", 0).run(journey)
    for one, other in zip(saved["teacher"].get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_teacher_at_chance_teaches_nothing(trained, tmp_path):
    model = keras.models.clone_model(trained.model("teacher_1"))
    model.set_weights([0 * weight for weight in model.get_weights()])
    journey = types.SimpleNamespace(
        configuration=trained.configuration.model_copy(
            update={
                "teachers": [trained.configuration.teachers[0].model_copy(update={"epochs": 0})]
            }
        ),
        splits=trained.splits,
        build=lambda architecture, arguments: model,
        keep=lambda name, model: None,
        model=lambda name: model,
        preprocessor=lambda name: trained.words,
    )
    with pytest.raises(ValueError) as error:
        TeacherStage("teacher", 0).run(journey)
    right = np.mean(np.concatenate([y for _, y in trained.splits.validation]) == 0)
    assert str(error.value) == (
        f"The teacher gets {100 * right:.1f} % of 50 examples right, and guessing gets "
        f"{100 * right:.1f} %; expected a teacher that is better than chance. No other class order "
        "helps: check that it is trained, on these classes and on examples like these."
    )
