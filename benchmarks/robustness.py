"""What distillation does for robustness, and what it does not. CIFAR-10, ResNet-56 to ResNet-8.

    python benchmarks/robustness_students.py
    python benchmarks/robustness.py [--suite imagenet_c] [--test-images 2000]
    python benchmarks/robustness.py --tables

The first trains the students and says how. This file shows the test images, clean and corrupted,
to the teacher and to every student of every seed, the same bytes to all, so that all differences
are paired. Which model is right on which image is kept in runs/robustness/; `--tables` makes of
it

- robustness.csv: each arm's accuracies, mean ± sd over its seeds, with intervals;
- robustness_differences.csv: paired differences, over seeds and images;
- robustness_by_corruption.csv: the same differences for each corruption;
- robustness_runs.csv: accuracy of each arm, seed, corruption and severity;
- robustness.png.

"lost" is clean minus corrupted accuracy: it tells a student that is robust from one that is
merely better. The teacher has seen all 50,000 training images, the student's among them.
"""

import argparse
import csv
import pathlib

import cifar
import numpy as np
from robustness_students import DERIVED, SEEDS, TRAINED, path

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
MEASURED = HERE.parent / "runs" / "robustness"
ARMS = (*TRAINED, *DERIVED)
# Treated, control: what is added to one arm to make the other.
DIFFERENCES = (
    ("distilled", "control"),
    ("distilled_augmented", "control_augmented"),
    ("control_augmented", "control"),
    ("distilled_augmented", "distilled"),
    ("longer", "distilled_augmented"),
    ("pruned_90", "distilled_augmented"),
    ("pruned_90", "longer"),
    ("int8", "distilled_augmented"),
    ("int8", "longer"),
)
# Okabe and Ito's colours; augmented arms are filled.
COLOURS = {
    "control": "#E69F00", "control_augmented": "#E69F00",
    "distilled": "#0072B2", "distilled_augmented": "#0072B2", "longer": "#56B4E9",
    "pruned_90": "#D55E00", "int8": "#009E73",
}  # fmt: skip
MARKS = {"longer": "^", "pruned_90": "s", "int8": "D"}


def measure(suite, number, seeds):
    """Evaluates every model that was not yet, and keeps what it is right on, a file a model.

    Corrupted bytes depend on the seed and the image alone, so models that are measured at
    different times see the same ones: their hash is kept and compared.
    """
    x, y = (each[:number] for each in cifar.images("test_00"))
    models = {f"{arm} {seed}": path(arm, seed) for seed in seeds for arm in ARMS}
    models["teacher"] = None
    for name, file in models.items():
        kept = right_of(suite, number, name)
        if kept.exists() or (file is not None and not file.exists()):
            print(
                f"{name}: {'measured before' if kept.exists() else 'not trained yet'}", flush=True
            )
            continue
        model = cifar.resnet(56) if file is None else file
        report = kd.robustness.evaluate({name: model}, (x, y), suite, seed=0)
        hashes = report.document["suite"]["bytes_sha256"]
        np.savez_compressed(
            kept,
            cells=np.array([f"{c.corruption} {c.severity}" for c in report.cells]),
            hashes=np.array(list(hashes.values())),
            right=report.correct[name],
        )
        print(report.summary(), flush=True)


def right_of(suite, number, name):
    """The file that keeps which images a model is right on."""
    return MEASURED / f"right_{suite}_{number}_{name.replace(' ', '_')}.npz"


class Measured:
    """Which model is right on which image of which cell."""

    def __init__(self, suite, number):
        right, seen = {}, set()
        names = ["teacher", *(f"{arm} {seed}" for arm in ARMS for seed in SEEDS)]
        for name in names:
            with np.load(right_of(suite, number, name), allow_pickle=False) as file:
                cells = [cell.split() for cell in file["cells"].tolist()]
                seen.add((tuple(map(tuple, cells)), tuple(file["hashes"].tolist())))
                right[name] = file["right"]
        if len(seen) > 1:
            raise SystemExit("Not all models saw the same bytes: measure them again.")
        self.cells = [(name, int(severity)) for name, severity in cells]
        self.corruptions = list(dict.fromkeys(name for name, severity in self.cells if severity))
        self.arms = {}
        for name, each in right.items():
            arm, _, seed = name.partition(" ")
            self.arms.setdefault(arm, {})[seed or "–"] = each

    def scores(self, arm, what):
        """`(seeds, images)`: right on the clean image; share of a corruption's cells, or of all
        corrupted cells, that are right; "lost" is the first minus the last."""
        if what == "lost":
            return self.scores(arm, "clean") - self.scores(arm, "corrupted")
        chosen = [
            name == what or (what == "corrupted" and severity > 0) for name, severity in self.cells
        ]
        return np.stack([right[chosen].mean(axis=0) for right in self.arms[arm].values()])

    def errors(self, arm):
        """`{corruption: [error at each severity]}`, the mean over the seeds."""
        mean = 1 - np.mean([right.mean(axis=1) for right in self.arms[arm].values()], axis=0)
        return {
            name: [e for (n, _), e in zip(self.cells, mean, strict=True) if n == name]
            for name in self.corruptions
        }

    def interval(self, arm, what):
        """Mean of an arm and its 95 % interval over seeds and images, in percent."""
        own = self.scores(arm, what)
        # One model twice has no spread over seeds: the interval is that of the images.
        own = np.repeat(own, 2, axis=0) if len(own) == 1 else own
        found = kd.robustness.compare_seeds(np.zeros_like(own), own)
        return 100 * found["difference"], *(100 * each for each in found["ci95"])

    def difference(self, treated, control, what):
        """Points between two arms, paired by seed and image, with both intervals."""
        found = kd.robustness.compare_seeds(self.scores(control, what), self.scores(treated, what))
        return [100 * each for each in (found["difference"], *found["ci95"], *found["t_ci95"])]


def spread(values):
    values = 100 * values.mean(axis=1)
    return f"{values.mean():.2f}" + (
        f" ± {values.std(ddof=1):.2f}" if len(values) > 1 else ""
    )  # fmt: skip


def points(mean, low, high):
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"


def arms_table(measured):
    made = []
    for arm, runs in measured.arms.items():
        _, low, high = measured.interval(arm, "corrupted")
        mce = kd.robustness.mean_corruption_error(measured.errors(arm), measured.errors("teacher"))
        made.append({
            "arm": arm,
            "seeds": len(runs),
            "clean %": spread(measured.scores(arm, "clean")),
            "corrupted %": spread(measured.scores(arm, "corrupted")),
            "95 %": f"{low:.2f} to {high:.2f}",
            "lost, points": spread(measured.scores(arm, "lost")),
            "mCE (teacher = 100)": f"{mce:.1f}",
        })  # fmt: skip
    return made


def differences_table(measured):
    made = []
    for treated, control in DIFFERENCES:
        row = {"difference": f"{treated} − {control}"}
        for what in ("clean", "corrupted", "lost"):
            mean, low, high, *over_seeds = measured.difference(treated, control, what)
            row[f"{what}, points (95 %)"] = points(mean, low, high)
            if what == "corrupted":
                row["corrupted, by the seeds alone"] = "{:+.2f} to {:+.2f}".format(*over_seeds)
        made.append(row)
    # How much of the teacher's gain is left where both arms are augmented.
    row = {"difference": "distilled − control: augmented − not"}
    for what in ("clean", "corrupted", "lost"):
        gains = [
            measured.scores(f"distilled{end}", what) - measured.scores(f"control{end}", what)
            for end in ("", "_augmented")
        ]
        found = kd.robustness.compare_seeds(*gains)
        values = [100 * each for each in (found["difference"], *found["ci95"], *found["t_ci95"])]
        row[f"{what}, points (95 %)"] = points(*values[:3])
        if what == "corrupted":
            row["corrupted, by the seeds alone"] = "{:+.2f} to {:+.2f}".format(*values[3:])
    return [*made, row]


def by_corruption(measured):
    return [
        {"corruption": name}
        | {
            f"{treated} − {control}": points(*measured.difference(treated, control, name)[:3])
            for treated, control in DIFFERENCES
        }
        for name in measured.corruptions
    ]


def runs_table(measured):
    return [
        {"seed": seed, "arm": arm, "corruption": name, "severity": severity,
         "accuracy": f"{accuracy:.4f}"}
        for arm, runs in measured.arms.items()
        for seed, right in runs.items()
        for (name, severity), accuracy in zip(measured.cells, right.mean(axis=1), strict=True)
    ]  # fmt: skip


def plot(measured, suite):
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(
        1, 2, figsize=(11, 4.6), layout="constrained", width_ratios=(1, 1.15)
    )
    for arm in ARMS:
        (x, *across), (y, *up) = (measured.interval(arm, what) for what in ("clean", "corrupted"))
        filled = arm not in ("control", "distilled")
        left.errorbar(
            x, y, xerr=[[x - across[0]], [across[1] - x]], yerr=[[y - up[0]], [up[1] - y]],
            fmt=MARKS.get(arm, "o"), color=COLOURS[arm], markersize=6,
            markerfacecolor=COLOURS[arm] if filled else "white", elinewidth=1, label=arm,
        )  # fmt: skip
    left.set_xlabel("clean accuracy, %")
    left.set_ylabel("mean corrupted accuracy, %")
    # Inside the axes it would press the students together.
    teacher = [100 * measured.scores("teacher", what).mean() for what in ("clean", "corrupted")]
    left.set_title(
        f"{suite}, 95 % intervals; the teacher is at {teacher[0]:.1f} / {teacher[1]:.1f}",
        loc="left",
        fontsize=10,
    )
    left.legend(fontsize=8, loc="lower right")
    left.grid(alpha=0.25)
    for place, (treated, control) in enumerate(reversed(DIFFERENCES)):
        for what, shift, colour, mark in (
            ("clean", 0.13, "#999999", "o"), ("corrupted", -0.13, "#D55E00", "s")
        ):  # fmt: skip
            mean, low, high, *_ = measured.difference(treated, control, what)
            right.errorbar(
                mean, place + shift, xerr=[[mean - low], [high - mean]], fmt=mark, markersize=5,
                color=colour, elinewidth=1.5, label=None if place else what,
            )  # fmt: skip
    right.axvline(0, color="black", linewidth=0.8)
    right.set_yticks(
        range(len(DIFFERENCES)), [f"{t} − {c}" for t, c in reversed(DIFFERENCES)], fontsize=8
    )
    right.set_xlabel("difference in accuracy, points")
    right.set_title("paired over seeds and images", loc="left", fontsize=10)
    right.legend(fontsize=8, ncols=2, loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
    right.grid(alpha=0.25, axis="x")
    figure.savefig(HERE / "robustness.png", dpi=120)
    plt.close(figure)


def tables(suite, number):
    measured = Measured(suite, number)
    for name, rows in (
        ("robustness", arms_table(measured)),
        ("robustness_differences", differences_table(measured)),
        ("robustness_by_corruption", by_corruption(measured)),
        ("robustness_runs", runs_table(measured)),
    ):
        with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    plot(measured, suite)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", default="imagenet_c", help="of corruptions")
    parser.add_argument("--test-images", type=int, default=2000, help="at most 5000")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument("--tables", action="store_true", help="write tables and plot only")
    arguments = parser.parse_args()
    if not arguments.tables:
        measure(arguments.suite, arguments.test_images, arguments.seeds)
    tables(arguments.suite, arguments.test_images)


if __name__ == "__main__":
    main()
