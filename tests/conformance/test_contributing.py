"""CONTRIBUTING lists the slow tests that there are, and lines to break that stand in the code."""

import ast
import importlib.util
import pathlib

TESTS = pathlib.Path(__file__).resolve().parents[1]


def slow_tests():
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            marks = [ast.unparse(d) for d in getattr(node, "decorator_list", [])]
            if any("mark.slow" in mark for mark in marks):
                yield node.name


def test_every_slow_test_is_listed():
    text = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in slow_tests() if f"`{name}`" not in text] == []


def test_every_line_to_break_stands_where_it_is_said():
    spec = importlib.util.spec_from_file_location("mutate", TESTS / "mutate.py")
    mutate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutate)
    rows = mutate.places()
    assert len(rows) >= 50
    for row in rows:
        text = (TESTS.parent / row["file"]).read_text(encoding="utf-8")
        lines = [line.strip() for line in text.split("\n")]
        assert lines.count(row["line"].strip()) == 1, row
        assert (TESTS.parent / row["test"].split("::")[0]).exists(), row
