"""What a step costs while a model is pruned or trained quantization-aware, beside TF-MOT's.

    python benchmarks/compression_time.py [--blocks 20] [--steps 10]

One network (a ResNet-8, 32 × 32 × 3, batches of 64) is built twice, from Keras 3's layers and
from tf_keras's, with the same weights. Both are trained as they are, while pruned and
quantization-aware, by kd.compression and by TF-MOT's own verbs; all in one process, in
interleaved blocks as step_time.py does it. A ratio is that to the float model of the same
Keras; the overhead is the difference in milliseconds. A limit is met when ratio ≤ limit + 2 · sd
of A/A, the float model beside its copy. Masks are updated every 100 steps, TF-MOT's default;
`every step` shows what an update itself costs. Writes compression_time.csv.
"""

import argparse
import importlib
import statistics

import keras
import numpy as np
from step_time import BATCH, measured, ratio, write

import keras_distill as kd
from keras_distill import _tfmot

LIMITS = {"pruned": 1.10, "quantization-aware": 1.50}


def network(layers, make, start):
    def convolution(x, filters, stride, name):
        x = layers.Conv2D(
            filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
        )(x)
        return layers.BatchNormalization(name=f"{name}_norm")(x)

    image = start((32, 32, 3), name="image")
    x = layers.ReLU(name="stem_relu")(convolution(image, 16, 1, "stem"))
    for stage, filters in enumerate((16, 32, 64), 1):
        stride = 1 if stage == 1 else 2
        short = x
        x = layers.ReLU(name=f"relu_{stage}a")(convolution(x, filters, stride, f"stage_{stage}a"))
        x = convolution(x, filters, 1, f"stage_{stage}b")
        if stride == 2:
            short = layers.Conv2D(filters, 1, strides=2, use_bias=False, name=f"short_{stage}")(
                short
            )
            short = layers.BatchNormalization(name=f"short_{stage}_norm")(short)
        x = layers.Add(name=f"add_{stage}")([x, short])
        x = layers.ReLU(name=f"relu_{stage}b")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return make(image, layers.Dense(10, name="head")(x), name="resnet_8")


def pruning(frequency=100):
    return kd.compression.PolynomialDecay(0.0, 0.9, 0, 100_000, frequency=frequency)


def pairs():
    """{what: (our model, TF-MOT's twin or None)} of the same weights."""
    module = _tfmot.Pruning.__module__.split(".sparsity.")[0]
    import tf_keras

    prune = importlib.import_module(f"{module}.sparsity.keras.prune").prune_low_magnitude
    quantize = importlib.import_module(f"{module}.quantization.keras.quantize").quantize_model
    model = network(keras.layers, keras.Model, keras.Input)

    def twin():
        made = network(tf_keras.layers, tf_keras.Model, tf_keras.Input)
        for layer in model.layers:
            if layer.weights:
                made.get_layer(layer.name).set_weights(layer.get_weights())
        return made

    def clone():
        copy = network(keras.layers, keras.Model, keras.Input)
        copy.set_weights(model.get_weights())
        return copy

    return {
        "float": (model, twin()),
        "float (copy)": (clone(), None),
        "pruned": (kd.compression.prune_low_magnitude(model, pruning()), prune(twin(), pruning())),
        "pruned, masks every step": (
            kd.compression.prune_low_magnitude(model, pruning(1)), prune(twin(), pruning(1)),
        ),
        "quantization-aware": (kd.compression.quantize_model(model), quantize(twin())),
    }  # fmt: skip


def contestants():
    import tensorflow as tf
    import tf_keras

    rng = np.random.default_rng(0)
    x = rng.random((BATCH, 32, 32, 3)).astype("float32")
    y = rng.integers(0, 10, BATCH).astype("int32")
    data = tf.data.Dataset.from_tensors((x, y)).repeat()

    def stepping(model, library):
        model.compile(
            library.optimizers.SGD(0.01, momentum=0.9),
            loss=library.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
        for layer in model.layers:
            # What TF-MOT's callback does when training begins.
            if hasattr(layer, "pruning_step"):
                layer.pruning_step.assign(0)
        batches, step = iter(data), model.make_train_function()
        step = step or model.train_function
        return lambda: keras.tree.map_structure(np.asarray, step(batches))

    runs = {}
    for what, (ours, theirs) in pairs().items():
        runs[what] = stepping(ours, keras)
        if theirs is not None:
            runs[f"{what}, TF-MOT"] = stepping(theirs, tf_keras)
    return runs


def rows(seconds):
    """One row a technique: ratios, overheads and whether the limit is met."""
    own, noise = ratio(seconds["float"], seconds["float (copy)"])
    for what in ("pruned", "pruned, masks every step", "quantization-aware"):
        row = {"what": what, "limit": LIMITS.get(what, "")}
        for mark, end in (("ours", ""), ("TF-MOT", ", TF-MOT")):
            step, float_step = seconds[f"{what}{end}"], seconds[f"float{end}"]
            row[f"{mark}: ratio"] = f"{ratio(step, float_step)[0]:.3f}"
            overheads = [1000 * (a - b) for a, b in zip(step, float_step, strict=True)]
            row[f"{mark}: overhead, ms"] = f"{statistics.median(overheads):.2f}"
            row[f"{mark}: float step, ms"] = f"{1000 * statistics.median(float_step):.1f}"
        row |= {"A/A": f"{own:.3f}", "sd of A/A": f"{noise:.3f}"}
        met = float(row["ours: ratio"]) <= LIMITS.get(what, float("inf")) + 2 * noise
        row["met"] = "" if what not in LIMITS else "yes" if met else "no"
        yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", type=int, default=20)
    parser.add_argument("--steps", type=int, default=10)
    arguments = parser.parse_args()
    made = list(rows(measured(contestants(), arguments.blocks, arguments.steps)))
    write("compression_time", made)
    for row in made:
        print(row)


if __name__ == "__main__":
    main()
