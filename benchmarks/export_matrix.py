"""Every architecture of benchmarks/architectures through float32, dynamic_range and int8.

    python benchmarks/export_matrix.py [--only resnet20,lenet] [--rows float32,int8]
    python benchmarks/export_matrix.py --check --only mlp,cnn --rows int8
    python benchmarks/export_matrix.py --list

About an hour on two cores. Each architecture has a process of its own, export_matrix_row.py, and
each row that is in the table already is left as it is: a run that was broken off goes on where it
stopped. Writes, after every architecture,

- export_matrix.csv: a row for each architecture and recipe;
- export_matrix_summary.csv: the same by family, which README quotes;
- export_matrix_failures.csv: every bar that a row misses, and why a row could not be measured.

What a row says: `converts`: there is a file; `stock_interpreter`: LiteRT without TensorFlow's
operators ran it on the comparison examples; `flex_free`: no operator in it is one of TensorFlow's
(both "no" where there is no file). `passes`: the value that it is judged by is within its bar:

- float32: the largest difference as a share of the output range, at most 1e-4; 1e-5 for a CNN of
  fewer than 10 layers with weights;
- dynamic_range, int8: the same choice of class on 99 % of the examples where weights are trained;
  else, and for outputs of one number, a signal to noise of 15 dB, as `to_tflite` measures it.
  `varying_db` is the same with the outputs' mean over the examples taken off: an untrained
  network says nearly the same of all. Where the bar is missed, `rounded_kernels_db` is that of
  the Keras model itself, in float, with its kernels rounded to 8 bits: what no file of 8-bit
  weights can do better, but by chance.

`size_bar`: percent of the float32 file, 32 where that has 4 MB, else 40. `speed_ratio`: time for
that of float32, one thread, taking turns, with the 95 % interval of its median; an int8 CNN of
more than 1 M multiplications (`macs`, counted in the float32 file) has to be below 1. Times are
this machine's.
"""

import argparse
import contextlib
import csv
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "export_matrix.csv"
ROW = HERE / "export_matrix_row.py"
RECIPES = ("float32", "dynamic_range", "int8")
COLUMNS = (
    "architecture", "family", "recipe", "weights", "parameters", "macs", "layers", "converts",
    "stock_interpreter", "flex_free", "judged_by", "value", "bar", "passes",
    "max_difference_share", "agreement", "signal_to_noise_db", "varying_db",
    "rounded_kernels_db", "examples", "float_operators", "bytes", "share_of_float32", "size_bar",
    "p50_ms", "float32_p50_ms", "speed_ratio", "ratio_low", "ratio_high", "seconds", "failure",
)  # fmt: skip
FAILURES = ("architecture", "recipe", "what", "measured", "bar or reason")
UNITS = {"difference": " of the range", "agreement": " %", "signal_to_noise": " dB"}
# CNNs above this have to be faster in int8; bytes may differ by this share between two runs.
FAST_MACS, SIZE_TOLERANCE = 1e6, 0.02


def read(path):
    """{(architecture, recipe): row} of a table; empty where there is none."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["architecture"], row["recipe"]): row for row in csv.DictReader(file)}


def write(path, rows):
    """The table, its summary and its failures, each whole or not at all."""
    from keras_distill.files import atomic_path

    rows = [rows[key] for key in sorted(rows)]
    summarized = summary(rows)
    for end, columns, made in (
        ("", COLUMNS, rows),
        ("_summary", tuple(summarized[0]) if summarized else ("family", "recipe"), summarized),
        ("_failures", FAILURES, failures(rows)),
    ):
        with atomic_path(path.with_name(f"{path.stem}{end}.csv")) as part:
            with part.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(made)


def run_child(name, recipes, timeout, script=ROW, without_float32=False):
    """What a child wrote before it ended, and why it ended ("" if as it should).

    The converter runs in a child of the child; the two share a process group of their own, which
    is killed whole.
    """
    with tempfile.TemporaryDirectory(prefix="export_matrix_", ignore_cleanup_errors=True) as folder:
        out, log = pathlib.Path(folder) / "rows.json", pathlib.Path(folder) / "log.txt"
        command = [sys.executable, str(script), name, ",".join(recipes), str(out)]
        command += ["--without-float32"] if without_float32 else []
        # What a killed process leaves behind goes with the folder.
        environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "TMPDIR": folder}
        # A file, not a pipe: a pipe stays open as long as any grandchild lives.
        with log.open("wb") as file:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                env={**environment, "CUDA_VISIBLE_DEVICES": ""}, start_new_session=True,
            )  # fmt: skip
            try:
                code = child.wait(timeout)
                reason = _ending(code, log)
            except subprocess.TimeoutExpired:
                reason = f"It did not finish within {timeout:g} seconds and was stopped."
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        answer = {"facts": None, "at": None, "rows": {}}
        if out.exists():
            answer |= json.loads(out.read_text(encoding="utf-8"))
    return answer, reason


def _ending(code, log):
    if code == 0:
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "It said nothing.")
    return f"Its process was killed by signal {-code}. {last}" if code < 0 else last


def measure(architecture, recipes, timeout, script=ROW):
    """A row for each recipe. A recipe that ends the process is tried once, the others go on."""
    rows, left, without_float32 = {}, list(recipes), False
    while left:
        answer, reason = run_child(architecture.name, left, timeout, script, without_float32)
        rows |= {recipe: answer["rows"][recipe] for recipe in left if recipe in answer["rows"]}
        left = [recipe for recipe in left if recipe not in rows]
        facts, at = answer["facts"] or {}, answer["at"]
        if at is None:
            lost = left  # It was not even built, and would not be a second time.
        elif at == "float32" and at not in left and not without_float32:
            lost = []  # Made for the others to be compared with: they are tried without.
        else:
            lost = [at] if at in left else left[:1]
        without_float32 = without_float32 or at == "float32"
        for recipe in lost:
            rows[recipe] = {
                "architecture": architecture.name, "family": architecture.family,
                "weights": architecture.weights, **facts, "recipe": recipe,
                "failure": reason or "Its process ended without a row.",
            }  # fmt: skip
        left = [recipe for recipe in left if recipe not in rows]
    for row in rows.values():
        # A file that was never made runs nowhere.
        for column in ("converts", "stock_interpreter", "flex_free", "passes"):
            row.setdefault(column, "no")
        row |= {column: row.get(column, "") for column in COLUMNS}
    return rows


def number(row, column):
    """A row's number, or None."""
    return float(row[column]) if row[column] else None


def within_size(row):
    """Whether a file is as small as it should be; None where that was not measured."""
    share, bar = number(row, "share_of_float32"), number(row, "size_bar")
    return None if share is None or bar is None else share <= bar


def must_be_faster(row):
    """Whether it is an int8 CNN of more than a million multiplications."""
    large = (number(row, "macs") or 0) > FAST_MACS
    return row["recipe"] == "int8" and row["family"] == "cnn" and large


def failures(rows):
    """Every bar that a row misses, and everything that was not measured."""
    found = []

    def add(row, what, measured, why):
        cells = (row["architecture"], row["recipe"], what, measured, why)
        found.append(dict(zip(FAILURES, cells, strict=True)))

    for row in rows:
        if row["converts"] != "yes":
            add(row, "converts", "no", row["failure"])
            continue
        if row["passes"] != "yes":
            least = "≤" if row["judged_by"] == "difference" else "≥"
            unit = UNITS[row["judged_by"]]
            why = f"{least} {row['bar']}{unit}"
            if row["rounded_kernels_db"]:
                why += f"; the float model with 8-bit kernels: {row['rounded_kernels_db']} dB"
            add(row, "parity", f"{row['value']}{unit}", why)
        if row["recipe"] != "float32" and within_size(row) is None:
            add(row, "size", "not measured", "There is no float32 file to compare it with.")
        elif within_size(row) is False:
            add(row, "size", f"{row['share_of_float32']} %", f"≤ {row['size_bar']} %")
        if not row["p50_ms"]:
            add(row, "speed", "not measured", row["failure"])
        elif must_be_faster(row):
            ratio = number(row, "speed_ratio")
            if ratio is None:
                add(row, "speed", "not measured", "There is no float32 file to compare it with.")
            elif ratio >= 1:
                interval = f" ({row['ratio_low']} to {row['ratio_high']})"
                add(row, "speed", f"{row['speed_ratio']}{interval}", "< 1")
    return found


def summary(rows):
    """A row for each family and recipe."""
    made = []
    for family in sorted({row["family"] for row in rows}):
        for recipe in RECIPES:
            own = [r for r in rows if (r["family"], r["recipe"]) == (family, recipe)]
            if own:
                made.append({"family": family, "recipe": recipe} | _summary(own))
    return made


def _summary(rows):
    converted = [row for row in rows if row["converts"] == "yes"]
    stock = [r for r in converted if r["stock_interpreter"] == r["flex_free"] == "yes"]
    sizes = [number(row, "share_of_float32") for row in converted if row["share_of_float32"]]
    ratios = [number(row, "speed_ratio") for row in converted if row["speed_ratio"]]
    small = [within_size(row) for row in converted if within_size(row) is not None]
    faster = f"{sum(r < 1 for r in ratios)} of {len(ratios)}"
    return {
        "architectures": len(rows),
        "convert": len(converted),
        "run without Flex": len(stock),
        "within the bar": sum(row["passes"] == "yes" for row in converted),
        "15 dB without the mean too": _without_mean(converted),
        "median value": "; ".join(_medians(converted)) or "–",
        "median size, %": f"{statistics.median(sizes):.1f}" if sizes else "–",
        "within the size bar": f"{sum(small)} of {len(small)}" if small else "–",
        "faster than float32 (median ratio)": (
            f"{faster} ({statistics.median(ratios):.2f})" if ratios else "–"
        ),
    }


def _without_mean(rows):
    """How many of those judged by decibels pass without what all examples have in common."""
    judged = [r for r in rows if r["judged_by"] == "signal_to_noise" and r["varying_db"]]
    passing = sum(number(row, "varying_db") >= 15 for row in judged)
    return f"{passing} of {len(judged)}" if judged else "–"


def _medians(rows):
    """What judged the rows, each kind with its own median."""
    for kind, unit in UNITS.items():
        values = [number(row, "value") for row in rows if row["judged_by"] == kind]
        if values:
            median = statistics.median(values)
            yield (f"{median:.1e}" if kind == "difference" else f"{median:.1f}") + unit


def compared(before, now):
    """Sentences that say what is worse than the table has it. Latency is not compared."""
    who = f"{now['architecture']} {now['recipe']}"
    if before is None:
        return [f"{who} is not in the table: measure it first, without --check."]
    if before["converts"] == "yes" and now["converts"] != "yes":
        return [f"{who} was converted and no longer is: {now['failure']}"]
    said = []
    if before["passes"] == "yes" and now["passes"] != "yes":
        unit = UNITS[now["judged_by"]]
        said.append(
            f"{who} passed with {before['value']}{UNITS[before['judged_by']]} and no longer does: "
            f"{now['judged_by']} is {now['value']}{unit}, the bar {now['bar']}{unit}."
        )
    old, new = number(before, "bytes"), number(now, "bytes")
    if old and new and abs(new / old - 1) > SIZE_TOLERANCE:
        said.append(f"{who} had {old:,.0f} bytes and has {new:,.0f} ({new / old - 1:+.1%}).")
    return said


def run(wanted, table, timeout, check=False, again=False, script=ROW, console=None):
    """Measures rows and writes the tables; with `check` compares only.

    Args:
        wanted: [(architecture, its recipes)].
        table: Path of export_matrix.csv.
        timeout: Seconds for one process.
        check: Whether to compare in place of writing.
        again: Whether to measure rows that are in the table already.
        script: What each process runs.
        console: A `rich.console.Console`; None for the terminal.

    Returns:
        With `check`, the sentences that `compared` has to say; else an empty list.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    known, said = read(table), []
    if not (check or again):
        wanted = [(a, [r for r in recipes if (a.name, r) not in known]) for a, recipes in wanted]
    wanted = [(architecture, recipes) for architecture, recipes in wanted if recipes]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console
    ) as progress:
        task = progress.add_task("", total=sum(len(recipes) for _, recipes in wanted))
        for architecture, recipes in wanted:
            progress.update(task, description=architecture.name)
            rows = measure(architecture, recipes, timeout, script)
            for recipe, row in rows.items():
                progress.console.print(line(row), highlight=False, markup=False, soft_wrap=True)
                if check:
                    said += compared(known.get((architecture.name, recipe)), row)
            if not check:
                # Read anew: another run may have added rows of its own.
                write(table, read(table) | {(architecture.name, r): rows[r] for r in rows})
            progress.advance(task, len(recipes))
    return said


def line(row):
    """What the terminal shows of a row."""
    start = f"{row['architecture']} {row['recipe']}:"
    if row["converts"] != "yes":
        return f"{start} no file. {row['failure']}"
    missed = ", ".join(each["what"] for each in failures([row]))
    size = f", {row['share_of_float32']} % of float32" if row["share_of_float32"] else ""
    speed = f", time × {row['speed_ratio']}" if row["speed_ratio"] else ""
    return (
        f"{start} {row['value']}{UNITS[row['judged_by']]}{size}{speed}, {row['seconds']} s"
        f"{f'; misses {missed}' if missed else ''}"
    )


def chosen(text, known, what):
    """Names out of a list with commas; those that are not known end the program with 2."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        received = ", ".join(unknown) or "nothing"
        print(
            f"There is no {what} called {received}. Expected some of: {', '.join(known)}.",
            file=sys.stderr,
        )
        raise SystemExit(2)
    return [name for name in known if name in names]


def main(arguments=None, architectures=None, table=TABLE, script=ROW):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="A,B", help="architectures; all if left out")
    parser.add_argument("--rows", metavar="R,S", help="recipes; all three if left out")
    parser.add_argument(
        "--check", action="store_true",
        help="measure the rows anew, write nothing, and end with 1 if one that passed no longer "
        "does or a size differs by more than 2 %%; times are not compared",
    )  # fmt: skip
    parser.add_argument(
        "--again", action="store_true", help="measure rows that are in the table already, too"
    )
    parser.add_argument("--list", action="store_true", help="name the architectures and end")
    parser.add_argument(
        "--timeout", type=float, default=600, metavar="SECONDS",
        help="for the process of one architecture, all its recipes (default: 600)",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    if architectures is None:
        from architectures import ARCHITECTURES as architectures
    if given.list:
        for architecture in architectures.values():
            print(f"{architecture.name}: {architecture.family}, {architecture.weights}")
        return 0
    names = chosen(given.only, architectures, "architecture") if given.only else architectures
    recipes = chosen(given.rows, RECIPES, "recipe") if given.rows else RECIPES
    said = run(
        [(architectures[name], list(recipes)) for name in sorted(names)],
        table, given.timeout, given.check, given.again, script,
    )  # fmt: skip
    for sentence in said:
        print(sentence)
    return 1 if said else 0


if __name__ == "__main__":
    # So that `finally` stops the child when a scheduler stops this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
