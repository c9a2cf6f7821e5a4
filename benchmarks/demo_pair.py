"""Compares settings for the demo's teacher and student, on validation images only.

    python benchmarks/demo_pair.py [--seeds 1 2 3] [--trials control_18 warm_18]

Each trial trains what benchmarks/demo_pair.csv has no row for yet, and appends the row: one
teacher for each number of epochs, then, for each seed, the student alone (label weight 1) and
under that teacher. All have the same data, augmentation, batches, optimizer and cosine decay
to the last epoch. `validation_accuracy` is on the 2,000 images cut from training;
`changed_accuracy` the mean over the same images with noise added, with less contrast, and
pixelated. The test images are never looked at. Teachers are kept in runs/demo_pair/.
"""

import argparse
import csv
import pathlib
import time

import keras
import numpy as np

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "demo_pair.csv"
MODELS = HERE.parent / "runs" / "demo_pair"
COLUMNS = (
    "trial seed model parameters epochs learning_rate temperature label_weight "
    "validation_accuracy changed_accuracy cpu_seconds"
).split()
BATCH_SIZE = 128
TEACHER_SEED = 1
# Epochs of teacher and students: learning rate of each.
LEARNING_RATES = {12: (0.002, 0.004), 18: (0.003, 0.006)}
ARMS = {
    "control": {"label_weight": 1.0},
    "warm": {"temperature": 2.0, "label_weight": 0.5},
    "hot": {"temperature": 4.0, "label_weight": 0.5},
    "hot_few_labels": {"temperature": 4.0, "label_weight": 0.1},
}
TRIALS = {f"{arm}_{epochs}": (arm, epochs) for epochs in LEARNING_RATES for arm in ARMS}


def data(seed):
    augment = keras.Sequential(
        [
            keras.layers.RandomFlip("horizontal", seed=seed),
            keras.layers.RandomTranslation(0.07, 0.07, fill_mode="constant", seed=seed),
        ]
    )
    train, validation, _ = kd.datasets.load(
        "fashion_mnist", batch_size=BATCH_SIZE, augment=augment, seed=seed
    )
    return train, validation


def changed(images):
    noise = np.random.default_rng(0).normal(0, 0.1, images.shape)
    yield np.clip(images + noise, 0, 1).astype("float32")
    mean = images.mean(axis=(1, 2), keepdims=True)
    yield (0.3 * (images - mean) + mean).astype("float32")
    small = images.reshape(-1, 14, 2, 14, 2, 1).mean(axis=(2, 4))
    yield small.repeat(2, axis=1).repeat(2, axis=2)


def accuracies(model, validation):
    pairs = [(np.asarray(x), np.asarray(y)) for x, y in validation]
    images, labels = (np.concatenate(part) for part in zip(*pairs, strict=True))

    def accuracy(x):
        outputs = [np.asarray(model(x[i : i + 500], training=False)) for i in range(0, len(x), 500)]
        return float(np.mean(np.argmax(np.concatenate(outputs), axis=-1) == labels))

    return accuracy(images), float(np.mean([accuracy(x) for x in changed(images)]))


def fit(model, train, epochs, learning_rate):
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate, epochs * len(train), alpha=0.01
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(schedule), loss=loss)
    callbacks = [] if isinstance(model, kd.Distiller) else [kd.datasets.SetEpoch(train)]
    model.fit(train, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks)


def teacher_of(epochs):
    path = MODELS / f"teacher_{TEACHER_SEED}_{epochs}_epochs.keras"
    if path.exists():
        return keras.models.load_model(path)
    train, validation = data(TEACHER_SEED)
    keras.utils.set_random_seed(TEACHER_SEED)
    teacher = kd.models.cifar_resnet(8, width=32, input_shape=(28, 28, 1), strides=2)
    settings = {"epochs": epochs, "learning_rate": LEARNING_RATES[epochs][0]}
    start = time.process_time()
    fit(teacher, train, **settings)
    seconds = time.process_time() - start
    keep(f"teacher_{epochs}", TEACHER_SEED, teacher, validation, seconds, settings)
    MODELS.mkdir(parents=True, exist_ok=True)
    teacher.save(path)
    return teacher


def student_of(trial, seed):
    arm, epochs = TRIALS[trial]
    settings = {"epochs": epochs, "learning_rate": LEARNING_RATES[epochs][1], **ARMS[arm]}
    teacher = teacher_of(epochs)
    train, validation = data(seed)
    keras.utils.set_random_seed(seed)
    student = kd.models.narrow(teacher, width=0.25, seed=seed)
    trained = student
    if arm != "control":
        trained = kd.Distiller(
            teacher,
            student,
            distillation_losses=[kd.losses.SoftTargets(settings["temperature"])],
            student_loss_weight=settings["label_weight"],
        )
    start = time.process_time()
    fit(trained, train, epochs, settings["learning_rate"])
    keep(trial, seed, student, validation, time.process_time() - start, settings)


def keep(trial, seed, model, validation, seconds, settings):
    clean, other = accuracies(model, validation)
    teacher = trial.startswith("teacher")
    row = {
        "trial": trial,
        "seed": seed,
        "model": "cifar_resnet(8, 32, strides=2)" if teacher else "narrow(teacher, 0.25)",
        "parameters": model.count_params(),
        **settings,
        "validation_accuracy": f"{clean:.4f}",
        "changed_accuracy": f"{other:.4f}",
        "cpu_seconds": round(seconds),
    }
    new = not TABLE.exists()
    with TABLE.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    print(row, flush=True)


def done():
    if not TABLE.exists():
        return set()
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["trial"], int(row["seed"])) for row in csv.DictReader(file)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--trials", nargs="+", choices=TRIALS, default=list(TRIALS))
    arguments = parser.parse_args()
    for seed in arguments.seeds:
        for trial in arguments.trials:
            if (trial, seed) not in done():
                student_of(trial, seed)


if __name__ == "__main__":
    main()
