"""A child's answer, failure, crash and silence."""

import re
import textwrap

import pytest

from keras_distill.files import run_child


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def write(code):
        header = "import json, os, sys, time\n"
        (tmp_path / "a_child.py").write_text(header + textwrap.dedent(code))
        return "a_child"

    return write


def test_answer_comes_back_whatever_is_printed(module):
    name = module(
        """
        print("noise"); print("noise", file=sys.stderr)
        n = json.load(sys.stdin)["n"]
        json.dump({"twice": 2 * n}, open(sys.argv[2], "w"))
        """
    )
    assert run_child(name, {"n": 21}, timeout=60) == {"twice": 42}


def test_failure_shows_the_end_of_stderr(module):
    name = module("sys.stderr.write('x' * 5000 + 'the reason'); sys.exit(3)")
    with pytest.raises(RuntimeError) as caught:
        run_child(name, {}, timeout=60)
    assert str(caught.value) == (
        "The child process `python -m a_child` failed with exit status 3. "
        "The end of what it said:\n" + "x" * 1990 + "the reason"
    )


def test_crash_names_the_signal(module):
    message = "The child process `python -m a_child` was killed by signal 6. It said nothing."
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        run_child(module("os.abort()"), {}, timeout=60)


def test_timeout(module):
    message = (
        "The child process `python -m a_child` did not finish within 0.5 seconds and was stopped. "
        "Give it more time with `timeout=`. It said nothing."
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        run_child(module("time.sleep(60)"), {}, timeout=0.5)


def test_no_answer(module):
    message = "The child process `python -m a_child` ended without an answer. It said nothing."
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        run_child(module("pass"), {}, timeout=60)


def test_a_file_where_the_caller_stands_does_not_stand_in_for_a_module(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert run_child("json.tool", {"n": 1}, timeout=60) == {"n": 1}


def test_a_file_runs_by_itself(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit(9)")
    (package / "alone.py").write_text(
        "import json, sys\n"
        "json.dump({'name': __name__, 'given': json.load(sys.stdin)}, open(sys.argv[2], 'w'))"
    )
    assert run_child(package / "alone.py", {"n": 1}, timeout=60) == {
        "name": "__main__",
        "given": {"n": 1},
    }
    message = (
        f"The child process `python {package / 'gone.py'}` failed with exit status 2. The end of "
        "what it said:\n"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}"):
        run_child(package / "gone.py", {}, timeout=60)
