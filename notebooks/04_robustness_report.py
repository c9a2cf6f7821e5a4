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
# # Does it stay right when the picture is not clean?
#
# A student that scores as well as its teacher on the test set may still fall apart on a blurred, noisy or dim photograph, and the 8-bit file
# that goes onto the phone is yet another model. This page measures all of them on the **same corrupted bytes**: a student trained on labels,
# one trained under a teacher, one that saw changed pictures while it was taught, and its `.tflite` file. Then it reads the report.
#
# Real Fashion-MNIST, the part carried inside the package; short trainings and 500 test images keep the page quick, so intervals are wide.

# %%
import logging
import pathlib
import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import keras_distill as kd

keras.utils.set_random_seed(0)
logging.getLogger("tensorflow").setLevel(logging.ERROR)

# %%
data = kd.datasets.load("fashion_mnist", batch_size=128, seed=0)
train, validation, test = data
images, labels = (
    np.concatenate(part) for part in zip(*[(np.array(a), np.array(b)) for a, b in test.take(4)])
)
images, labels = images[:500], labels[:500]

# %% [markdown]
# ## What a corruption is
#
# Hendrycks & Dietterich's fifteen, each in five severities. The draw depends on the seed and the number of the example alone: any batch, any
# order, any machine gives the same bytes.

# %%
names = kd.corruptions.names("imagenet_c")
figure, axes = plt.subplots(3, 5, figsize=(9, 6), layout="constrained")
for axis, name in zip(axes.flat, names):
    corrupted = kd.corruptions.get(name, severity=3)(images[7:8], seed=0)
    axis.imshow(corrupted[0, ..., 0], cmap="gray", vmin=0, vmax=1)
    axis.set_title(name.replace("_", " "), fontsize=9)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Four models
#
# The teacher looks at clean pictures. One student learns from labels, one from the teacher, and a third from the teacher while it sees changed
# views: `AugMix`, a stock Keras layer, and then `RandomCorruption`, which by default draws from ImageNet-C's four *extra* corruptions: they exist for
# training and tuning. Never train on the fifteen that you report.
#
# AugMix draws its operations in Python, once for each call: inside a compiled `map` they would stay the same for the whole training. So the views are
# made here, 64 pictures in a call.

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
augmix = keras.layers.AugMix(value_range=(0, 1), num_chains=2, seed=0)
extra = kd.corruptions.RandomCorruption("imagenet_c_extra", severities=(1, 2, 3), rate=0.5, seed=0)


def views_of(dataset):
    """Clean pictures for the teacher, changed views of them for the student, labels."""
    x, y = (np.concatenate(part) for part in zip(*[(np.array(a), np.array(b)) for a, b in dataset]))
    views = [
        extra(augmix(x[i : i + 64], training=True), training=True) for i in range(0, len(x), 64)
    ]
    both = {"clean": x, "view": np.concatenate(views)}
    return tf.data.Dataset.from_tensor_slices((both, y)).shuffle(len(y), seed=0).batch(128)


def fitted(model, dataset=train, epochs=4):
    schedule = keras.optimizers.schedules.CosineDecay(4e-3, epochs * len(train))
    model.compile(keras.optimizers.Adam(schedule), loss=cross_entropy)
    model.fit(dataset, epochs=epochs, verbose=0, shuffle=False)
    return model


def student():
    keras.utils.set_random_seed(1)
    return kd.models.cifar_resnet(8, width=6, input_shape=data.input_shape, strides=2)


teacher = fitted(kd.models.cifar_resnet(8, width=24, input_shape=data.input_shape, strides=2))
control = fitted(student())
losses = [kd.losses.SoftTargets(temperature=4.0)]
distilled = fitted(kd.Distiller(teacher, student(), losses, student_loss_weight=0.3)).student
robust = kd.Distiller(
    teacher,
    student(),
    losses,
    student_loss_weight=0.3,
    teacher_inputs="clean",
    student_inputs="view",
)
robust = fitted(robust, views_of(train)).student

folder = pathlib.Path(tempfile.mkdtemp())
artefact = kd.export.to_tflite(
    robust, folder / "robust.tflite", recipe="int8", calibration_data=images[:200]
)

# %% [markdown]
# ## Measure
#
# `evaluate` makes every corrupted picture once and shows it to all models. It takes models, `.keras`, SavedModel and `.tflite` paths, and functions.
# With `folder=` a killed measurement goes on where it was.

# %%
models = {
    "teacher": teacher,
    "control": control,
    "distilled": distilled,
    "robust": robust,
    "int8": artefact,
}
report = kd.robustness.evaluate(
    models,
    (images, labels),
    "imagenet_c",
    baseline="teacher",
    facts={"int8": {"parent": "robust"}},
    compare=[("distilled", "control"), ("robust", "distilled"), ("int8", "robust")],
    calibration_data=validation,
    sequences=("translate", "rotate", "brightness"),
    attacks=("fgsm",),
    class_names=data.class_names,
    name=data.name,
    progress=False,
)
print(report.summary())

# %% [markdown]
# Read the intervals before the numbers. "As good" means that a loss of more than half a point is excluded; "not told apart" that these 500
# pictures cannot say. Whether distillation, the changed views or both made a student robust is what the differences on corrupted pictures tell.

# %%
names = [item["model"] + " − " + item["against"] for item in report.comparisons]
points = np.array([100 * item["corrupted_difference"] for item in report.comparisons])
low, high = 100 * np.array([item["corrupted_difference_ci95"] for item in report.comparisons]).T
figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
axis.errorbar(points, range(len(names)), xerr=[points - low, high - points], fmt="o", capsize=3)
axis.axvline(0, color="grey", lw=1)
axis.set_yticks(range(len(names)), names)
axis.invert_yaxis()
axis.set_xlabel("points of accuracy on corrupted pictures, 95 % intervals")
plt.show()

# %% [markdown]
# ## Which corruption breaks which model

# %%
suite = report.document["suite"]["corruptions"]
mean = {
    name: [
        100
        * np.mean([c.accuracy for c in report.cells if c.model == name and c.corruption == each])
        for each in suite
    ]
    for name in models
}
figure, axis = plt.subplots(figsize=(9, 3.2), layout="constrained")
shown = axis.imshow(list(mean.values()), cmap="cividis", aspect="auto")
axis.set_xticks(
    range(len(suite)), [each.replace("_", " ") for each in suite], rotation=50, ha="right"
)
axis.set_yticks(range(len(mean)), list(mean))
for row, values in enumerate(mean.values()):
    for column, value in enumerate(values):
        axis.text(
            column,
            row,
            f"{value:.0f}",
            ha="center",
            va="center",
            fontsize=8,
            color="black" if value > np.mean(shown.get_clim()) else "white",
        )
plt.show()

# %% [markdown]
# ## One file to hand on
#
# `report.html` opens offline on a phone or a desktop: one sentence and one row for each model first, everything else folded below. Beside it lie the same
# numbers for machines: `report.json` (with a JSON Schema in the package), `measurements.csv`, `robustbench.csv`, a model card.

# %%
report.save(folder / "report")
for path in sorted((folder / "report").iterdir()):
    print(f"{path.name:20} {path.stat().st_size / 1024:8.1f} KiB" if path.is_file() else path.name)

# %% [markdown]
# For continuous integration a sentence is enough: exit code 1 when it holds.
#
# ```bash
# keras-distill evaluate teacher.keras student.tflite --data photos/ --corruptions imagenet_c --output runs/report
# keras-distill report runs/report --fail-if "student.mean_corrupted_accuracy < 0.80"
# keras-distill compare runs/seed_0 runs/seed_1 runs/seed_2 --format latex
# ```

# %%
for condition in ("int8.mean_corrupted_accuracy < 0.50", "int8.ece15_corrupted > 0.05"):
    holds, sentence = report.check(condition)
    print("fail" if holds else "pass", "–", sentence)
