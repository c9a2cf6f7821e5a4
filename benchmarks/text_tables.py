"""Tables and plot of benchmarks/text.py, from its runs."""

import csv
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
COMPARED = ("control", "distilled", "phrases")


def write(name, made):
    """A table as benchmarks/NAME.csv."""
    with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, made[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)


def tables(rows):
    """text_sst2.csv, text_imdb.csv, text_ensemble.csv, text_searched.csv and text.png."""
    runs = {}
    for row in rows:
        runs.setdefault((row["data"], row["student"], row["arm"]), {})[int(row["seed"])] = row
    for data in ("sst2", "imdb"):
        found = {key[1:]: seeds for key, seeds in runs.items() if key[0] == data}
        made = [_line(data, found, *key) for key in found if key[1] in ("teacher", *COMPARED)]
        if made:
            write(f"text_{data}", made)
    sst2 = {key[1:]: seeds for key, seeds in runs.items() if key[0] == "sst2"}
    _write("text_ensemble", sst2, "bag of an ensemble", "MiniLM-L6", "taught by", "mixture")
    # GLUE's validation set judged the search: its gain is measured on the other sentences.
    _write("text_searched", sst2, "bag searched", "default", "values", first=872)
    plot(runs)


def _line(data, found, student, arm):
    seeds = found[student, arm]
    first = next(iter(seeds.values()))
    against = "–"
    if arm in COMPARED[1:] and (student, "control") in found:
        against = difference(found[student, "control"], seeds)
    line = {
        "student": student,
        "arm": arm,
        "seeds": len(seeds),
        "parameters": f"{int(first['parameters']):,}",
        "texts with labels": f"{int(first['examples']):,}",
        "without": f"{int(first['unlabelled']):,}",
        "steps": first["steps"],
    }
    if data == "sst2":
        line["GLUE validation %"] = spread(seeds, "accuracy")
        line["treebank test %"] = spread(seeds, "test_accuracy")
    else:
        line["test %"] = spread(seeds, "accuracy")
    line["against control, points (95 %)"] = against
    line["training s"] = spread(seeds, "seconds", 0)
    return line


def _write(name, found, student, base, column, also=None, first=0):
    made = []
    for (who, arm), seeds in found.items():
        if who != student:
            continue
        line = {column: arm}
        if also is not None:
            line["the teacher itself, GLUE validation %"] = found[also, arm][1]["accuracy"]
        line |= {
            "seeds": len(seeds),
            "GLUE validation %": spread(seeds, "accuracy"),
            "treebank test %": spread(seeds, "test_accuracy"),
            f"against {base}, points (95 %)": "–"
            if arm == base
            else difference(found[student, base], seeds, first),
        }
        made.append(line)
    if made:
        write(name, made)


def spread(seeds, column, digits=2):
    """Mean ± standard deviation over the seeds."""
    values = np.array([float(row[column]) for row in seeds.values()])
    more = f" ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{more}"


def difference(control, treated, first=0):
    """Points between two arms on the measured texts from `first` on, paired, with 95 %."""
    import keras_distill as kd

    both = sorted(set(control) & set(treated))
    if len(both) < 2:
        return "–"
    found = kd.robustness.compare_seeds(
        *(np.array([bits(arm[s])[first:] for s in both]) for arm in (control, treated))
    )
    low, high = (100 * each for each in found["ci95"])
    return f"{100 * found['difference']:+.2f} ({low:+.2f} to {high:+.2f})"


def bits(row):
    """Whether the student was right, text by text."""
    packed = np.frombuffer(bytes.fromhex(row["right"]), "uint8")
    number = 872 + 1821 if row["data"] == "sst2" else 25_000
    return np.unpackbits(packed)[:number].astype(bool)


def plot(runs):
    """text.png: every seed of every arm beside its teacher."""
    import matplotlib.pyplot as plt

    shown = {"sst2": "SST-2, GLUE validation", "imdb": "IMDB, test"}
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained", width_ratios=(3, 1))
    colours = {"control": "tab:gray", "distilled": "tab:blue", "phrases": "tab:green"}
    for axis, (data, title) in zip(axes, shown.items(), strict=True):
        students = list(
            dict.fromkeys(key[1] for key in runs if key[0] == data and key[2] == "control")
        )
        for place, student in enumerate(students):
            for shift, (arm, colour) in enumerate(colours.items()):
                rows = runs.get((data, student, arm), {}).values()
                values = [float(row["accuracy"]) for row in rows]
                x = [place + 0.2 * (shift - 1)] * len(values)
                axis.plot(x, values, "o", color=colour, label=arm if place == 0 else None)
                if values:
                    axis.hlines(np.mean(values), x[0] - 0.08, x[0] + 0.08, color=colour)
        teacher = runs.get((data, "MiniLM-L6", "teacher"), {}).get(1)
        if teacher is not None:
            axis.axhline(float(teacher["accuracy"]), color="black", linestyle=":", label="teacher")
        axis.set_xticks(range(len(students)), [s.replace("_", " ") for s in students])
        axis.set_xlim(-0.5, max(len(students), 1) - 0.5)
        axis.set_title(title)
        axis.set_ylabel("accuracy, %")
    axes[0].legend()
    figure.savefig(HERE / "text.png", dpi=120)
    plt.close(figure)
