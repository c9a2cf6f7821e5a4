"""The export matrix: goes on where it stopped, loses no row, hides no failure."""

import csv
import importlib.util
import os
import pathlib
import time

import pytest

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"
TABLE = BENCHMARKS / "export_matrix.csv"
RECIPES = ["float32", "dynamic_range", "int8"]


def module(name):
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


matrix = module("export_matrix")


class Named:
    """An architecture as far as the driver looks at it."""

    def __init__(self, name, family="cnn", weights="random", **more):
        self.name, self.family, self.weights = name, family, weights
        self.keep_float, self.preprocess = (), None
        self.__dict__.update(more)


# Stands in for export_matrix_row.py. What a recipe does is in the architecture's name.
STAND_IN = """
import json, os, pathlib, signal, subprocess, sys, time

name, recipes, out = sys.argv[1:4]
recipes = recipes.split(",")
calls = pathlib.Path(__file__).with_name("calls.txt")
with calls.open("a") as file:
    file.write(" ".join([name, *recipes, *sys.argv[4:]]) + "\\n")
if name == "unbuilt":
    print("It could not be built. There is no wheel.", file=sys.stderr)
    sys.exit(1)
known = {"facts": {"architecture": name, "family": "cnn", "weights": "random",
                   "parameters": "10", "macs": "2000000", "layers": "3"}, "rows": {}}
steps = [r for r in ("float32", "dynamic_range", "int8")
         if r in recipes or (r == "float32" and "--without-float32" not in sys.argv)]
for recipe in steps:
    known["at"] = recipe
    pathlib.Path(out).write_text(json.dumps(known))
    if name == f"crashes_{recipe}":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == f"hangs_{recipe}":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        pathlib.Path(__file__).with_name("grandchild.txt").write_text(str(child.pid))
        child.wait()
    row = {"recipe": recipe, "converts": "yes", "stock_interpreter": "yes", "flex_free": "yes",
           "judged_by": "signal_to_noise", "value": "20", "bar": "15", "passes": "yes",
           "bytes": "1000", "p50_ms": "1", "seconds": "2", "failure": ""}
    if recipe == "float32":
        row |= {"judged_by": "difference", "value": "1e-7", "bar": "1e-05"}
    else:
        row |= {"share_of_float32": "26.0", "size_bar": "40", "speed_ratio": "0.5"}
    if name == f"refused_{recipe}":
        row = {"recipe": recipe, "converts": "no", "failure": "It uses Erf, in 'head'."}
    if recipe in recipes:
        known["rows"][recipe] = known["facts"] | row
    pathlib.Path(out).write_text(json.dumps(known))
"""


@pytest.fixture
def bench(tmp_path):
    """Runs the driver on stand-ins: `bench(names, *arguments)` is its exit status."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN, encoding="utf-8")

    def run(names, *arguments):
        architectures = {name: Named(name) for name in names}
        return matrix.main(list(arguments), architectures, tmp_path / "table.csv", script)

    run.table, run.calls = tmp_path / "table.csv", tmp_path / "calls.txt"
    return run


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_recipe(path, name):
    return {row["recipe"]: row for row in rows_of(path) if row["architecture"] == name}


def edited(path, **cells):
    """Writes cells into every row of a table."""
    rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | cells for row in rows)


def test_rows_are_sorted_and_have_every_column(bench):
    assert bench(["b", "a"]) == 0
    rows = rows_of(bench.table)
    assert [(row["architecture"], row["recipe"]) for row in rows] == [
        (name, recipe) for name in "ab" for recipe in ("dynamic_range", "float32", "int8")
    ]
    assert tuple(rows[0]) == matrix.COLUMNS
    assert not list(bench.table.parent.glob("*.part*"))


def test_rows_in_the_table_are_left_as_they_are(bench):
    assert bench(["a", "b"], "--only", "a", "--rows", "float32,int8") == 0
    assert len(rows_of(bench.table)) == 2
    edited(bench.table, weights="measured before")
    assert bench(["a", "b"]) == 0
    assert bench.calls.read_text().splitlines() == [
        "a float32 int8", "a dynamic_range", "b float32 dynamic_range int8"
    ]  # fmt: skip
    weights = [row["weights"] for row in rows_of(bench.table)]
    assert weights == ["random", "measured before", "measured before", *["random"] * 3]
    assert bench(["a", "b"]) == 0
    assert len(bench.calls.read_text().splitlines()) == 3
    assert bench(["a", "b"], "--again", "--only", "a") == 0
    assert {row["weights"] for row in rows_of(bench.table)} == {"random"}


def test_the_table_is_written_after_each_architecture(bench, monkeypatch):
    own = matrix.measure

    def stopped(architecture, *arguments):
        if architecture.name == "b":
            raise KeyboardInterrupt
        return own(architecture, *arguments)

    monkeypatch.setattr(matrix, "measure", stopped)
    with pytest.raises(KeyboardInterrupt):
        bench(["a", "b"])
    assert {row["architecture"] for row in rows_of(bench.table)} == {"a"}


def test_a_refused_row_is_in_the_table_with_its_reason(bench):
    bench(["refused_int8"])
    rows = by_recipe(bench.table, "refused_int8")
    assert rows["float32"]["converts"] == rows["dynamic_range"]["converts"] == "yes"
    row = rows["int8"]
    assert [row[c] for c in ("converts", "stock_interpreter", "flex_free", "passes")] == ["no"] * 4
    assert row["failure"] == "It uses Erf, in 'head'." and row["parameters"] == "10"
    assert rows_of(bench.table.with_name("table_failures.csv")) == [
        {"architecture": "refused_int8", "recipe": "int8", "what": "converts", "measured": "no",
         "bar or reason": "It uses Erf, in 'head'."}
    ]  # fmt: skip


def test_what_cannot_be_built_is_tried_once_and_fails_three_times(bench):
    bench(["unbuilt"])
    assert bench.calls.read_text().splitlines() == ["unbuilt float32 dynamic_range int8"]
    rows = by_recipe(bench.table, "unbuilt")
    assert {row["failure"] for row in rows.values()} == {
        "It could not be built. There is no wheel."
    }
    assert [row["family"] for row in rows.values()] == ["cnn"] * 3


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_crash_loses_its_own_row_only(bench, recipe):
    name = f"crashes_{recipe}"
    bench([name])
    rows = by_recipe(bench.table, name)
    assert {r: row["converts"] for r, row in rows.items()} == {
        r: "no" if r == recipe else "yes" for r in RECIPES
    }
    assert rows[recipe]["failure"].startswith("Its process was killed by signal 11.")
    assert len(bench.calls.read_text().splitlines()) == (1 if recipe == "int8" else 2)


def test_a_crash_of_the_float32_file_that_others_need_is_not_theirs(bench):
    bench(["crashes_float32"], "--rows", "int8")
    assert by_recipe(bench.table, "crashes_float32")["int8"]["converts"] == "yes"
    assert bench.calls.read_text().splitlines() == [
        "crashes_float32 int8", "crashes_float32 int8 --without-float32"
    ]  # fmt: skip


def ended(pid):
    """Whether a process is gone, or waits only for somebody to take notice."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


def test_a_timeout_kills_the_grandchildren_too(bench):
    bench(["hangs_int8"], "--timeout", "2")
    rows = by_recipe(bench.table, "hangs_int8")
    assert rows["float32"]["converts"] == rows["dynamic_range"]["converts"] == "yes"
    assert rows["int8"]["failure"] == "It did not finish within 2 seconds and was stopped."
    pid = int(bench.calls.with_name("grandchild.txt").read_text())
    deadline = time.monotonic() + 5
    while not ended(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ended(pid)


def test_check_is_green_on_what_was_measured_and_writes_nothing(bench):
    bench(["a"])
    before = bench.table.read_bytes()
    edited(bench.table, p50_ms="0.001", speed_ratio="0.01", bytes="985")
    changed = bench.table.read_bytes()
    assert before != changed
    assert bench(["a"], "--check") == 0
    assert bench.table.read_bytes() == changed


@pytest.mark.parametrize(
    "before, sentence",
    [
        ("900", "a int8 had 900 bytes and has 1,000 (+11.1%)."),
        ("1030", "a int8 had 1,030 bytes and has 1,000 (-2.9%)."),
    ],
)
def test_check_tells_another_size(bench, capsys, before, sentence):
    bench(["a"], "--rows", "int8")
    edited(bench.table, bytes=before)
    assert bench(["a"], "--check", "--rows", "int8") == 1
    assert sentence in capsys.readouterr().out


def test_check_is_red_where_a_row_degrades(bench, capsys):
    bench(["refused_int8", "crashes_float32"])
    edited(bench.table, converts="yes", passes="yes", judged_by="signal_to_noise", value="20")
    assert bench(["refused_int8", "crashes_float32"], "--check", "--rows", "int8") == 1
    out = capsys.readouterr().out
    assert "refused_int8 int8 was converted and no longer is: It uses Erf, in 'head'." in out
    assert "crashes_float32 int8 was" not in out
    assert bench(["new"], "--check", "--rows", "int8") == 1
    assert "new int8 is not in the table: measure it first, without --check." in (
        capsys.readouterr().out
    )


def test_a_row_that_passed_and_no_longer_does():
    before = {"converts": "yes", "passes": "yes", "judged_by": "agreement", "value": "99.50",
              "bytes": "100"}  # fmt: skip
    now = before | {"architecture": "a", "recipe": "int8", "passes": "no", "value": "98.00",
                    "bar": "99"}  # fmt: skip
    assert matrix.compared(before, now) == [
        "a int8 passed with 99.50 % and no longer does: agreement is 98.00 %, the bar 99 %."
    ]
    # What failed before may go on failing.
    assert matrix.compared(before | {"passes": "no"}, now) == []


def test_unknown_names_are_answered_with_those_there_are(bench, capsys):
    with pytest.raises(SystemExit) as error:
        bench(["a", "b"], "--only", "a,c")
    assert error.value.code == 2
    sentence = "There is no architecture called c. Expected some of: a, b.\n"
    assert capsys.readouterr().err == sentence
    with pytest.raises(SystemExit) as error:
        bench(["a", "b"], "--rows", "int4")
    assert error.value.code == 2
    sentence = "There is no recipe called int4. Expected some of: float32, dynamic_range, int8.\n"
    assert capsys.readouterr().err == sentence
    assert bench(["a", "b"], "--list") == 0
    assert capsys.readouterr().out == "a: cnn, random\nb: cnn, random\n"


def table_row(name, recipe="int8", **cells):
    made = dict.fromkeys(matrix.COLUMNS, "") | {
        "architecture": name, "family": "cnn", "recipe": recipe, "macs": "2000000",
        "converts": "yes", "stock_interpreter": "yes", "flex_free": "yes", "passes": "yes",
        "judged_by": "signal_to_noise", "value": "20", "bar": "15", "bytes": "1", "p50_ms": "1",
        "share_of_float32": "26.0", "size_bar": "32", "speed_ratio": "0.5",
    }  # fmt: skip
    return made | cells


def test_failures_name_each_bar_that_is_missed():
    rows = [
        table_row("good"),
        table_row("noisy", value="9.1", passes="no", rounded_kernels_db="8.2"),
        table_row("large", share_of_float32="41.0", size_bar="40"),
        table_row("slow", speed_ratio="1.2", ratio_low="1.1", ratio_high="1.3"),
        table_row("slow_but_small", speed_ratio="1.2", macs="900000"),
        table_row("slow_but_text", speed_ratio="1.2", family="text"),
        table_row("slow_but_float", "dynamic_range", speed_ratio="1.2"),
        table_row("alone", share_of_float32="", size_bar="", speed_ratio=""),
        table_row("untimed", p50_ms="", failure="Latency was not measured: why."),
        table_row("away", "float32", judged_by="difference", value="2e-05", bar="1e-05",
                  passes="no", share_of_float32="", size_bar="", speed_ratio=""),
    ]  # fmt: skip
    without = "There is no float32 file to compare it with."
    assert [tuple(each.values()) for each in matrix.failures(rows)] == [
        (
            "noisy",
            "int8",
            "parity",
            "9.1 dB",
            "≥ 15 dB; the float model with 8-bit kernels: 8.2 dB",
        ),
        ("large", "int8", "size", "41.0 %", "≤ 40 %"),
        ("slow", "int8", "speed", "1.2 (1.1 to 1.3)", "< 1"),
        ("alone", "int8", "size", "not measured", without),
        ("alone", "int8", "speed", "not measured", without),
        ("untimed", "int8", "speed", "not measured", "Latency was not measured: why."),
        ("away", "float32", "parity", "2e-05 of the range", "≤ 1e-05 of the range"),
    ]


def test_the_summary_counts_by_family_and_recipe():
    rows = [
        table_row("a", varying_db="14.9"),
        table_row("b", varying_db="15.0", value="30", share_of_float32="36.0", speed_ratio="1.1"),
        table_row("c", judged_by="agreement", value="98.00", passes="no", speed_ratio="0.6"),
        table_row("d", converts="no", flex_free="no", stock_interpreter="no", passes="no"),
        table_row("e", family="text", share_of_float32="", speed_ratio=""),
    ]
    cnn, text = matrix.summary(rows)
    assert list(cnn.values()) == [
        "cnn", "int8", 4, 3, 3, 2, "1 of 2", "98.0 %; 25.0 dB", "26.0", "2 of 3",
        "2 of 3 (0.60)",
    ]  # fmt: skip
    assert list(text.values()) == [
        "text", "int8", 1, 1, 1, 1, "–", "20.0 dB", "–", "–", "–"
    ]  # fmt: skip


@pytest.fixture
def architectures(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("architectures").ARCHITECTURES


def test_the_table_hides_nothing(architectures):
    rows = rows_of(TABLE)
    assert len(architectures) >= 40
    assert {(row["architecture"], row["recipe"]) for row in rows} == {
        (name, recipe) for name in architectures for recipe in RECIPES
    }
    listed = {
        (row["architecture"], row["recipe"], row["what"])
        for row in rows_of(TABLE.with_name("export_matrix_failures.csv"))
    }
    missed = set()
    for row in rows:
        key = row["architecture"], row["recipe"]
        if row["converts"] != "yes":
            missed.add((*key, "converts"))
            assert row["failure"], f"{key} says no reason"
            continue
        if row["passes"] != "yes":
            missed.add((*key, "parity"))
        if row["recipe"] != "float32":
            if not row["share_of_float32"]:
                missed.add((*key, "size"))
            elif float(row["share_of_float32"]) > float(row["size_bar"]):
                missed.add((*key, "size"))
        fast = row["recipe"] == "int8" and row["family"] == "cnn" and float(row["macs"] or 0) > 1e6
        if not row["p50_ms"] or (fast and not float(row["speed_ratio"] or 1) < 1):
            missed.add((*key, "speed"))
    assert missed == listed


def test_the_summary_is_that_of_the_table():
    rows = [matrix.read(TABLE)[key] for key in sorted(matrix.read(TABLE))]
    wanted = [{k: str(v) for k, v in row.items()} for row in matrix.summary(rows)]
    assert rows_of(TABLE.with_name("export_matrix_summary.csv")) == wanted


@pytest.mark.slow
def test_five_small_rows(architectures, tmp_path, monkeypatch):
    monkeypatch.setenv(
        "PYTHONPATH",
        os.pathsep.join([str(BENCHMARKS.parent), *filter(None, [os.environ.get("PYTHONPATH")])]),
    )
    table = tmp_path / "table.csv"
    for names, rows in (("mlp,cnn", "float32,int8"), ("multi_output", "int8")):
        assert matrix.main(["--only", names, "--rows", rows], architectures, table) == 0
    rows = rows_of(table)
    assert len(rows) == 5 and {row["passes"] for row in rows} == {"yes"}, rows
    assert matrix.main(["--check", "--only", "cnn", "--rows", "int8"], architectures, table) == 0
