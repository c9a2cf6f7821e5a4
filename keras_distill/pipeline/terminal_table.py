"""The table that a run ends with."""

import io
import textwrap

COLUMNS = {
    "model": ("model", "{}"),
    "clean_accuracy": ("clean\naccuracy", "{:.2%}"),
    "macro_f1": ("macro-F1", "{:.4f}"),
    "mean_corrupted_accuracy": ("corrupted\naccuracy", "{:.2%}"),
    "agreement": ("agrees with\nteacher", "{:.2%}"),
    "parameters": ("parameters", "{:,}"),
    "macs": ("MACs", "{:,}"),
    "kib": ("KiB", "{:.1f}"),
    "gzip_kib": ("KiB\ngzip", "{:.1f}"),
    "sparsity": ("zeros", "{:.1%}"),
    "latency_ms_p50": ("p50 ms", "{:.3f}"),
    "training_seconds": ("training\ns", "{:.0f}"),
}
CAPTION = (
    "corrupted accuracy: mean over corruptions and severities. KiB and p50 (one example, one "
    "thread, LiteRT) are those of each model's .tflite file: float32 ones of the float models. "
    "training s: a student's include the stages before it."
)


def terminal_table(rows, width=160):
    """Rows of `Report.rows()` as text; every number is the report's, rounded for reading."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = [key for key in COLUMNS if any(row.get(key) is not None for row in rows)]
    table = Table(box=box.SIMPLE_HEAD)
    for key in shown:
        table.add_column(COLUMNS[key][0], justify="left" if key == "model" else "right")
    for row in rows:
        table.add_row(*[_cell(row.get(key), COLUMNS[key][1]) for key in shown])
    text = io.StringIO()
    Console(file=text, width=width, highlight=False).print(table)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    return "\n".join([*lines, *textwrap.wrap(CAPTION, 100)])


def print_table(report):
    """Prints the rows of a report."""
    print(terminal_table(report.rows()))


def _cell(value, form):
    return "–" if value is None else form.format(value)
