"""What README says is what the repository holds."""

import importlib.util
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_tables_are_those_of_the_csv_files():
    path = ROOT / "benchmarks" / "readme_tables.py"
    spec = importlib.util.spec_from_file_location("readme_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    places = module.PLACE.findall(text)
    assert places, "README quotes no table"
    assert len(places) == text.count("<!-- table: "), "a table's mark has no <!-- end -->"
    assert module.filled(text) == text, "run python benchmarks/readme_tables.py"


def test_links_to_files_lead_somewhere():
    for page in ("README.md", "CONTRIBUTING.md", "MIGRATING.md", "export/README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\((?!http)([^)#]+)", prose):
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"
