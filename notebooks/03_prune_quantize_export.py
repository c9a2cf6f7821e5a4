# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Prune, quantize, export
#
# A network gets cheaper in three ways, and they buy different things. **Dropping channels** makes the layers narrower: fewer multiplications, so
# it is faster everywhere. **Zeros** spread over the kernels make the download smaller, because zeros compress well; few phones run them faster. **Eight bits**
# make the file four times smaller and, on most phones, faster again. This page does one after the other to one network, under its teacher's
# eyes, and measures after each step what it bought and what it cost.
#
# Real Fashion-MNIST, the part carried inside the package. Everything trains for a few epochs only, to keep the page quick.

# %%
import logging
import pathlib
import tempfile
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np

import keras_distill as kd

keras.utils.set_random_seed(0)
logging.getLogger("tensorflow").setLevel(
    logging.ERROR
)  # progress belongs on this page, tracing not

# %%
data = kd.datasets.load("fashion_mnist", batch_size=128, seed=0)
train, validation, test = data
folder = pathlib.Path(tempfile.mkdtemp())
x, y = (np.concatenate(part) for part in zip(*[(np.array(a), np.array(b)) for a, b in validation]))
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def fitted(model, epochs, rate=4e-3):
    schedule = keras.optimizers.schedules.CosineDecay(rate, epochs * len(train))
    model.compile(keras.optimizers.Adam(schedule), loss=cross_entropy)
    model.fit(
        train, epochs=epochs, verbose=0, shuffle=False, callbacks=[kd.datasets.SetEpoch(train)]
    )
    return model


def taught(student, epochs, rate=4e-3):
    """The same training for every student: 0.3 · labels + 0.7 · the teacher's soft targets."""
    losses = [kd.losses.SoftTargets(temperature=4.0)]
    fitted(kd.Distiller(teacher, student, losses, student_loss_weight=0.3), epochs, rate)
    return student


def accuracy(model):
    return float(np.mean(np.argmax(kd.predictors.load(model).predict(x), -1) == y))


# %% [markdown]
# ## The teacher

# %%
teacher = kd.models.cifar_resnet(8, width=24, input_shape=data.input_shape, strides=2)
fitted(teacher, 4)
print(f"teacher: {accuracy(teacher):.1%} of the validation images")

# %% [markdown]
# ## Fewer channels
#
# A filter cannot go alone: what reads its channel must shrink with it, and channels that meet in a residual sum go together. `channel_groups` says
# beforehand what is tied to what, and what is left alone.

# %%
for group in kd.compression.channel_groups(teacher):
    print(group)

# %% [markdown]
# Which half goes? `"l1"` drops filters of small weights, `"bn_scale"` those whose BatchNormalization scales them down, `"taylor"` those that
# the loss would miss least, seen on a few hundred labelled images. Before any training, right after the cut:

# %%
some = (x[:512], y[:512])
for importance in ("l1", "bn_scale", "taylor"):
    cut = kd.compression.prune_channels(
        teacher, 0.25, importance, data=some if importance == "taylor" else None, loss=cross_entropy
    )
    print(f"{importance:9s} {accuracy(cut):.1%} with a quarter gone")

# %% [markdown]
# The cut network is a plain Keras model of the same layers, and an ordinary student of the one it was cut from. It starts from its teacher's own
# filters; beside it, the same architecture from random weights, taught for as long.

# %%
narrow = kd.compression.prune_channels(teacher, 0.5, "taylor", data=some, loss=cross_entropy)
print(f"multiplications: {kd.footprint.macs(teacher):,} → {kd.footprint.macs(narrow):,}")
taught(narrow, 2)
scratch = taught(kd.models.narrow(teacher, width=0.5, seed=1), 2)
for name, model in (("cut", narrow), ("from scratch", scratch)):
    print(f"{name}: {accuracy(model):.1%}")

# %% [markdown]
# ## Zeros
#
# TF-MOT's polynomial schedule: three quarters of the weights that are left go to zero over the first epoch, then the rest recovers. The step counts itself.

# %%
schedule = kd.compression.PolynomialDecay(
    0.0, 0.75, begin_step=0, end_step=len(train), frequency=10
)
sparse = taught(kd.compression.prune_low_magnitude(narrow, schedule), 2)
sparse = kd.compression.strip_pruning(sparse)
print(f"{kd.footprint.sparsity(sparse):.1%} of the kernel weights are zero")

# %% [markdown]
# ## Eight bits, with the zeros kept
#
# Weights and activations are rounded in the forward pass, so the student learns to live with it; the ranges it learns go into the file. `calibrate` gives
# it ranges that fit to start with: TF-MOT's begin at [-6, 6] and move by a thousandth in a step, which two epochs cannot mend.

# %%
int8 = kd.compression.quantize_model(sparse, preserve_sparsity=True)
kd.compression.calibrate(int8, train.take(50), verbose=False)
taught(int8, 2, 5e-4)
print(kd.compression.summary(int8))

# %% [markdown]
# ## Files
#
# Each model as a `.tflite`. Every file is run and compared with its Keras model before it is handed over. The int8 file must
# name the same class as its model on 99 % of them.

# %%
stages = {
    "teacher": (teacher, "float32"),
    "half the channels": (narrow, "float32"),
    "and 75 % zeros": (sparse, "float32"),
    "and 8 bits": (int8, "int8"),
}
rows = {}
for number, (name, (model, recipe)) in enumerate(stages.items()):
    file = kd.export.to_tflite(model, folder / f"{number}.tflite", recipe=recipe, samples=x[:512])
    predictor = kd.predictors.load(file)
    raw, packed = kd.footprint.file_bytes(file)
    timed = kd.footprint.latency(predictor.predict, x[:32], runs=200)
    rows[name] = (accuracy(file), raw / 1024, packed / 1024, timed.p50)
    print(
        f"{name:18s} {rows[name][0]:.1%}  {raw / 1024:6.1f} kB  {packed / 1024:6.1f} kB gzip  {timed.p50:.3f} ms"
    )

# %%
figure, axes = plt.subplots(1, 3, figsize=(12, 2.6), sharey=True, layout="constrained")
titles = (
    "accuracy on 2,000 validation images",
    "download, kB (gzip)",
    "milliseconds on this machine (median)",
)
for axis, title, column in zip(axes, titles, (0, 2, 3)):
    values = [row[column] for row in rows.values()]
    bars = axis.barh(list(rows), values, color="tab:blue")
    axis.bar_label(
        bars, [f"{value:.1%}" if column == 0 else f"{value:.3g}" for value in values], padding=3
    )
    axis.set_xlim(0, 1.2 * max(values))
    axis.set_title(title, fontsize=10)
axes[0].invert_yaxis()
plt.show()

# %% [markdown]
# What to read from it: the channels bought time and size, the zeros download and hardly any time, the eight bits download again. What a step cost in
# accuracy is the difference between two bars, on one seed and two epochs; README's tables, with seeds and intervals, are for comparing methods.
#
# ## What could not be followed
#
# Nothing is refused whole. A layer that mixes channels keeps those that reach it, with the reason; the rest is cut. Where nothing is left to cut, a copy comes back
# with a warning.

# %%
image = keras.Input((28, 28, 1))
h = keras.layers.Conv2D(8, 3, name="free")(image)
h = keras.layers.Conv2D(8, 3, name="held")(h)
h = keras.layers.LayerNormalization(name="mixing")(h)
logits = keras.layers.Dense(10, name="logits")(keras.layers.Flatten()(h))
for group in kd.compression.channel_groups(keras.Model(image, logits)):
    print(group)

image = keras.Input((28, 28, 1))
h = keras.layers.LayerNormalization()(keras.layers.Conv2D(8, 3)(image))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    held = keras.Model(image, keras.layers.Dense(10)(keras.layers.Flatten()(h)), name="held")
    copy = kd.compression.prune_channels(held, 0.5)
print(next(each.message for each in caught if each.category is UserWarning))
