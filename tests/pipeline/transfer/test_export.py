"""The student's files: which model, with which words. Converted in tests/integration."""

import types

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer import export


def test_it_exports_the_last_student():
    assert export.needs(TransferConfiguration()) == ("distillation",)
    assert export.needs(TransferConfiguration(fine_tuning={})) == ("fine_tuning",)


def test_every_recipe_with_texts_and_the_preprocessor(trained, monkeypatch):
    told = []

    def to_tflite(model, path, **arguments):
        told.append((model, path.name, arguments))
        path.write_bytes(b"")
        parity = types.SimpleNamespace(agreement=1.0, max_difference=0.0)
        return types.SimpleNamespace(path=path, parity=parity)

    monkeypatch.setattr("keras_distill.export.to_tflite", to_tflite)
    try:
        files, results = export.run(trained)
    finally:
        for path in (trained.folder / "artefacts").iterdir():
            path.unlink()
    assert files == [f"artefacts/student.{r}.tflite" for r in ("dynamic_range", "float32")]
    assert results == {}
    for (model, name, arguments), recipe in zip(told, ("float32", "dynamic_range"), strict=True):
        assert model is trained.model("fine_tuned") and name == f"student.{recipe}.tflite"
        assert arguments["recipe"] == recipe and arguments["preprocessor"] is trained.words
        assert arguments["labels"] == ("neg", "pos")
        assert len(arguments["samples"]) == 50 and isinstance(arguments["samples"][0], str)
