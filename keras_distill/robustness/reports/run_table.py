"""A table of several runs, as Markdown or LaTeX."""

import re

_HEAD = ("model", "runs", "clean", "corrupted", "clean, against {}", "corrupted, against {}")


class RunTable:
    """What `compare_runs` found.

    Args:
        rows: One dict per model: `model`, `runs`, and for `clean` and `corrupted` the `_mean`,
            `_sd` (over runs), `_difference`, `_ci95`, `_p`, `_p_holm`; fractions; None where
            there is nothing to tell.
        against: Name of the model that differences are taken to.
        document: Document of the first report.
        runs: Number of reports.

    Attributes:
        rows: As given.

    Example:

    ```python
    data = np.random.default_rng(0).random((20, 8, 8, 3), "float32"), np.zeros(20, int)
    models = {"teacher": lambda x: x.mean(axis=(1, 2))}
    report = kd.robustness.evaluate(models, data, [], progress=False)
    table = kd.robustness.compare_runs([report])
    assert table.markdown().startswith("| model | runs | clean |")
    ```
    """

    def __init__(self, rows, against, document, runs):
        self.rows, self.against, self.document, self.runs = rows, against, document, runs

    def markdown(self):
        """The table in Markdown, with a line on how to read it."""
        head = [_piped(text.format(self.against)) for text in _HEAD]
        lines = [_line(head), _line(["---", *["---:"] * (len(head) - 1)])]
        lines += [_line([_piped(cell) for cell in self._cells(row)]) for row in self.rows]
        return "\n".join([*lines, "", self.caption()])

    def latex(self):
        """The table in LaTeX, for the package booktabs."""
        head = [_escaped(text.format(self.against)) for text in _HEAD]
        body = [" & ".join(map(_escaped, self._cells(row))) + r" \\" for row in self.rows]
        return "\n".join(
            [
                r"\begin{tabular}{lrrrrr}",
                r"\toprule",
                " & ".join(head) + r" \\",
                r"\midrule",
                *body,
                r"\bottomrule",
                r"\end{tabular}",
                "% " + self.caption(),
            ]
        )

    def caption(self):
        """How the numbers are to be read."""
        data = self.document["data"]
        text = (
            f"Accuracy in percent on {data['n']:,} examples, mean ± standard deviation over runs; "
            f"differences to {self.against} in points with 95 % intervals"
        )
        text += " over runs and examples" if self.runs > 1 else " over examples"
        return text + "; * p < 0.05 after Holm's correction."

    def _cells(self, row):
        cells = [row["model"], str(row["runs"])]
        for kind in ("clean", "corrupted"):
            mean, sd = row[f"{kind}_mean"], row[f"{kind}_sd"]
            text = "–" if mean is None else f"{100 * mean:.2f}"
            cells.append(text if sd is None else f"{text} ± {100 * sd:.2f}")
        for kind in ("clean", "corrupted"):
            value = row[f"{kind}_difference"]
            if value is None:
                cells.append("–")
                continue
            low, high = row[f"{kind}_ci95"]
            mark = "*" if row[f"{kind}_p_holm"] < 0.05 else ""
            cells.append(f"{100 * value:+.2f}{mark} ({100 * low:+.2f} to {100 * high:+.2f})")
        return cells


def _line(cells):
    return f"| {' | '.join(cells)} |"


def _piped(text):
    return text.replace("|", r"\|")


def _escaped(text):
    text = re.sub(r"([\\{}&%$#_^~])", lambda found: _LATEX[found[1]], text)
    return text.replace("±", r"$\pm$").replace("–", "--")


_LATEX = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{character: "\\" + character for character in "{}&%$#_"},
}
