"""The students that benchmarks/robustness.py measures. CIFAR-10, ResNet-56 to ResNet-8.

    python benchmarks/robustness_students.py [--arms control distilled] [--seeds 0 1 2]
    python benchmarks/robustness_students.py --choose

For each seed four students start from the same weights and see 10,000 images in the same order,
12 epochs, SGD with cosine decay, the last step: labels alone (`control`) or soft targets (T = 4,
label weight 0.1, `distilled`), on the images as they are or on augmented views (`_augmented`).
Six views of each image are made once, so that all arms see the same pixels, each view in two
epochs: flip, a shift by up to four pixels, and `keras.layers.AugMix` without the four of its
operations that ImageNet-C's corruptions resemble (brightness, contrast, colour, sharpness). The
teacher always looked at the clean image. Keras's AugMix draws its operations in Python, once for
a call: inside `tf.data` they would be drawn once for the whole training, so the views are made
outside, 64 images in a call.

From `distilled_augmented` three more are trained for 3 epochs of the same views under the same
teacher, at a tenth of the rate: as it is (`longer`), pruned to 90 % (`pruned_90`), and
quantization-aware, exported to an int8 `.tflite` (`int8`). `longer` tells what the further
epochs alone do.

Models lie in runs/robustness/; one that is there is not trained again. Each is a line of
robustness_students.csv. `--choose` is how AugMix's strength was chosen: four epochs of the control
arm at each, seed 100, and the accuracy on 2,000 clean images that nobody trains or is tested on.
"""

import argparse
import csv
import os
import pathlib
import time

import cifar
import keras
import numpy as np

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
LOG = HERE / "robustness_students.csv"
FOLDER = HERE.parent / "runs" / "robustness"
TRAINED = ("control", "distilled", "control_augmented", "distilled_augmented")
DERIVED = ("longer", "pruned_90", "int8")
SEEDS = (0, 1, 2)
EPOCHS, FURTHER_EPOCHS, BATCH = 12, 3, 128
VIEWS, FACTORS, FACTOR = 6, (0.1, 0.3), 0.1


def path(arm, seed):
    return FOLDER / f"{arm}_{seed}{'.tflite' if arm == 'int8' else '.keras'}"


def order(seed, epochs, examples):
    """Positions of the examples in the order in which every arm of a seed sees them."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(examples) for _ in range(epochs)])


def views(x, factor=FACTOR, number=VIEWS):
    """uint8 `(number, n, 32, 32, 3)`: as many views of each image; kept in the folder."""
    folder = FOLDER / f"views_{factor}"
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for which in range(number):
        kept = folder / f"{which:02}.npy"
        if not kept.exists():
            begun = time.perf_counter()
            partial = folder / f"{os.getpid()}.partial.npy"  # two processes may share the work
            np.save(partial, one_view(x, which, factor))
            partial.rename(kept)
            print(f"view {which}: {time.perf_counter() - begun:.0f} s", flush=True)
        made.append(np.load(kept, allow_pickle=False))
    return np.stack(made)


def one_view(x, seed, factor):
    # Seeds the layers and Python's `random`, with which AugMix draws its operations.
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(0.125, 0.125, fill_mode="constant"),
        keras.layers.AugMix((0, 1), factor=factor, all_ops=False),
    ]
    made = np.empty(x.shape, "uint8")
    for chosen in np.array_split(np.random.permutation(len(x)), max(1, len(x) // 64)):
        view = x[chosen].astype("float32") / 255.0
        for layer in layers:
            view = layer(view, training=True)
        made[chosen] = np.round(np.asarray(view) * 255.0)
    return made


def in_order(x, places):
    """The images, or in each epoch the next of their views, as the student sees them."""
    if x.ndim == 4:
        return x[places]
    epochs = places.reshape(-1, x.shape[1])
    return np.concatenate([x[i % len(x)][chosen] for i, chosen in enumerate(epochs)])


def teacher_logits(x):
    """What the teacher says of the clean images, computed once."""
    kept = FOLDER / "teacher_logits.npy"
    if not kept.exists():
        np.save(kept, cifar.resnet(56).predict(x.astype("float32") / 255.0, 250, verbose=0))
    return np.load(kept, allow_pickle=False)


def fit(model, seen, y, places, rate, name, student=None):
    """One pass over the views `seen` of the examples at `places`; `student` learns from the
    teacher too."""
    data = cifar.batches(seen, y[places], BATCH)
    trained = model
    if student is not None:
        made = kd.teachers.from_arrays(student[places])
        data = kd.teachers.attach(data, made)
        trained = kd.Distiller(made, model, kd.losses.SoftTargets(4.0), None, 0.1)
    steps, epoch = -(-len(places) // BATCH), len(y) // BATCH
    trained.compile(
        keras.optimizers.SGD(
            keras.optimizers.schedules.CosineDecay(rate, steps), momentum=0.9, weight_decay=5e-4
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # XLA's convolutions are slower on a CPU
    )
    begun = time.perf_counter()

    def say(batch, logs):
        if (batch + 1) % epoch == 0:
            passed = time.perf_counter() - begun
            print(f"{name}: epoch {(batch + 1) // epoch}, loss {logs['loss']:.3f}, {passed:.0f} s",
                  flush=True)  # fmt: skip

    # The epochs follow each other in `places`: one pass of `fit` is all of them.
    teller = keras.callbacks.LambdaCallback(on_train_batch_end=say)
    history = trained.fit(data, shuffle=False, verbose=0, callbacks=[teller]).history
    if not np.isfinite(history["loss"][0]):
        raise SystemExit(f"{name}: the loss is not finite.")
    return time.perf_counter() - begun


def run(arm, seed):
    FOLDER.mkdir(parents=True, exist_ok=True)
    x, y = cifar.images("train_00", "train_01")
    keras.backend.clear_session()
    name, derived = f"{arm} {seed}", arm in DERIVED
    places = order(seed, EPOCHS, len(x))
    augmented = derived or arm.endswith("_augmented")
    seen = in_order(views(x) if augmented else x, places)
    teaching = None if arm.startswith("control") else teacher_logits(x)
    keras.utils.set_random_seed(seed)
    if not derived:
        model = kd.models.cifar_resnet(8)
        quick = cifar.fused(model)
        seconds = fit(quick, seen, y, places, 0.1, name, teaching)
        model.set_weights(quick.get_weights())
    else:
        start = keras.models.load_model(path("distilled_augmented", seed))
        further = FURTHER_EPOCHS * len(x)
        model = prepared(start, arm, -(-further // BATCH), x)
        seconds = fit(model, seen[:further], y, places[:further], 0.01, name, teaching)
        if arm == "pruned_90":
            model = kd.compression.strip_pruning(model)
        if arm == "longer":
            start.set_weights(model.get_weights())
            model = start
    if arm == "int8":
        kd.export.to_tflite(model, path(arm, seed), "int8")
    else:
        model.save(path(arm, seed))
    keep(arm, seed, seconds)


def prepared(start, arm, steps, x):
    if arm == "pruned_90":
        end = steps * 3 // 5 // 10 * 10
        schedule = kd.compression.PolynomialDecay(0.0, 0.9, 0, end, frequency=10)
        return kd.compression.prune_low_magnitude(start, schedule)
    if arm == "int8":
        model = kd.compression.quantize_model(start, preserve_sparsity=False)
        kd.compression.calibrate(model, x[:3200].astype("float32") / 255.0, verbose=False)
        return model
    return cifar.fused(start)


def validation(model):
    x, y = (each[:2000] for each in cifar.images("train_02"))
    outputs = kd.predictors.load(model).predict(x.astype("float32") / 255.0)
    return (outputs.argmax(-1) == y).mean()


def keep(arm, seed, seconds):
    made = path(arm, seed)
    row = {
        "arm": arm,
        "seed": seed,
        "epochs": EPOCHS if arm in TRAINED else f"{EPOCHS} + {FURTHER_EPOCHS}",
        "clean_validation_accuracy": f"{validation(made):.4f}",
        "bytes": made.stat().st_size,
        "seconds": round(seconds),
    }
    new = not LOG.exists()
    with LOG.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    print(row, flush=True)


def choose():
    FOLDER.mkdir(parents=True, exist_ok=True)
    x, y = cifar.images("train_00", "train_01")
    for factor in FACTORS:
        places = order(100, 4, len(x))
        seen = in_order(views(x, factor, number=4), places)
        keras.utils.set_random_seed(100)
        model = kd.models.cifar_resnet(8)
        quick = cifar.fused(model)
        fit(quick, seen, y, places, 0.1, f"AugMix {factor}")
        model.set_weights(quick.get_weights())
        print(f"AugMix {factor}: clean validation accuracy {validation(model):.4f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arms", nargs="+", choices=TRAINED + DERIVED, default=TRAINED + DERIVED)
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument("--threads", type=int, default=2, help="of TensorFlow, for one operation")
    parser.add_argument("--choose", action="store_true", help="compare AugMix's strengths")
    arguments = parser.parse_args()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    if arguments.choose:
        return choose()
    for seed in arguments.seeds:
        for arm in arguments.arms:
            if not path(arm, seed).exists():
                run(arm, seed)


if __name__ == "__main__":
    main()
