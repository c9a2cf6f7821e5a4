"""Stages are done once; an interrupt loses the stage it hits and no other."""

import types

import pytest

from keras_distill.pipeline import Configuration
from keras_distill.pipeline.journey import Journey

DONE = []


def stage(name, needs=(), keys=("seed",)):
    """A stage that writes one file; `DONE` tells how often it ran."""

    def run(journey):
        DONE.append(name)
        file = journey.folder / "models" / f"{name}.txt"
        file.write_text(name)
        if name in interrupted:
            file.write_text("half")
            raise KeyboardInterrupt
        return [f"models/{name}.txt"], {"name": name}

    return types.SimpleNamespace(
        __name__=f"stages.{name}",
        KEYS=keys,
        needs=lambda configuration: needs,
        wanted=lambda configuration: name != "b" or configuration.control,
        run=run,
    )


interrupted = set()


@pytest.fixture(autouse=True)
def three_stages(monkeypatch):
    DONE.clear()
    interrupted.clear()
    monkeypatch.setattr(
        Journey, "stages", (stage("a"), stage("b", ("a",), ("control",)), stage("c", ("a",)))
    )


def journey(folder, **values):
    return Journey(Configuration(output=str(folder), **values))


def test_finished_stages_are_not_repeated(tmp_path):
    journey(tmp_path / "run").run()
    assert DONE == ["a", "b", "c"]
    second = journey(tmp_path / "run").run()
    assert DONE == ["a", "b", "c"]
    assert second.records["c"]["results"] == {"name": "c"}


def test_an_interrupt_loses_the_stage_it_hits_and_no_other(tmp_path):
    interrupted.add("b")
    with pytest.raises(KeyboardInterrupt):
        journey(tmp_path / "run").run()
    interrupted.clear()
    journey(tmp_path / "run").run()
    assert DONE == ["a", "b", "b", "c"]
    assert (tmp_path / "run" / "models" / "b.txt").read_text() == "b"


def test_a_file_that_is_gone_is_made_again_alone(tmp_path):
    journey(tmp_path / "run").run()
    (tmp_path / "run" / "models" / "c.txt").unlink()
    journey(tmp_path / "run").run()
    assert DONE == ["a", "b", "c", "c"]


def test_overwrite_does_everything_again(tmp_path):
    journey(tmp_path / "run").run()
    Journey(Configuration(output=str(tmp_path / "run")), overwrite=True).run()
    assert DONE == ["a", "b", "c"] * 2


def test_a_stage_that_is_not_wanted_is_left_out(tmp_path):
    journey(tmp_path / "run", control=False).run()
    assert DONE == ["a", "c"]


def test_until_ends_there(tmp_path):
    journey(tmp_path / "run").run(until="a")
    assert DONE == ["a"]


def test_the_log_tells_what_happened(tmp_path):
    interrupted.add("c")
    with pytest.raises(KeyboardInterrupt):
        journey(tmp_path / "run").run()
    log = (tmp_path / "run" / "run.log").read_text()
    assert "a: begins" in log and "c: interrupted" in log
