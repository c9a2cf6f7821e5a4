"""CONTRIBUTING lists the slow tests that there are."""

import ast
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
