"""The places that `make mutate` breaks still stand where CONTRIBUTING says."""

import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_listed_line_stands_exactly_once():
    spec = importlib.util.spec_from_file_location("mutate", ROOT / "tests" / "mutate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = module.places()
    assert len(rows) >= 20
    for row in rows:
        lines = (ROOT / row["file"]).read_text(encoding="utf-8").split("\n")
        stands = sum(line.strip() == row["line"].strip() for line in lines)
        assert stands == 1, f"{row['file']}: {row['line']!r} stands there {stands} times"
        assert (ROOT / row["test"]).exists(), row["test"]
