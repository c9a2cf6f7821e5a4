"""Which distillation loss makes a better student? CIFAR-10, ResNet-56 to ResNet-8.

    python benchmarks/efficacy.py [--methods control soft_targets] [--final]
    python benchmarks/efficacy.py --tables

Each cell (method, seed) trains one student with the same budget and no augmentation: 10,000
images, 10 epochs, SGD with cosine decay, the last epoch; it is appended to efficacy_runs.csv
when it ends, and a run that was stopped goes on with the next cell. The teacher runs once; its
outputs and features lie in runs/efficacy/. `--final` trains both baselines and the two methods
that are best on the 2,000 choice images once more, on 20,000 images for 15 epochs. Nothing was
tuned here: loss weights are those of the papers or of their authors' code, divided so that
`student_loss_weight` of 0.5 gives their proportion of the label loss. `--tables` writes
efficacy.csv, efficacy_final.csv and efficacy.png.

The teacher's weights were trained on all 50,000 CIFAR-10 training images, the student's among
them: the column says so.
"""

import argparse
import csv
import pathlib
import time

import cifar
import keras
import numpy as np

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
RUNS = HERE / "efficacy_runs.csv"
CACHE = HERE.parent / "runs" / "efficacy"
COLUMNS = (
    "stage method seed images epochs choice_accuracy test_accuracy teacher_has_seen_these_inputs "
    "seconds right"
).split()
SEEDS = (1, 2, 3)
STAGES = {"choice": (("train_00", "train_01"), 10), "final": (
    ("train_00", "train_01", "train_02", "train_03"), 15)}  # fmt: skip
TAPS = ["stage_1", "stage_2", "stage_3", "pool"]
STUDENT = {f"stage_{i}": f"stage_{i}_block_1_relu" for i in (1, 2, 3)} | {"pool": "pool"}
L = kd.losses


def pair(name):
    return name, STUDENT[name]


# Losses, their weights, student_loss_weight.
METHODS = {
    "control": None,
    "soft_targets": lambda: ([L.SoftTargets(4.0)], [1.0], 0.1),
    "soft_targets_standardized": lambda: ([L.SoftTargets(2.0, standardize=True)], [10.0], 0.1),
    "ensemble_of_two": lambda: ([L.SoftTargets(4.0)], [1.0], 0.1),
    # A tenth, for ten classes: the limit of SoftTargets at a high temperature.
    "logit_matching": lambda: ([L.LogitMatching()], [0.1], 0.1),
    "decoupled_distillation": lambda: ([L.DecoupledDistillation(1.0, 8.0, 4.0)], [1.0], 0.5),
    "dist": lambda: ([L.DIST(2.0, 2.0, 4.0)], [1.0], 0.5),
    # The mean over its five temperatures: at their sum this learning rate does not train.
    "multi_level_logits": lambda: ([L.MultiLevelLogits()], [0.2], 0.1),
    "feature_hint": lambda: ([L.FeatureHint(*pair("stage_2"), seed=0)], [1.0], 0.5),
    "attention_transfer": lambda: (
        [L.AttentionTransfer(*pair(f"stage_{i}")) for i in (1, 2, 3)], [1.0, 4.0, 16.0], 0.5
    ),
    "similarity_preservation": lambda: (
        [L.SimilarityPreservation(*pair("stage_3"))], [3000.0], 0.5
    ),
    "relational_distillation": lambda: ([L.RelationalDistillation(*pair("pool"))], [1.0], 0.5),
    "contrastive_representation": lambda: (
        [L.ContrastiveRepresentation(*pair("pool"), examples=20_000, seed=0)], [0.8], 0.5
    ),
    "review_distillation": lambda: (
        [L.ReviewDistillation([f"stage_{i}" for i in (1, 2, 3)],
                              [STUDENT[f"stage_{i}"] for i in (1, 2, 3)], seed=0)], [1.0], 0.5
    ),
}  # fmt: skip
SEES = {
    "feature_hint": ["stage_2"],
    "attention_transfer": TAPS[:3],
    "similarity_preservation": ["stage_3"],
    "relational_distillation": ["pool"],
    "contrastive_representation": ["pool"],
    "review_distillation": TAPS[:3],
}


def rows():
    if not RUNS.exists():
        return []
    with RUNS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cached(stage, x, y, ensemble):
    """The teacher's outputs on the stage's training images, computed at the first use."""
    directory = CACHE / f"{stage}{'_ensemble' if ensemble else ''}"
    CACHE.mkdir(parents=True, exist_ok=True)
    teacher = cifar.resnet(56)
    if ensemble:
        teacher = kd.teachers.Ensemble([teacher, cifar.resnet(32)])
    features = [] if ensemble else TAPS
    if stage == "final" and not ensemble:
        features = sorted({path for m in best() for path in SEES.get(m, [])})
    kd.teachers.precompute(teacher, cifar.batches(x, y), directory, features=features)
    return directory


def train(stage, method, seed):
    shards, epochs = STAGES[stage]
    x, y = cifar.images(*shards)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    student = cifar.fused(kd.models.cifar_resnet(8))
    data = cifar.batches(x, y, shuffle_seed=seed)
    model = student
    if METHODS[method] is not None:
        directory = cached(stage, x, y, method == "ensemble_of_two")
        losses, weights, label_weight = METHODS[method]()
        data = kd.teachers.attach(data, directory, features=SEES.get(method, []))
        model = kd.Distiller(data.teacher, student, losses, weights, label_weight)
    steps = epochs * -(-len(y) // 128)
    model.compile(
        keras.optimizers.SGD(
            keras.optimizers.schedules.CosineDecay(0.1, steps), momentum=0.9, weight_decay=5e-4
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # XLA takes half as long again for these convolutions on a CPU
    )
    start = time.perf_counter()
    history = model.fit(data, epochs=epochs, shuffle=False, verbose=0).history
    seconds = time.perf_counter() - start
    if not all(np.isfinite(history["loss"])):
        raise SystemExit(f"{method} {seed}: the loss is not finite.")
    choice_x, choice_y = (each[:2000] for each in cifar.images("train_02"))
    right = cifar.accuracy(student, *cifar.images("test_00"))
    keep(
        stage=stage, method=method, seed=seed, images=len(y), epochs=epochs,
        choice_accuracy=f"{cifar.accuracy(student, choice_x, choice_y).mean():.4f}",
        test_accuracy=f"{right.mean():.4f}",
        teacher_has_seen_these_inputs="no teacher" if method == "control" else "yes",
        seconds=round(seconds), right=right,
    )  # fmt: skip


def keep(right, **row):
    # Which test images were right, as hexadecimal bits: intervals need them.
    row["right"] = np.packbits(right).tobytes().hex()
    new = not RUNS.exists()
    with RUNS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    row.pop("right")
    print(row, flush=True)


def best():
    """The two methods that are best on the choice images, the baselines aside."""
    means = {}
    for row in rows():
        if row["stage"] == "choice" and row["method"] not in ("control", "soft_targets"):
            means.setdefault(row["method"], []).append(float(row["choice_accuracy"]))
    return sorted(means, key=lambda name: -np.mean(means[name]))[:2]


def bits(row):
    packed = np.frombuffer(bytes.fromhex(row["right"]), "uint8")
    return np.unpackbits(packed)[:5000].astype(bool)


def table(stage):
    """Rows of the table of one stage, best first, and what the plot needs."""
    cells = {}
    for row in rows():
        if row["stage"] == stage:
            cells.setdefault(row["method"], {})[row["seed"]] = row
    made = []
    for method, seeds in cells.items():
        own = np.array([bits(seeds[seed]) for seed in sorted(seeds)])
        against = {}
        for baseline in ("control", "soft_targets"):
            both = sorted(set(seeds) & set(cells[baseline]))
            arms = [
                np.array([bits(cells[name][seed]) for seed in both]) for name in (baseline, method)
            ]
            if method != baseline and len(both) > 1:
                found = kd.robustness.compare_seeds(*arms)
                low, high = (100 * each for each in found["ci95"])
                against[baseline] = f"{100 * found['difference']:+.2f} ({low:+.2f} to {high:+.2f})"
        accuracy = 100 * own.mean(1)
        choice = 100 * np.mean([float(row["choice_accuracy"]) for row in seeds.values()])
        first = next(iter(seeds.values()))
        made.append({
            "method": method,
            "seeds": len(seeds),
            "test accuracy %": f"{accuracy.mean():.2f}"
            + (f" ± {accuracy.std(ddof=1):.2f}" if len(seeds) > 1 else ""),
            # The last stage trains on the choice images too.
            **({"choice images %": f"{choice:.2f}"} if stage == "choice" else {}),
            "against control, points (95 %)": against.get("control", "–"),
            "against soft_targets, points (95 %)": against.get("soft_targets", "–"),
            "teacher has seen these inputs": first["teacher_has_seen_these_inputs"],
        })  # fmt: skip
    return sorted(made, key=lambda row: -float(row["test accuracy %"].split()[0]))


def tables():
    import matplotlib.pyplot as plt

    for stage, name in (("choice", "efficacy"), ("final", "efficacy_final")):
        made = table(stage)
        if not made:
            continue
        with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, made[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(made)
    figure, axis = plt.subplots(figsize=(8, 5), layout="constrained")
    made = table("choice")[::-1]
    for place, row in enumerate(made):
        values = [float(each["test_accuracy"]) * 100 for each in rows()
                  if each["stage"] == "choice" and each["method"] == row["method"]]  # fmt: skip
        colour = {"control": "tab:gray", "soft_targets": "tab:blue"}.get(row["method"], "tab:green")
        axis.plot(values, [place] * len(values), "o", color=colour, alpha=0.6)
        axis.plot(np.mean(values), place, "|", color=colour, markersize=18)
    axis.set_yticks(range(len(made)), [row["method"] for row in made])
    axis.set_xlabel("accuracy on 5,000 CIFAR-10 test images, % (dot: seed, bar: mean)")
    axis.set_title("ResNet-56 → ResNet-8, 10,000 images, 10 epochs")
    figure.savefig(HERE / "efficacy.png", dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--methods", nargs="+", choices=list(METHODS))
    parser.add_argument("--threads", type=int, default=2, help="of TensorFlow, for one operation")
    parser.add_argument("--final", action="store_true", help="the last stage, after the others")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument(
        "--tables", action="store_true", help="write tables and plot, train nothing"
    )
    arguments = parser.parse_args()
    if not arguments.tables:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
        stage = "final" if arguments.final else "choice"
        asked = ["control", "soft_targets", *best()] if arguments.final else list(METHODS)
        methods = [name for name in asked if name in (arguments.methods or asked)]
        done = {(row["stage"], row["method"], int(row["seed"])) for row in rows()}
        for seed in arguments.seeds:
            for method in methods:
                if (stage, method, seed) not in done:
                    train(stage, method, seed)
    tables()


if __name__ == "__main__":
    main()
