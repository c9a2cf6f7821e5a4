"""What a step costs: the Distiller beside a plain student, a teacher and keras.distillation.

    python benchmarks/step_time.py [--blocks 20] [--steps 10]

Every contestant runs in one process on one batch. A block holds `steps` steps of each, in an
order that turns round from block to block; a ratio is that of the medians inside a block, and
what is reported is its median over the blocks. Beside each stands the same ratio of a contestant
to its own copy (A/A): a limit is met when ratio ≤ limit + 2 · sd of A/A. Data and models are
made up (a ResNet-20 teacher and a ResNet-8 student with Dropout, 32 × 32 × 3): time does not
depend on what they know. Writes step_time.csv and losses_time.csv.
"""

import argparse
import csv
import pathlib
import statistics
import tempfile
import time
import warnings

import keras
import numpy as np

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 64
STAGES = [f"stage_{i}_block_1_relu" for i in (1, 2, 3)]
TEACHER_STAGES = [f"stage_{i}_block_3_relu" for i in (1, 2, 3)]
L = kd.losses


def student(seed=0, **arguments):
    keras.utils.set_random_seed(seed)
    base = kd.models.cifar_resnet(8, **arguments)
    x = keras.layers.Dropout(0.2, seed=seed)(base.get_layer("pool").output)
    return keras.Model(base.input, keras.layers.Dense(10, name="head")(x), name="student")


def compiled(model, jit=False):
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit,
    )
    return model


def hints():
    return [
        L.FeatureHint(t, s, projection=False) for t, s in zip(TEACHER_STAGES, STAGES, strict=True)
    ]


def theirs(teacher, features):
    from keras.distillation import Distiller, FeatureDistillation, LogitsDistillation

    losses = [LogitsDistillation(temperature=4.0, loss=keras.losses.KLDivergence())]
    if features:
        losses += [
            FeatureDistillation("mse", t, s) for t, s in zip(TEACHER_STAGES, STAGES, strict=True)
        ]
    return Distiller(teacher, student(), losses, [1.0] * len(losses))


def contestants():
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = rng.random((BATCH, 32, 32, 3)).astype("float32")
    y = rng.integers(0, 10, BATCH).astype("int32")
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    keras.utils.set_random_seed(1)
    teacher = kd.models.cifar_resnet(20)
    forward = tf.function(lambda batch: teacher(batch, training=False))
    fixed = tf.constant(x)

    def stepping(model):
        compiled(model).make_train_function()
        batches = iter(data)
        return lambda: keras.tree.map_structure(np.asarray, model.train_function(batches))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "student alone": stepping(student()),
            "student alone (copy)": stepping(student()),
            "teacher forward": lambda: np.asarray(forward(fixed)),
            "ours, logits": stepping(kd.Distiller(teacher, student(), L.SoftTargets())),
            "ours, logits (copy)": stepping(kd.Distiller(teacher, student(), L.SoftTargets())),
            "ours, logits + 3 features": stepping(
                kd.Distiller(teacher, student(), [L.SoftTargets(), *hints()])
            ),
            "keras.distillation, logits": stepping(theirs(teacher, False)),
            "keras.distillation, logits + 3 features": stepping(theirs(teacher, True)),
        }


def measured(runs, blocks, steps):
    """Median seconds of each contestant in each block."""
    for run in runs.values():
        for _ in range(3):
            run()
    names, medians = list(runs), {name: [] for name in runs}
    for block in range(blocks):
        seconds = {name: [] for name in names}
        for step in range(steps):
            # The order turns round, so that no one always follows the same neighbour.
            for name in names[:: 1 if (block + step) % 2 else -1]:
                start = time.perf_counter()
                own = runs[name]()
                passed = time.perf_counter() - start
                seconds[name].append(own if isinstance(own, float) else passed)
        for name in names:
            medians[name].append(statistics.median(seconds[name]))
        print(f"block {block + 1} of {blocks}", flush=True)
    return medians


def ratio(above, *below):
    values = [a / sum(b) for a, b in zip(above, zip(*below, strict=True), strict=True)]
    return statistics.median(values), statistics.stdev(values)


class Stopwatch(keras.callbacks.Callback):
    """Seconds of an epoch, without what `fit` does before the first."""

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.start


def epochs(blocks):
    """Seconds of an epoch alone and from precomputed outputs; of a pass and of its cache."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = rng.random((BATCH * 24, 32, 32, 3)).astype("float32")
    y = rng.integers(0, 10, len(x)).astype("int32")
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH).prefetch(2)
    keras.utils.set_random_seed(1)
    teacher = kd.models.cifar_resnet(20)
    with tempfile.TemporaryDirectory() as folder:
        made = kd.teachers.precompute(teacher, data, f"{folder}/warm", verbose=False)
        attached = kd.teachers.attach(data, made)
        alone, copy = compiled(student()), compiled(student())
        distiller = compiled(kd.Distiller(attached.teacher, student(), L.SoftTargets()))
        bare = data.map(lambda a, b: a)
        count, watch = iter(range(10**6)), Stopwatch()

        def epoch(model, batches):
            model.fit(batches, verbose=0, shuffle=False, callbacks=[watch])
            return watch.seconds

        def predict():
            # A model of its own, because precompute too compiles its forward each time.
            keras.Model(teacher.input, teacher.output).predict(bare, verbose=0)

        runs = {
            "epoch, student alone": lambda: epoch(alone, data),
            "epoch, student alone (copy)": lambda: epoch(copy, data),
            "epoch, ours, precomputed": lambda: epoch(distiller, attached),
            "teacher.predict": predict,
            "teacher.predict (copy)": predict,
            "precompute": lambda: kd.teachers.precompute(
                teacher, data, f"{folder}/{next(count)}", verbose=False
            ),
        }
        return measured(runs, blocks, 1)


def jit_losses(steps):
    """Seconds of a step of each loss, plain and under XLA."""
    rng = np.random.default_rng(0)
    x = rng.random((BATCH, 32, 32, 3)).astype("float32")
    y = rng.integers(0, 10, BATCH).astype("int32")
    keras.utils.set_random_seed(1)
    # Small models: what is timed is the loss, and XLA takes its time to compile.
    teacher = kd.models.cifar_resnet(20, width=8, strides=2)
    a, b = ("pool", "pool"), (TEACHER_STAGES[2], STAGES[2])
    losses = {
        "SoftTargets": lambda: L.SoftTargets(),
        "SoftTargets, standardized": lambda: L.SoftTargets(standardize=True),
        "LogitMatching": lambda: L.LogitMatching(),
        "HardTeacherLabels": lambda: L.HardTeacherLabels(),
        "DecoupledDistillation": lambda: L.DecoupledDistillation(),
        "DIST": lambda: L.DIST(),
        "MultiLevelLogits": lambda: L.MultiLevelLogits(),
        "Entropy": lambda: L.Entropy(),
        "TeacherConfidence": lambda: L.TeacherConfidence(L.SoftTargets()),
        "FeatureHint": lambda: L.FeatureHint(*b),
        "AttentionTransfer": lambda: L.AttentionTransfer(*b),
        "SimilarityPreservation": lambda: L.SimilarityPreservation(*b),
        "RelationalDistillation": lambda: L.RelationalDistillation(*a),
        "ContrastiveRepresentation": lambda: L.ContrastiveRepresentation(*a),
        "ReviewDistillation": lambda: L.ReviewDistillation(TEACHER_STAGES, STAGES),
        "SimplifiedReuse": lambda: L.SimplifiedReuse(*b),
    }
    for name, layers in (
        ("CorrelationCongruence", a), ("ProbabilisticTransfer", a), ("VariationalInformation", b),
        ("NeuronSelectivity", b), ("FactorTransfer", b),
        ("SolutionFlow", (TEACHER_STAGES[:2], STAGES[:2])),
    ):  # fmt: skip
        if hasattr(L, name):
            losses[name] = lambda name=name, layers=layers: getattr(L, name)(*layers)
    for name, build in losses.items():
        row = {"loss": name}
        for jit in (False, True):
            model = compiled(kd.Distiller(teacher, student(width=8, strides=2), build()), jit)
            seconds = []
            for _ in range(steps + 2):
                start = time.perf_counter()
                loss = model.train_on_batch(x, y, return_dict=True)["loss"]
                seconds.append(time.perf_counter() - start)
            if not np.isfinite(float(loss)):
                raise SystemExit(f"{name}: the loss is not finite.")
            row["XLA, ms" if jit else "plain, ms"] = f"{1000 * statistics.median(seconds[2:]):.0f}"
        print(row, flush=True)
        yield row


def write(name, rows):
    rows = list(rows)
    with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", type=int, default=20)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--losses", action="store_true", help="every loss, plain and under XLA")
    arguments = parser.parse_args()
    if arguments.losses:
        write("losses_time", jit_losses(arguments.steps))
        return
    steps = measured(contestants(), arguments.blocks, arguments.steps)
    passes = epochs(arguments.blocks)
    rows = []

    def row(what, limit, above, below, same):
        value, _ = ratio(above, *below)
        own, noise = ratio(*same)
        met = "" if limit is None else "yes" if value <= limit + 2 * noise else "no"
        rows.append({
            "what": what, "ratio": f"{value:.3f}", "limit": "" if limit is None else f"{limit:.2f}",
            "A/A": f"{own:.3f}", "sd of A/A": f"{noise:.3f}", "met": met,
        })  # fmt: skip

    alone, forward, logits = (
        steps[name] for name in ("student alone", "teacher forward", "ours, logits")
    )
    same = logits, steps["ours, logits (copy)"]
    row("step with logits ÷ (student alone + teacher forward)", 1.03, logits, (alone, forward),
        same)  # fmt: skip
    row("step with logits and 3 features ÷ step with logits", 1.10,
        steps["ours, logits + 3 features"], (logits,), same)  # fmt: skip
    row("keras.distillation: logits ÷ (student alone + teacher forward)", None,
        steps["keras.distillation, logits"], (alone, forward), same)  # fmt: skip
    row("keras.distillation: logits and 3 features ÷ logits", None,
        steps["keras.distillation, logits + 3 features"],
        (steps["keras.distillation, logits"],), same)  # fmt: skip
    row("epoch with a precomputed teacher ÷ student alone", 1.05,
        passes["epoch, ours, precomputed"], (passes["epoch, student alone"],),
        (passes["epoch, student alone"], passes["epoch, student alone (copy)"]))  # fmt: skip
    row("precompute ÷ teacher.predict", 1.10, passes["precompute"],
        (passes["teacher.predict"],),
        (passes["teacher.predict"], passes["teacher.predict (copy)"]))  # fmt: skip
    write("step_time", rows)
    for each in rows:
        print(each)


if __name__ == "__main__":
    main()
