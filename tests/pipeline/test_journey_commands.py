"""Bad input of the journey's commands is one sentence with exit code 2."""

import sys

from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_bad_configuration_is_one_sentence(tmp_path):
    (tmp_path / "c.yaml").write_text("pruning: {sparsity: 1.0}\n")
    result = invoke("run", tmp_path / "c.yaml")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: c.yaml, line 1: `pruning.sparsity` must be a number above 0 and below 1. "
        "Received: 1.0.\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["c.yaml"]


def test_an_interrupt_says_how_to_go_on(tmp_path, monkeypatch):
    def interrupted(path):
        raise KeyboardInterrupt

    # The package's attribute of this name is the function, not its module.
    module = sys.modules["keras_distill.pipeline.load_configuration"]
    monkeypatch.setattr(module, "load_configuration", interrupted)
    result = invoke("run", tmp_path / "c.yaml")
    assert result.exit_code == 130
    assert result.stderr == (
        "\nInterrupted. Finished stages are kept: the same command goes on from there.\n"
    )
