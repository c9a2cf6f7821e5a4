"""The commands' help."""

import pytest
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "init",
        "check",
        "run",
        "search",
        "evaluate",
        "report",
        "compare",
        "export",
        "describe",
        "verify",
    ],
)
def test_help_teaches_with_an_example(command):
    result = invoke(command, "--help")
    assert result.exit_code == 0
    assert f"keras-distill {command}" in result.output


def test_the_first_page_shows_the_way():
    result = invoke("--help")
    for command in ("demo", "init --teacher", "check CONFIG.yaml", "run CONFIG.yaml"):
        assert f"keras-distill {command}" in result.output
