"""Break one line at a time and see whether a test notices.

The places are the rows of the table under "Mutations" in CONTRIBUTING.md:
file, the line as it stands, the line as broken, the test file that must turn
red. Each row runs in a copy of the tracked files, never in the checkout.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| `(?P<line>.+?)` \| `(?P<broken>.+?)` \| `(?P<test>[^`]+)` \|$"
)


def places():
    """The rows of CONTRIBUTING's table, each a dict of file, line, broken, test."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [match.groupdict() for match in map(ROW.match, text.splitlines()) if match]
    for row in rows:
        row["line"] = row["line"].replace("\\|", "|")
        row["broken"] = row["broken"].replace("\\|", "|")
    return rows


def break_line(path, line, broken):
    """Replace the one line of `path` that reads `line` (indentation aside)."""
    lines = path.read_text(encoding="utf-8").split("\n")
    hits = [i for i, text in enumerate(lines) if text.strip() == line.strip()]
    if len(hits) != 1:
        raise SystemExit(
            f"{path.name}: the line {line!r} stands there {len(hits)} times, not once."
        )
    indentation = lines[hits[0]][: len(lines[hits[0]]) - len(lines[hits[0]].lstrip())]
    lines[hits[0]] = indentation + broken.strip()
    path.write_text("\n".join(lines), encoding="utf-8")


def turns_red(row):
    """True when the row's test passes no longer with the line broken."""
    with tempfile.TemporaryDirectory(prefix="keras-distill-mutate-") as folder:
        copy = pathlib.Path(folder)
        tracked = subprocess.run(
            ["git", "ls-files", "benchmarks", "keras_distill", "tests", "pyproject.toml"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        for name in tracked:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
        break_line(copy / row["file"], row["line"], row["broken"])
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow"]
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", row["test"]],
            cwd=copy, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(copy)},
        )  # fmt: skip
    # 1 is "some tests failed"; 2 and more are a run that never tested anything,
    # but a line so broken that its module does not import is noticed as well.
    return done.returncode in (1, 2), done


def main():
    rows = places()
    print(f"{len(rows)} places")
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(turns_red, rows))
    unnoticed = 0
    for row, (red, done) in zip(rows, outcomes, strict=True):
        print(f"{'red  ' if red else 'GREEN'}  {row['file']}: {row['broken'].strip()}")
        if not red:
            unnoticed += 1
            print(done.stdout[-600:])
    print(f"{len(rows) - unnoticed} of {len(rows)} broken lines turn a test red")
    return 1 if unnoticed or len(rows) < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
