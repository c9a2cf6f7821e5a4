"""Whose folder it is, which stages are done, and that nothing else is ever deleted."""

import pytest
import yaml

from keras_distill.pipeline.run_folder import RunFolder, digest

VALUES = {"output": "x", "seed": 0, "pruning": {"sparsity": 0.75, "epochs": 4}}


def open_folder(path, values=VALUES, inputs=None, **arguments):
    return RunFolder(path, values, inputs or {"teacher.model": "a"}, **arguments)


def test_a_finished_stage_is_recognised_and_a_damaged_one_is_not(tmp_path):
    folder = open_folder(tmp_path / "run")
    (tmp_path / "run" / "model.keras").write_bytes(b"weights")
    assert folder.finished("teacher", "d") is None
    folder.finish("teacher", "d", ["model.keras"], 1.5, {"accuracy": 0.9})
    again = open_folder(tmp_path / "run")
    assert again.finished("teacher", "d")["results"] == {"accuracy": 0.9}
    assert again.finished("teacher", "other") is None
    (tmp_path / "run" / "model.keras").write_bytes(b"weightz")
    assert again.finished("teacher", "d") is None
    (tmp_path / "run" / "model.keras").unlink()
    assert again.finished("teacher", "d") is None


def test_another_configuration_is_refused_and_the_key_named(tmp_path):
    open_folder(tmp_path / "run")
    other = {**VALUES, "pruning": {"sparsity": 0.5, "epochs": 4}}
    with pytest.raises(ValueError) as error:
        open_folder(tmp_path / "run", other)
    assert str(error.value) == (
        f"The output folder '{tmp_path / 'run'}' holds another run: `pruning.sparsity` is 0.75 "
        "there and 0.5 here. Give another folder, or start afresh with --overwrite (in Python: "
        "overwrite=True)."
    )


def test_a_stage_left_out_is_another_configuration(tmp_path):
    open_folder(tmp_path / "run")
    with pytest.raises(ValueError) as error:
        open_folder(tmp_path / "run", {**VALUES, "pruning": None})
    assert "`pruning` is {'sparsity': 0.75, 'epochs': 4} there and None here." in str(error.value)


def test_another_teacher_file_is_refused(tmp_path):
    open_folder(tmp_path / "run")
    with pytest.raises(ValueError) as error:
        open_folder(tmp_path / "run", inputs={"teacher.model": "b"})
    assert str(error.value) == (
        f"The output folder '{tmp_path / 'run'}' holds another run: what `teacher.model` names "
        "has changed since. Give another folder, or start afresh with --overwrite (in Python: "
        "overwrite=True)."
    )


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_run_is_never_touched(tmp_path, overwrite):
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(ValueError) as error:
        open_folder(tmp_path, overwrite=overwrite)
    assert str(error.value) == (
        f"The output folder '{tmp_path}' holds something that is no run (letters.txt). Give an "
        "empty or a new folder."
    )
    assert [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(ValueError) as error:
        open_folder(tmp_path / "run")
    assert str(error.value) == (
        f"Expected a folder for the run. Received: '{tmp_path / 'run'}', which is a file."
    )


def test_overwrite_starts_afresh(tmp_path):
    folder = open_folder(tmp_path / "run")
    (tmp_path / "run" / "model.keras").write_bytes(b"weights")
    folder.finish("teacher", "d", ["model.keras"], 1.0, {})
    afresh = open_folder(tmp_path / "run", {**VALUES, "seed": 1}, overwrite=True)
    assert afresh.finished("teacher", "d") is None
    names = {p.name for p in (tmp_path / "run").iterdir()}
    assert names == {"configuration.yaml", "stages.json"}


def test_the_configuration_in_the_folder_is_whole_and_says_here(tmp_path):
    open_folder(tmp_path / "run")
    there = yaml.safe_load((tmp_path / "run" / "configuration.yaml").read_text())
    assert there == {**VALUES, "output": "."}


def test_digest_knows_values_not_their_order():
    assert digest({"a": 1, "b": 2}, []) == digest({"b": 2, "a": 1}, [])
    assert digest({"a": 1}, []) != digest({"a": 2}, [])
