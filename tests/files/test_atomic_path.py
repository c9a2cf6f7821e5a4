"""Whole or not at all: errors, a full disk, kill -9, folders over folders."""

import os
import re
import signal
import subprocess
import sys
import textwrap

import pytest

from keras_distill.files import atomic_path as atomic_path_function
from keras_distill.files.atomic_path import atomic_path


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def child(code, folder):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


# The package imports Keras; this child needs one file of it.
LOAD = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("a", {sys.modules[atomic_path.__module__].__file__!r})
a = importlib.util.module_from_spec(spec)
spec.loader.exec_module(a)
"""


def test_room_hands_out_the_function():
    assert atomic_path_function is atomic_path


def test_file_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "x.tflite"
    with atomic_path(target) as path:
        assert path.parent == tmp_path
        assert path.suffix == ".tflite"
        assert not path.exists()
        path.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert names(tmp_path) == ["x.tflite"]


def test_error_keeps_the_older_file_and_leaves_nothing(tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("older")
    with pytest.raises(KeyboardInterrupt):
        with atomic_path(target) as path:
            path.write_text("half")
            raise KeyboardInterrupt
    assert target.read_text() == "older"
    assert names(tmp_path) == ["x.txt"]


def test_block_that_writes_nothing_changes_nothing(tmp_path):
    with atomic_path(tmp_path / "x.txt"):
        pass
    assert names(tmp_path) == []


@pytest.mark.parametrize("exchange", [True, False])
def test_folder_replaces_a_folder(tmp_path, monkeypatch, exchange):
    if not exchange:
        module = sys.modules[atomic_path.__module__]
        monkeypatch.setattr(module, "_exchange", lambda first, second: False)
    target = tmp_path / "model"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with atomic_path(target) as path:
        path.mkdir()
        (path / "new.txt").write_text("new")
    assert names(tmp_path) == ["model"]
    assert names(target) == ["new.txt"]


def test_error_keeps_the_older_folder(tmp_path):
    target = tmp_path / "model"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with pytest.raises(RuntimeError):
        with atomic_path(target) as path:
            path.mkdir()
            raise RuntimeError
    assert names(tmp_path) == ["model"]
    assert names(target) == ["old.txt"]


def test_relative_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with atomic_path("x.txt") as path:
        path.write_text("here")
    assert (tmp_path / "x.txt").read_text() == "here"


def test_full_disk_leaves_no_partial_file_and_keeps_the_older(tmp_path):
    (tmp_path / "x.bin").write_text("older")
    code = LOAD + (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with a.atomic_path('x.bin') as path: path.write_bytes(bytes(5000))\n"
    )
    _, stderr = (process := child(code, tmp_path)).communicate(timeout=60)
    assert process.returncode == 1
    assert "OSError: [Errno 27] File too large" in stderr
    assert names(tmp_path) == ["x.bin"]
    assert (tmp_path / "x.bin").read_text() == "older"


def test_kill_9_keeps_the_older_file(tmp_path):
    (tmp_path / "x.bin").write_text("older")
    code = LOAD + (
        "import time\n"
        "with a.atomic_path('x.bin') as path:\n"
        "    path.write_bytes(bytes(5000)); print('written', flush=True); time.sleep(60)\n"
    )
    process = child(code, tmp_path)
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert (tmp_path / "x.bin").read_text() == "older"
    # What a killed process could not remove is hidden and says what it is.
    (left,) = [n for n in names(tmp_path) if n != "x.bin"]
    assert re.fullmatch(r"\.x\.[0-9a-f]{8}\.partial\.bin", left)


def test_missing_folder(tmp_path):
    target = tmp_path / "no" / "x.txt"
    message = (
        f"Cannot write '{target}': the folder '{target.parent}' does not exist. "
        "Create it first, or choose another path."
    )
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        with atomic_path(target):
            pass


def test_folder_without_write_permission(tmp_path):
    target = tmp_path / "x.txt"
    tmp_path.chmod(0o555)
    message = (
        f"Cannot write '{target}': no permission to write in the folder '{tmp_path}'. "
        "Change its permissions, or choose another path."
    )
    before = os.geteuid()
    try:
        # The super-user may write anywhere: become nobody for a moment.
        if before == 0:
            for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
                if not folder.stat().st_mode & 0o055:
                    folder.chmod(folder.stat().st_mode | 0o055)
            os.seteuid(65534)
        with pytest.raises(PermissionError, match=f"^{re.escape(message)}$"):
            with atomic_path(target):
                pass
    finally:
        os.seteuid(before)
        tmp_path.chmod(0o755)
