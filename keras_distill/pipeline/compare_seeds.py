"""`demo --seeds N`: control against distilled student, over seeds, under one fixed teacher."""

import csv
import json
import pathlib

import numpy as np

from keras_distill.files.atomic_path import atomic_path
from keras_distill.pipeline.configuration import Teacher
from keras_distill.pipeline.journey import Journey

ARMS = ("control", "distilled")


def compare_seeds(configuration, seeds, console=None):
    """Trains both arms once per seed and compares them, clean and corrupted, pair by pair.

    The teacher is the one of the finished run and stays fixed; initial weights of the student
    and the order of the data are drawn anew for each seed, alike for both arms. Every seed lies
    in a run folder of its own, so finished ones are not repeated.

    Args:
        configuration: A `Configuration` whose run is finished.
        seeds: How many, counted from the configuration's own.
        console: A `rich.console.Console` for progress, or `None`.

    Returns:
        The comparison as text; `seeds.json` and `seeds.csv` in the run's folder hold it.
    """
    from keras_distill.robustness.statistics.seed_comparison import compare_seeds as compared

    base = Journey(configuration, console=console).run(until="distillation")
    teacher = base.model("teacher")
    numbers = [configuration.seed + i for i in range(seeds)]
    models = {"teacher": teacher}
    for number in numbers:
        journey = base if number == configuration.seed else _arms(base, number, teacher)
        models.update({(arm, number): journey.model(arm) for arm in ARMS})
    right = _correctness(models, base)
    found = {"teacher_fixed": True, "seeds": numbers, "teacher": {}}
    for kind in ("clean", "corrupted"):
        arms = [np.stack([right[kind][arm, number] for number in numbers]) for arm in ARMS]
        found[kind] = compared(*arms, seed=configuration.seed)
        found["teacher"][kind] = float(right[kind]["teacher"].mean())
    with atomic_path(base.folder / "seeds.json") as temporary:
        temporary.write_text(json.dumps(found, indent=1), encoding="utf-8")
    with atomic_path(base.folder / "seeds.csv") as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["arm", "seed", "clean_accuracy", "mean_corrupted_accuracy"])
            for arm, number in ((arm, number) for arm in ARMS for number in numbers):
                kinds = (right[kind][arm, number].mean() for kind in ("clean", "corrupted"))
                writer.writerow([arm, number, *(f"{value:.6f}" for value in kinds)])
    return described(found)


def described(found):
    """The comparison as lines for a terminal."""
    lines = [f"Seeds {', '.join(map(str, found['seeds']))}, one fixed teacher:"]
    for kind in ("clean", "corrupted"):
        figures = found[kind]
        low, high = figures["ci95"]
        lines.append(
            f"  {kind:<10} teacher {found['teacher'][kind]:.2%}   "
            f"control {figures['control_mean']:.2%} ± {figures['control_sd']:.2%}   "
            f"distilled {figures['treated_mean']:.2%} ± {figures['treated_sd']:.2%}   "
            f"difference {100 * figures['difference']:+.2f} points, "
            f"95 % interval {100 * low:+.2f} to {100 * high:+.2f}"
        )
    return "\n".join(lines)


def _arms(base, seed, teacher):
    folder = pathlib.Path(base.folder) / "seeds" / f"seed_{seed}"
    folder.parent.mkdir(exist_ok=True)
    configuration = base.configuration.model_copy(
        update={"seed": seed, "output": str(folder), "teacher": Teacher()}
    )
    journey = Journey(configuration, teacher=teacher, console=base.console)
    return journey.run(until="distillation")


def _correctness(models, base):
    """{"clean" | "corrupted": {model: share of its cells right on, per test image}}."""
    from keras_distill import robustness

    settings = base.configuration.robustness
    _, _, test = base.splits
    report = robustness.evaluate(
        {str(key): model for key, model in models.items()},
        test,
        corruptions=[] if settings is None else settings.corruptions,
        severities=(1,) if settings is None else tuple(settings.severities),
        seed=base.configuration.seed,
        # Not of interest here, and timing takes time.
        facts={str(key): {"latency_ms_p50": None, "macs": None} for key in models},
        progress=base.console is not None,
    )
    right = {key: report.correct[str(key)] for key in models}
    return {
        "clean": {key: found[0].astype("float64") for key, found in right.items()},
        # Without corruptions the mean of no cells is 0, as it always was.
        "corrupted": {
            key: found[1:].sum(0) / max(len(found) - 1, 1) for key, found in right.items()
        },
    }
