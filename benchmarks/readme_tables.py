"""Write the README's tables from the CSV files beside this script.

Between `<!-- table: NAME -->` and `<!-- end -->` stands what benchmarks/NAME.csv
holds, so that no figure is typed by hand. `--check` only compares.
"""

import csv
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parent / "README.md"
PLACE = re.compile(r"(<!-- table: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def markdown(path):
    """The rows of a CSV file as a Markdown table."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def filled(text):
    """`text` with each marked table replaced by its CSV file's."""
    return PLACE.sub(
        lambda place: place[1] + markdown(HERE / f"{place['name']}.csv") + place[3], text
    )


def main(check):
    text = README.read_text(encoding="utf-8")
    if check:
        return 0 if filled(text) == text else 1
    README.write_text(filled(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
