"""The recipe export/verify_artefact.py."""

import pathlib
import runpy
import sys

import pytest

RECIPE = pathlib.Path(__file__).parents[2] / "export" / "verify_artefact.py"


def run(monkeypatch, path):
    monkeypatch.setattr(sys, "argv", [str(RECIPE), str(path)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(RECIPE), run_name="__main__")
    return ended.value.code


def test_as_it_was_made(int8_artefact, monkeypatch, capsys):
    assert run(monkeypatch, int8_artefact.path) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{int8_artefact.path}: as it was made, ")
    assert said[1] == "golden examples run: 8"


def test_nothing_there(tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, tmp_path / "x") == 1
    said = capsys.readouterr().err
    assert said == f"There is no artefact at '{tmp_path / 'x'}': check the path.\n"
