"""A search in real processes: killed and gone on with; a chief, two workers, one of them killed."""

import csv
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "benchmarks/search_on_several_machines.py"
ALONE = f"""
import importlib.util, keras_distill as kd
spec = importlib.util.spec_from_file_location("machines", {str(SCRIPT)!r})
machines = importlib.util.module_from_spec(spec)
spec.loader.exec_module(machines)
result = kd.search.search(
    *machines.space_and_data(), method="random", max_trials=4, epochs=2, directory="search",
    progress=lambda line: print(line, flush=True),
)
print([row["status"] for row in result.trials])
"""


@pytest.fixture
def start(tmp_path):
    """Starts processes, and ends those that a failed test leaves."""
    started = []

    def run(*arguments):
        started.append(_started(tmp_path, *arguments))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def _started(folder, *arguments):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KERASTUNER")}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"},
    )


def lines_until(process, word):
    found = []
    for line in process.stdout:
        found.append(line.strip())
        if word in line:
            break
    return found


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_search_and_resume(start):
    first = start("-c", ALONE)
    seen = lines_until(first, "Trial 2 of 4")
    # In the third trial, wherever it is.
    time.sleep(0.5)
    first.send_signal(signal.SIGKILL)
    seen += [line.strip() for line in first.stdout]
    assert first.wait() == -signal.SIGKILL
    finished = sum(line.startswith("Trial ") for line in seen)
    second = start("-c", ALONE)
    rest = second.communicate(timeout=600)[0].splitlines()
    assert second.returncode == 0
    assert rest[0] == f"Going on: {finished} of 4 trials are finished."
    numbers = [line.split()[1] for line in [*seen, *rest] if line.startswith("Trial ")]
    assert numbers == ["1", "2", "3", "4"]
    assert rest[-1] == str(["completed"] * 4)


@pytest.mark.slow
def test_a_chief_and_two_workers_one_of_which_is_killed(start, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    names = ("chief", "worker1", "worker2")
    running = {name: start(str(SCRIPT), name, address) for name in names}
    lines_until(running["worker2"], "worker2: Trial")
    running["worker2"].send_signal(signal.SIGKILL)
    running["worker2"].wait()
    # By the same name: it is given the trial that it had.
    running["again"] = start(str(SCRIPT), "worker2", address)
    outputs = {
        name: running[name].communicate(timeout=600)[0] for name in ("chief", "worker1", "again")
    }
    assert [running[name].returncode for name in outputs] == [0, 0, 0]
    assert "worker1: Trial" in outputs["worker1"] and "worker2: Trial" in outputs["again"]
    assert "chief: best: trial" in outputs["chief"] and "chief: Trial" not in outputs["chief"]
    result = tmp_path / "runs" / "search_on_several_machines_result"
    with open(result / "search.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["trial"] for row in rows] == [str(n) for n in range(1, 9)]
    assert {row["status"] for row in rows} == {"completed"}
    # The default, unharmed by KerasTuner's messages, which carry four bytes a number.
    first = rows[0]
    values = (first["temperature"], first["student_loss_weight"], first["learning_rate"])
    assert values == ("4.0", "0.5", "0.001")
    assert (result / "search.png").exists()
