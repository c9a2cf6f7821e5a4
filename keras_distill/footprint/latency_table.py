"""A comparison of .tflite files as a table for the terminal."""

import io
import textwrap

CAPTION = (
    "Time of one inference (`invoke` alone) in LiteRT, {runs} of each, in {rounds} rounds of "
    "turns. ratio: time over that of '{first}' in the same round, median and 95 % interval. load, "
    "first inference and peak memory: in fresh processes; peak memory is what the process grew "
    "by, with some 10 MiB of LiteRT's own code in it."
)


def latency_table(report, width=160):
    """Text of a `LatencyReport`: the table, how to read it, its sentences."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    rows = [_cells(row) for row in report.rows]
    shown = [title for title in rows[0] if any(row[title] for row in rows)]
    table = Table(box=box.SIMPLE_HEAD)
    for title in shown:
        table.add_column(title, justify="left" if title == "file" else "right", no_wrap=True)
    for row in rows:
        # A line between one number of threads and the next.
        ends = row is not rows[-1] and rows[rows.index(row) + 1]["threads"] != row["threads"]
        table.add_row(*[row[title] or "–" for title in shown], end_section=ends)
    text = io.StringIO()
    Console(file=text, width=width, highlight=False, markup=False).print(table)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    caption = CAPTION.format(
        runs=report.runs, rounds=len(report.rows[0].rounds), first=report.rows[0].name
    )
    machine = report.machine
    where = (
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"LiteRT {machine['ai_edge_litert']}"
    )
    for paragraph in (caption, where, *report.sentences()):
        lines += textwrap.wrap(paragraph, 100)
    return "\n".join(lines)


def _cells(row):
    return {
        "file": row.name,
        "threads": str(row.threads),
        "p50\nms": _milliseconds(row.latency.p50),
        "p90\nms": _milliseconds(row.latency.p90),
        "p99\nms": _milliseconds(row.latency.p99),
        "calls\n/ s": f"{row.calls_per_second:,.0f}",
        "ratio": "" if row.ratio is None else str(row.ratio),
        "load\nms": _milliseconds(row.load_ms),
        "first\nms": _milliseconds(row.first_call_ms),
        "peak\nMiB": "" if row.peak_memory is None else f"{row.peak_memory / 2**20:.1f}",
        "KiB": f"{row.bytes / 1024:,.1f}",
        "KiB\ngzip": f"{row.gzip_bytes / 1024:,.1f}",
        "zeros": f"{row.kernels.sparsity:.1%}",
    }


def _milliseconds(value):
    if value is None:
        return ""
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"
