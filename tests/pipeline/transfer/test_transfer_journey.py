"""The journey over texts: names, tokens, seconds; resuming; what it refuses."""

import numpy as np
import pytest

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer.transfer_journey import TransferJourney


def test_stages_in_order(trained):
    names = [stage.__name__.rsplit(".", 1)[-1] for stage in trained.stages]
    assert (
        names
        == (
            "words teacher_1 teacher_2 ensemble student control distillation fine_tuning export "
            "robustness"
        ).split()
    )
    assert trained.float_models == ["teacher", "control", "distilled", "fine_tuned"]
    assert trained.final_float == "fine_tuned"


def test_one_teacher_is_called_teacher(tmp_path):
    one = TransferJourney(TransferConfiguration(output=str(tmp_path / "run")))
    assert one.teacher_names == ["teacher"] and one.final_float == "distilled"
    assert "ensemble" not in [stage.__name__.rsplit(".", 1)[-1] for stage in one.stages]


def test_every_model_learned(trained):
    x = [trained.words(texts) for texts, _ in trained.splits.test]
    y = np.concatenate([labels for _, labels in trained.splits.test])
    for name in ("control", "distilled", "fine_tuned"):
        outputs = np.concatenate([np.asarray(trained.model(name)(each)) for each in x])
        assert (outputs.argmax(-1) == y).mean() > 0.9, name


def test_seconds_of_a_student_include_its_earlier_stages(trained):
    taken = {name: record["seconds"] for name, record in trained.records.items()}
    seconds = trained.training_seconds
    assert seconds["teacher"] == taken["teacher_1"] + taken["teacher_2"]
    assert seconds["fine_tuned"] == taken["distillation"] + taken["fine_tuning"]


def test_a_finished_run_is_recognised(trained):
    said = []
    again = TransferJourney(trained.configuration)
    again.say = said.append
    again.run(until="fine_tuning")
    assert said == [
        f"{name}: finished before"
        for name in (
            "words teacher_1 teacher_2 ensemble student control distillation fine_tuning".split()
        )
    ]


def test_images_are_refused(tmp_path):
    journey = TransferJourney(
        TransferConfiguration(output=str(tmp_path / "run"), data={"name": "fashion_mnist"})
    )
    with pytest.raises(ValueError) as error:
        journey.splits  # noqa: B018
    assert str(error.value) == (
        "`recipe: transfer` is for texts. Received: `data.name: fashion_mnist` with examples of "
        "shape (28, 28, 1). Leave `recipe` out for images."
    )


def test_an_architecture_that_does_not_exist(trained):
    with pytest.raises(ValueError) as error:
        trained.build("bilsmt", {})
    assert str(error.value) == (
        "`architecture` must be the name of one in kd.models. Received: 'bilsmt'. For words there "
        "are bag_of_embeddings, bilstm and text_cnn."
    )
