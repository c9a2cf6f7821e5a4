"""How many labels a student needs when a teacher looks at everything. CIFAR-10.

    python benchmarks/few_labels.py [--seeds 1 2 3]
    python benchmarks/few_labels.py --tables

The teacher is trained here, with all labels, on shards 00 and 01; the student's 10,000 images
are shards 02 and 03, which the teacher has never seen. Of the student's labels 1, 5, 25 or 100 %
are kept, chosen by class and seed, the others are −1 (`ignore_class`). Arms, each for the same
number of steps, no augmentation, SGD with cosine decay, the last step:

- control: the labelled images alone, gone over as often as the steps ask;
- distilled: every image, soft targets (T = 4, label weight 0.1), labels where there are some;
- no labels: every image, soft targets alone (0 %).

Each run is appended to few_labels_runs.csv; a run that was stopped goes on with the next one.
`--tables` writes few_labels.csv and few_labels.png.
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
RUNS = HERE / "few_labels_runs.csv"
CACHE = HERE.parent / "runs" / "few_labels"
COLUMNS = "arm percent seed labels steps test_accuracy seconds right".split()
PERCENTS = (1, 5, 25, 100)
BATCH, EPOCHS = 128, 10
TEACHER_EPOCHS = 24


def compile_and_fit(model, data, steps, rate, epochs, callbacks=()):
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.9, weight_decay=5e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1),
        jit_compile=False,  # XLA's convolutions are slower on a CPU
    )
    return model.fit(
        data,
        epochs=epochs,
        steps_per_epoch=steps // epochs,
        shuffle=False,
        verbose=0,
        callbacks=list(callbacks),
    )


def teacher():
    """A residual network of 14 layers, trained once on shards 00 and 01."""
    path = CACHE / "teacher.keras"
    if not path.exists():
        x, y = cifar.images("train_00", "train_01")
        keras.utils.set_random_seed(0)
        model = kd.models.cifar_resnet(14, width=32, strides=2)
        augment = keras.Sequential(
            [
                keras.layers.RandomFlip("horizontal", seed=0),
                keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant", seed=0),
            ]
        )
        data = cifar.batches(x, y, BATCH, shuffle_seed=0).repeat()
        data = data.map(lambda a, b: (augment(a, training=True), b))
        start = time.perf_counter()
        compile_and_fit(model, data, 78 * TEACHER_EPOCHS, 0.1, TEACHER_EPOCHS)
        print(f"teacher: {time.perf_counter() - start:.0f} s", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        model.save(path)
    return keras.models.load_model(path)


def labelled(y, percent, seed):
    """Labels with all but a share of each class replaced by −1."""
    kept = np.full_like(y, -1)
    for each in range(10):
        own = np.flatnonzero(y == each)
        chosen = np.random.default_rng([seed, each]).permutation(own)
        chosen = chosen[: round(len(own) * percent / 100)]
        kept[chosen] = each
    return kept


def run(arm, percent, seed):
    x, y = cifar.images("train_02", "train_03")
    who = teacher()
    steps = EPOCHS * (len(y) // BATCH)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    student = cifar.fused(kd.models.cifar_resnet(8, width=8))
    some = labelled(y, percent, seed)
    if arm == "control":
        x, some = x[some >= 0], some[some >= 0]
        model, data = student, cifar.batches(x, some, min(BATCH, len(some)), seed).repeat()
    else:
        directory = CACHE / "outputs"
        made = kd.teachers.precompute(who, cifar.batches(x, y), directory, verbose=False)
        data = kd.teachers.attach(cifar.batches(x, some, BATCH, seed), made).repeat()
        weight = 0.1 if arm == "distilled" else 0.0
        model = kd.Distiller(made, student, kd.losses.SoftTargets(4.0), None, weight)
    start = time.perf_counter()
    compile_and_fit(model, data, steps, 0.1, EPOCHS)
    right = cifar.accuracy(student, *cifar.images("test_00"))
    keep(arm=arm, percent=percent, seed=seed, labels=int((some >= 0).sum()), steps=steps,
         test_accuracy=f"{right.mean():.4f}", seconds=round(time.perf_counter() - start),
         right=np.packbits(right).tobytes().hex())  # fmt: skip


def keep(**row):
    new = not RUNS.exists()
    with RUNS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    row.pop("right")
    print(row, flush=True)


def rows():
    if not RUNS.exists():
        return []
    with RUNS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bits(row):
    packed = np.frombuffer(bytes.fromhex(row["right"]), "uint8")
    return np.unpackbits(packed)[:5000].astype(bool)


def tables():
    import matplotlib.pyplot as plt

    arms = {}
    for row in rows():
        arms.setdefault((row["arm"], int(row["percent"])), {})[row["seed"]] = bits(row)
    whole = arms.get(("control", 100), {})
    accuracy = cifar.accuracy(teacher(), *cifar.images("test_00")).mean()
    made = [{"arm": "teacher", "labels kept %": "–", "seeds": 1,
             "test accuracy %": f"{100 * accuracy:.2f}",
             "against control with all labels, points (95 %)": "–",
             "teacher has seen these inputs": "–"}]  # fmt: skip
    figure, axis = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for (arm, percent), seeds in sorted(arms.items(), key=lambda each: (each[0][0], each[0][1])):
        values = 100 * np.array([seeds[key].mean() for key in sorted(seeds)])
        both, against = sorted(set(seeds) & set(whole)), "–"
        if len(both) > 1 and seeds is not whole:
            found = kd.robustness.compare_seeds(
                np.array([whole[key] for key in both]), np.array([seeds[key] for key in both])
            )
            low, high = (100 * each for each in found["ci95"])
            against = f"{100 * found['difference']:+.2f} ({low:+.2f} to {high:+.2f})"
        spread = f" ± {values.std(ddof=1):.2f}" if len(values) > 1 else ""
        made.append({"arm": arm, "labels kept %": percent, "seeds": len(values),
                     "test accuracy %": f"{values.mean():.2f}{spread}",
                     "against control with all labels, points (95 %)": against,
                     "teacher has seen these inputs":
                         "no" if arm != "control" else "no teacher"})  # fmt: skip
    with (HERE / "few_labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, made[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    for arm, colour in (("control", "tab:gray"), ("distilled", "tab:blue")):
        places = [percent for percent in PERCENTS if (arm, percent) in arms]
        values = [[100 * each.mean() for each in arms[arm, p].values()] for p in places]
        means = np.array([np.mean(each) for each in values])
        # 95 % of a mean over the seeds that there are, by Student's t.
        from scipy import stats

        half = [
            stats.t.ppf(0.975, len(each) - 1) * np.std(each, ddof=1) / np.sqrt(len(each))
            if len(each) > 1
            else 0.0
            for each in values
        ]
        axis.errorbar(places, means, half, color=colour, marker="o", capsize=3, label=arm)
    none = [100 * each.mean() for each in arms.get(("no labels", 0), {}).values()]
    if none:
        axis.axhline(np.mean(none), color="tab:green", linestyle="--", label="no labels at all")
    axis.axhline(100 * accuracy, color="black", linestyle=":", label="teacher")
    axis.set_xscale("log")
    axis.set_xticks(PERCENTS, [f"{each} %" for each in PERCENTS])
    axis.set_xlabel("share of 10,000 images that keep their label")
    axis.set_ylabel("accuracy on 5,000 test images, %")
    axis.legend()
    figure.savefig(HERE / "few_labels.png", dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=2, help="of TensorFlow, for one operation")
    parser.add_argument("--tables", action="store_true", help="table and plot, train nothing")
    arguments = parser.parse_args()
    if not arguments.tables:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
        done = {(row["arm"], int(row["percent"]), int(row["seed"])) for row in rows()}
        cells = [(arm, percent) for percent in PERCENTS for arm in ("control", "distilled")]
        for seed in arguments.seeds:
            for arm, percent in [("no labels", 0), *cells]:
                if (arm, percent, seed) not in done:
                    run(arm, percent, seed)
    tables()


if __name__ == "__main__":
    main()
