"""The found values in place, and the teacher that is there already."""

import types

import yaml

from keras_distill.pipeline import Configuration, TransferConfiguration, load_configuration
from keras_distill.pipeline.best_configuration import best_configuration

BEST = {"temperature": 2.5, "student_loss_weight": 0.25, "learning_rate": 0.002}


def best(tmp_path, configuration, found=BEST, names=("teacher",)):
    (tmp_path / "models").mkdir(exist_ok=True)
    journey = types.SimpleNamespace(
        configuration=configuration, folder=tmp_path, teacher_names=list(names)
    )
    (tmp_path / "best.yaml").write_text(best_configuration(journey, found))
    return load_configuration(tmp_path / "best.yaml")


def test_values_and_a_teacher_that_was_trained(tmp_path):
    given = Configuration(
        teacher={"architecture": "cifar_resnet", "arguments": {"depth": 8}, "channels": "bgr"},
        student={"width": 0.25},
        pruning=None,
        search={"trials": 3},
    )
    found = best(tmp_path, given)
    assert found.distillation == given.distillation.model_copy(update=BEST)
    assert found.output == str(tmp_path / "best") and found.search is None
    assert found.teacher.model == str(tmp_path / "models" / "teacher.keras")
    assert found.teacher.architecture is None and found.teacher.channels == "bgr"
    assert (found.student, found.pruning, found.data) == (given.student, None, given.data)
    (tmp_path / "models" / "teacher_as_given.keras").touch()
    again = best(tmp_path, given)
    assert again.teacher.model == str(tmp_path / "models" / "teacher_as_given.keras")


def test_a_teacher_from_a_file_stays(tmp_path):
    found = best(tmp_path, Configuration(teacher={"model": str(tmp_path / "mine.keras")}))
    assert found.teacher.model == str(tmp_path / "mine.keras")


def test_losses_and_their_weights(tmp_path):
    label = {"distillation_loss": "soft_targets+dist", "dist_weight": 3.0, "temperature": None}
    found = best(tmp_path, Configuration(), {**BEST, **label}).distillation
    assert found.losses == ["soft_targets", "dist"] and found.loss_weights == [1.0, 3.0]
    assert found.temperature == 4.0
    alone = best(tmp_path, Configuration(), {**BEST, "distillation_loss": "dist"}).distillation
    assert alone.losses == ["dist"] and alone.loss_weights is None
    kept = Configuration(distillation={"losses": ["soft_targets", "dist"]})
    weighed = best(tmp_path, kept, {"dist_weight": 0.5}).distillation
    assert weighed.losses == ["soft_targets", "dist"] and weighed.loss_weights == [1.0, 0.5]


def test_teachers_of_texts(tmp_path):
    given = TransferConfiguration(
        teachers=[{"preset": "bert_tiny_en_uncased"}, {"architecture": "bilstm", "seed": 1}],
        search={},
    )
    found = best(tmp_path, given, names=("teacher_1", "teacher_2"))
    for name, teacher in zip(("teacher_1", "teacher_2"), found.teachers, strict=True):
        assert teacher.model == str(tmp_path / "models" / f"{name}.keras")
        assert teacher.epochs == 0 and teacher.preset is None and teacher.architecture is None
    text = (tmp_path / "best.yaml").read_text()
    assert text.startswith("# Written by `keras-distill search`: ")
    assert yaml.safe_load(text)["recipe"] == "transfer"
