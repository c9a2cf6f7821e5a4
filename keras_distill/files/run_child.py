"""Work that may crash, leak or hang is done by another process."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

_PACKAGES = pathlib.Path(__file__).resolve().parents[2]


def run_child(module, arguments, timeout):
    """Runs a module as a child process, JSON in and JSON out.

    The child is `python -m module - ANSWER`: it reads its arguments as JSON from standard
    input and writes its answer as JSON to the file ANSWER. Whatever it prints is kept out of
    the way, and shown only if it fails. The folder that the caller stands in is not on the
    child's module path, so a file there cannot stand in for an installed module.

    Args:
        module: Name of an importable module, such as `"keras_distill.export.conversion.convert"`;
            or the `pathlib.Path` of a file that is run by itself: no package is imported first.
        arguments: A dict that JSON can hold.
        timeout: Seconds after which the child is killed.

    Returns:
        The child's answer, a dict.

    Raises:
        RuntimeError: If the child fails, crashes, answers nothing or takes too long, with
            the end of what it wrote to standard error.

    Example:

    ```python
    answer = kd.files.run_child("json.tool", {"question": 42}, timeout=60)
    assert answer == {"question": 42}
    ```
    """
    what = [str(module)] if isinstance(module, pathlib.Path) else ["-m", module]
    shown = f"python {' '.join(what)}"
    known = [os.environ.get("PYTHONPATH"), str(_PACKAGES)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in known if p)}
    with tempfile.TemporaryDirectory(prefix="keras_distill_") as folder:
        answer = pathlib.Path(folder) / "answer.json"
        try:
            done = subprocess.run(
                [sys.executable, "-P", *what, "-", str(answer)],
                input=json.dumps(arguments).encode(),
                capture_output=True,
                timeout=timeout,
                env=environment,
            )
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(
                f"The child process `{shown}` did not finish within {timeout} seconds "
                f"and was stopped. Give it more time with `timeout=`.{_end_of(error.stderr)}"
            ) from error
        if done.returncode != 0:
            ended = (
                f"was killed by signal {-done.returncode}"
                if done.returncode < 0
                else f"failed with exit status {done.returncode}"
            )
            raise RuntimeError(f"The child process `{shown}` {ended}.{_end_of(done.stderr)}")
        if not answer.exists():
            raise RuntimeError(
                f"The child process `{shown}` ended without an answer.{_end_of(done.stderr)}"
            )
        return json.loads(answer.read_text(encoding="utf-8"))


def _end_of(stderr):
    text = (stderr or b"").decode(errors="replace").strip()
    return f" The end of what it said:\n{text[-2000:]}" if text else " It said nothing."
