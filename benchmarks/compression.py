"""Does a teacher help while a student is compressed? CIFAR-10 and Fashion-MNIST.

    python benchmarks/compression.py [--fashion-mnist FOLDER] [--data cifar10] [--seeds 1 2 3]
    python benchmarks/compression.py --tables

For each data set and seed one student is trained with labels alone, 10,000 images, 10 epochs.
From those same weights it is then trained on for 5 epochs: as it is (`float`), while 90 % of its
weights are pruned (`sparsity_90`), and quantization-aware (`int8`, its ranges calibrated first);
each with labels alone and under the teacher (soft targets, T = 4, label weight 0.1). Same images,
batches, optimizer and decay for all; the last epoch. int8 models are exported, and the `.tflite`
file is what is judged.

Each cell is appended to compression_runs.csv when it ends; a run that was stopped goes on with
the next one. `--tables` writes compression.csv and compression.png.

Fashion-MNIST comes from a folder of its four IDX files (10,000 of its training images, all 10,000
test images), or is the part inside the package (2,000 test images) where no folder is given. The
teacher of CIFAR-10 (ResNet-56) was trained on all 50,000 training images, the student's
among them. The one of Fashion-MNIST is trained here, on the student's 10,000 images.
"""

import argparse
import csv
import pathlib
import tempfile
import time

import cifar
import keras
import numpy as np

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
RUNS = HERE / "compression_runs.csv"
CACHE = HERE.parent / "runs" / "compression"
COLUMNS = (
    "data technique arm seed test_images keras_accuracy file_accuracy agreement zeros bytes "
    "gzip_bytes seconds right"
).split()
TECHNIQUES = ("float", "sparsity_90", "int8")
ARMS = ("labels", "distilled")
BASE_EPOCHS, EPOCHS, BATCH, IMAGES = 10, 5, 128, 10_000


def images(name, folder):
    """uint8 training images and labels, then the test's."""
    if name == "cifar10":
        return *cifar.images("train_00", "train_01"), *cifar.images("test_00")
    train, _, test = kd.datasets.load(folder or "fashion_mnist", batch_size=500)
    made = []
    for split in (train, test):
        pairs = sorted_pairs(split)
        made += [np.round(pairs[0] * 255).astype("uint8"), pairs[1]]
    x, y, *test = made
    if len(x) > IMAGES:
        chosen = np.sort(np.random.default_rng(0).permutation(len(x))[:IMAGES])
        x, y = x[chosen], y[chosen]
    return x, y, *test


def sorted_pairs(split):
    """All of a split in an order that does not depend on the epoch's."""
    x, y = (np.concatenate([np.asarray(each) for each in part])
            for part in zip(*split, strict=True))  # fmt: skip
    order = np.lexsort(x.reshape(len(x), -1)[:, 200:240].T)
    return x[order], y[order]


def student_of(name):
    if name == "cifar10":
        return kd.models.cifar_resnet(8)
    return kd.models.cifar_resnet(8, input_shape=(28, 28, 1), width=8)


def teacher_of(name, x, y):
    if name == "cifar10":
        return cifar.resnet(56)
    path = CACHE / "fashion_mnist_teacher.keras"
    if not path.exists():
        keras.utils.set_random_seed(0)
        plain = kd.models.cifar_resnet(14, input_shape=(28, 28, 1), width=32, strides=2)
        model = cifar.fused(plain)
        augment = keras.Sequential([
            keras.layers.RandomFlip("horizontal", seed=0),
            keras.layers.RandomTranslation(0.07, 0.07, fill_mode="constant", seed=0),
        ])  # fmt: skip
        data = cifar.batches(x, y, BATCH, shuffle_seed=0)
        fit(model, data.map(lambda a, b: (augment(a, training=True), b)), 20, 0.1, len(x))
        plain.set_weights(model.get_weights())
        plain.save(path)
    return keras.models.load_model(path)


def fit(model, data, epochs, rate, examples):
    steps = epochs * -(-examples // BATCH)
    model.compile(
        keras.optimizers.SGD(
            keras.optimizers.schedules.CosineDecay(rate, steps), momentum=0.9, weight_decay=5e-4
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(data, epochs=epochs, shuffle=False, verbose=0)


def base(name, seed, x, y):
    """The student that all cells of a seed start from."""
    path = CACHE / f"{name}_{seed}.keras"
    student = student_of(name)
    if not path.exists():
        keras.utils.set_random_seed(seed)
        model = cifar.fused(student_of(name))
        fit(model, cifar.batches(x, y, BATCH, seed), BASE_EPOCHS, 0.1, len(x))
        student.set_weights(model.get_weights())
        student.save(path)
    return keras.models.load_model(path)


def prepared(student, technique, steps, images):
    if technique == "sparsity_90":
        end = steps * 3 // 5 // 10 * 10
        schedule = kd.compression.PolynomialDecay(0.0, 0.9, 0, end, frequency=10)
        return kd.compression.prune_low_magnitude(student, schedule)
    if technique == "int8":
        student = kd.compression.quantize_model(student)
        kd.compression.calibrate(student, images, verbose=False)
    return student


def run(name, technique, arm, seed, folder):
    x, y, test_x, test_y = images(name, folder)
    keras.backend.clear_session()
    CACHE.mkdir(parents=True, exist_ok=True)
    start = base(name, seed, x, y)
    keras.utils.set_random_seed(seed)
    shown = x[:3200].astype("float32") / 255.0
    model = prepared(start, technique, EPOCHS * -(-len(x) // BATCH), shown)
    data, trained = cifar.batches(x, y, BATCH, seed + 100), model
    if arm == "distilled":
        made = kd.teachers.precompute(
            teacher_of(name, x, y), cifar.batches(x, y), CACHE / f"{name}_outputs", verbose=False
        )
        data = kd.teachers.attach(data, made)
        trained = kd.Distiller(made, model, kd.losses.SoftTargets(4.0), None, 0.1)
    begun = time.perf_counter()
    fit(trained, data, EPOCHS, 0.01, len(x))
    seconds = time.perf_counter() - begun
    if technique == "sparsity_90":
        model = kd.compression.strip_pruning(model)
    outputs = model.predict(test_x.astype("float32") / 255.0, batch_size=500, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        recipe = "int8" if technique == "int8" else "float32"
        artefact = kd.export.to_tflite(model, pathlib.Path(folder) / "student.tflite", recipe)
        file = pathlib.Path(artefact)
        found = kd.predictors.load(file).predict(test_x.astype("float32") / 255.0)
        raw, packed = kd.footprint.file_bytes(file)
    right = found.argmax(-1) == test_y
    summary = kd.compression.summary(model)
    counted = [each for each in summary.values() if each["sparsity"] is not None]
    keep(
        data=name, technique=technique, arm=arm, seed=seed, test_images=len(test_y),
        keras_accuracy=f"{(outputs.argmax(-1) == test_y).mean():.4f}",
        file_accuracy=f"{right.mean():.4f}",
        agreement=f"{(outputs.argmax(-1) == found.argmax(-1)).mean():.4f}",
        zeros=f"{np.mean([each['sparsity'] for each in counted]):.4f}",
        bytes=raw, gzip_bytes=packed,
        seconds=round(seconds), right=np.packbits(right).tobytes().hex(),
    )  # fmt: skip


def rows():
    if not RUNS.exists():
        return []
    with RUNS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keep(**row):
    new = not RUNS.exists()
    with RUNS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    row.pop("right")
    print(row, flush=True)


def bits(row):
    packed = np.frombuffer(bytes.fromhex(row["right"]), "uint8")
    return np.unpackbits(packed)[: int(row["test_images"])].astype(bool)


def difference(before, after):
    """Points that `after` is better by, seed by seed, with their interval."""
    if len(before) < 2:
        return "–"
    found = kd.robustness.compare_seeds(
        *(np.array([bits(row) for row in side]) for side in (before, after))
    )
    low, high = (100 * each for each in found["ci95"])
    return f"{100 * found['difference']:+.2f} ({low:+.2f} to {high:+.2f})"


def table():
    cells = {(r["data"], r["technique"], r["arm"], r["seed"]): r for r in rows()}
    made = []
    for name, technique in dict.fromkeys((d, t) for d, t, _, _ in cells):
        arms = {
            arm: {s: r for (d, t, a, s), r in cells.items() if (d, t, a) == (name, technique, arm)}
            for arm in ARMS
        }
        both = sorted(set(arms["labels"]) & set(arms["distilled"]))
        row = {"data": name, "compressed": technique, "seeds": len(both)}
        for arm in ARMS:
            accuracy = [100 * float(arms[arm][seed]["file_accuracy"]) for seed in both]
            row[f"{arm} %"] = f"{np.mean(accuracy):.2f}" + (
                f" ± {np.std(accuracy, ddof=1):.2f}" if len(both) > 1 else ""
            )
        for arm in ARMS:
            start = [cells.get((name, "float", arm, seed)) for seed in both]
            compared = technique != "float" and None not in start
            row[f"{arm}: against float, points (95 %)"] = (
                difference(start, [arms[arm][seed] for seed in both]) if compared else "–"
            )
        row["distilled − labels, points (95 %)"] = difference(
            *([arms[arm][seed] for seed in both] for arm in ARMS)
        )
        every = [arms[arm][seed] for arm in ARMS for seed in both]
        row["file = Keras model, top-1 %"] = (
            f"{100 * np.mean([float(each['agreement']) for each in every]):.2f}"
        )
        row["zeros %"] = f"{100 * np.mean([float(each['zeros']) for each in every]):.1f}"
        row["gzip KB"] = f"{np.mean([float(each['gzip_bytes']) for each in every]) / 1000:.0f}"
        made.append(row)
    return made


def tables():
    import matplotlib.pyplot as plt

    made = table()
    if not made:
        return
    with (HERE / "compression.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, made[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    styles = {"labels": (-0.12, "tab:gray"), "distilled": (0.12, "tab:blue")}
    for axis, name in zip(axes, ("cifar10", "fashion_mnist"), strict=True):
        for row in (each for each in rows() if each["data"] == name):
            shift, colour = styles[row["arm"]]
            place = TECHNIQUES.index(row["technique"]) + shift
            axis.plot(place, 100 * float(row["file_accuracy"]), "o", color=colour, alpha=0.6)
        axis.set_xticks(range(len(TECHNIQUES)), TECHNIQUES)
        axis.set_title(name)
        axis.set_ylabel("accuracy of the .tflite file, %")
    for arm, (_, colour) in styles.items():
        axes[0].plot([], [], "o", color=colour, label=arm)
    axes[0].legend()
    figure.savefig(HERE / "compression.png", dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=("cifar10", "fashion_mnist"),
                        default=("cifar10", "fashion_mnist"))  # fmt: skip
    parser.add_argument("--fashion-mnist", help="folder of the four IDX files")
    parser.add_argument("--techniques", nargs="+", choices=TECHNIQUES, default=TECHNIQUES)
    parser.add_argument("--seeds", nargs="+", type=int, default=(1, 2, 3))
    parser.add_argument("--threads", type=int, default=2, help="of TensorFlow, for one operation")
    parser.add_argument("--tables", action="store_true", help="write table and plot only")
    arguments = parser.parse_args()
    if not arguments.tables:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
        done = {(r["data"], r["technique"], r["arm"], int(r["seed"])) for r in rows()}
        for name in arguments.data:
            for seed in arguments.seeds:
                for technique in arguments.techniques:
                    for arm in ARMS:
                        if (name, technique, arm, seed) not in done:
                            run(name, technique, arm, seed, arguments.fashion_mnist)
    tables()


if __name__ == "__main__":
    main()
