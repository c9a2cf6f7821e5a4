"""Which files ship; the files themselves are looked at in the whole journey."""

import pytest

from keras_distill.pipeline.stages import export


def test_what_it_waits_for(make_journey):
    configuration = make_journey().configuration
    assert export.needs(configuration) == (
        "teacher", "distillation", "control", "pruning", "quantization",
    )  # fmt: skip
    short = configuration.model_copy(update={"pruning": None, "control": False})
    assert export.needs(short) == ("teacher", "distillation", "quantization")


@pytest.mark.parametrize("quantization", [{"epochs": 1}, None])
def test_the_files_by_name(make_journey, quantization):
    files = export._files(make_journey(quantization=quantization))
    wanted = {
        "saved_model": "student_saved_model",
        "teacher": "teacher.float32.tflite",
        "control": "control.float32.tflite",
        "distilled": "distilled.float32.tflite",
        "pruned": "pruned.float32.tflite",
    }
    if quantization:
        wanted["int8"] = "student.int8.tflite"
    assert files == wanted


def test_nothing_there_yet_is_no_artefact(make_journey):
    assert export.artefacts(make_journey()) == {}
