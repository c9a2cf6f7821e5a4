"""Keep what a finished `keras-distill demo --seeds 3` measured: demo.csv and demo_seeds.csv.

    python benchmarks/demo_results.py [runs/demo]

README's tables are made from these two files by readme_tables.py.
"""

import csv
import json
import pathlib
import sys

from keras_distill.robustness import Report

HERE = pathlib.Path(__file__).resolve().parent


def write(name, head, rows):
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def demo(folder):
    """One row a model, as in the table that the demo ends with."""
    head = [
        "model", "clean accuracy", "macro-F1", "corrupted accuracy", "agrees with teacher",
        "parameters", "MACs", "KiB", "KiB gzip", "zeros", "p50 ms", "training s",
    ]  # fmt: skip
    rows = []
    for row in Report.load(folder / "report" / "report.json").rows():
        seconds = row["training_seconds"]
        rows.append([
            row["model"],
            f"{row['clean_accuracy']:.2%}",
            f"{row['macro_f1']:.4f}",
            f"{row['mean_corrupted_accuracy']:.2%}",
            f"{row['agreement']:.2%}",
            f"{row['parameters']:,}",
            f"{row['macs']:,}",
            f"{row['kib']:.1f}",
            f"{row['gzip_kib']:.1f}",
            f"{row['sparsity']:.1%}",
            f"{row['latency_ms_p50']:.3f}",
            "" if seconds is None else f"{seconds:.0f}",
        ])  # fmt: skip
    write("demo.csv", head, rows)


def seeds(folder):
    """Mean ± sd of both arms over the seeds, and their paired difference."""
    found = json.loads((folder / "seeds.json").read_text(encoding="utf-8"))
    rows = []
    for kind in ("clean", "corrupted"):
        figures = found[kind]
        low, high = (100 * bound for bound in figures["ci95"])
        rows.append([
            f"{kind} test images",
            f"{found['teacher'][kind]:.2%}",
            f"{figures['control_mean']:.2%} ± {100 * figures['control_sd']:.2f}",
            f"{figures['treated_mean']:.2%} ± {100 * figures['treated_sd']:.2f}",
            f"{100 * figures['difference']:+.2f} points",
            f"{low:+.2f} to {high:+.2f}",
        ])  # fmt: skip
    head = ["images", "teacher (fixed)", "control", "distilled", "difference", "95 % interval"]
    write("demo_seeds.csv", head, rows)


if __name__ == "__main__":
    run = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "runs/demo")
    demo(run)
    seeds(run)
