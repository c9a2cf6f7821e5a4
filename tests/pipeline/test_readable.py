import pytest
import typer

from keras_distill.pipeline.readable import readable


@pytest.mark.parametrize("kind", [ValueError, OSError, RuntimeError])
def test_bad_input_is_one_sentence_and_code_2(kind, capsys):
    @readable
    def command():
        raise kind("Expected this. Received: that.")

    with pytest.raises(typer.Exit) as left:
        command()
    assert left.value.exit_code == 2
    assert capsys.readouterr().err == "Error: Expected this. Received: that.\n"


def test_an_interrupt_is_130_and_a_wanted_exit_stays(capsys):
    @readable
    def stopped():
        raise KeyboardInterrupt

    @readable
    def judged():
        raise typer.Exit(1)

    with pytest.raises(typer.Exit) as left:
        stopped()
    assert left.value.exit_code == 130
    with pytest.raises(typer.Exit) as left:
        judged()
    assert left.value.exit_code == 1


def test_other_errors_are_shown_whole():
    @readable
    def broken():
        raise KeyError("x")

    with pytest.raises(KeyError):
        broken()
