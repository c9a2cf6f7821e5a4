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
# # From a heavy Keras model to a proven int8 file
#
# One journey in twenty cells: a teacher, a student fifteen times smaller, distillation, pruning, 8-bit training, a `.tflite` file whose equality
# with the model is checked, and a report of how all of them hold up when the pictures are noisy, blurred or torn.
#
# The data is real Fashion-MNIST (a subset carried inside the package), so nothing is downloaded. To keep this page quick, everything trains
# for a few epochs only; `keras-distill demo` is the same journey with the epochs it deserves.

# %%
import logging
import pathlib
import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np

import keras_distill as kd

keras.utils.set_random_seed(0)
logging.getLogger("tensorflow").setLevel(
    logging.ERROR
)  # progress belongs on this page, tracing not

# %% [markdown]
# ## Data: three splits, one convention
#
# Images are float32 in [0, 1], labels are integers. The validation images are cut from the training set; every choice is made on them. The test
# images are looked at once, at the end.

# %%
data = kd.datasets.load("fashion_mnist", batch_size=128, seed=0)
train, validation, test = data
print(data.sizes, data.input_shape)

# %%
images, labels = next(iter(test))
figure, axes = plt.subplots(2, 8, figsize=(10, 3))
for image, label, axis in zip(images, labels, axes.flat):
    axis.imshow(image[..., 0], cmap="gray")
    axis.set_title(data.class_names[int(label)], fontsize=8)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## A teacher, and a narrower copy of it
#
# The teacher is an ordinary Keras model that ends in logits. `narrow` keeps its architecture and takes a share of its filters.

# %%
EPOCHS = 4


def compiled(model, steps, learning_rate=4e-3):
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(schedule), loss=loss, metrics=["accuracy"])
    return model


steps = EPOCHS * len(train)
teacher = kd.models.cifar_resnet(8, width=32, input_shape=data.input_shape, strides=2)
trained = compiled(teacher, steps).fit(
    train, validation_data=validation, epochs=EPOCHS, verbose=2, shuffle=False,
    callbacks=[kd.datasets.SetEpoch(train)],
)  # fmt: skip

# %%
student = kd.models.narrow(teacher, width=0.25, seed=1)
print(
    f"teacher {kd.footprint.parameters(teacher):,} parameters, student {kd.footprint.parameters(student):,}"
)

# %% [markdown]
# ## The control: the same student without a teacher
#
# Whatever distillation is worth shows only against the same student, the same epochs and the same batches.

# %%
control = kd.models.narrow(teacher, width=0.25, seed=1)
alone = compiled(control, steps).fit(
    train, validation_data=validation, epochs=EPOCHS, verbose=2, shuffle=False,
    callbacks=[kd.datasets.SetEpoch(train)],
)  # fmt: skip

# %% [markdown]
# ## Distillation
#
# `Distiller` is a `keras.Model`: `compile`, `fit`, callbacks and saving are what you know. The loss is
# `0.3 · labels + 0.7 · soft targets`; each term is a metric of its own.

# %%
distiller = kd.Distiller(
    teacher=teacher,
    student=student,
    distillation_losses=[kd.losses.SoftTargets(temperature=4.0)],
    student_loss_weight=0.3,
)
taught = compiled(distiller, steps).fit(train, validation_data=validation, epochs=EPOCHS, verbose=2)

# %%
plt.figure(figsize=(5, 3))
plt.plot(range(1, EPOCHS + 1), alone.history["val_accuracy"], "o-", label="control")
plt.plot(range(1, EPOCHS + 1), taught.history["val_accuracy"], "o-", label="distilled")
plt.xlabel("epoch"), plt.ylabel("validation accuracy"), plt.legend()
plt.show()

# %% [markdown]
# ## Three quarters of the weights go
#
# TF-MOT's polynomial schedule and mask update, on a Keras 3 model. The prepared model is an ordinary student, so the teacher goes on teaching
# it; no callback moves the step.

# %%
schedule = kd.compression.PolynomialDecay(
    initial_sparsity=0.0, final_sparsity=0.75, begin_step=0, end_step=len(train), frequency=10
)
prepared = kd.compression.prune_low_magnitude(distiller.student, pruning_schedule=schedule)
pruning = kd.Distiller(teacher, prepared, [kd.losses.SoftTargets(4.0)], student_loss_weight=0.3)
compiled(pruning, 3 * len(train)).fit(train, validation_data=validation, epochs=3, verbose=2)
pruned = kd.compression.strip_pruning(prepared)
print(f"{kd.footprint.sparsity(pruned):.1%} of the kernel weights are zero")

# %% [markdown]
# ## Eight bits, with the zeros kept
#
# Quantization-aware training: weights and activations are rounded to 8 bits in the forward pass, so the student learns to live with it. `calibrate` gives
# the ranges of the activations a start that fits.

# %%
int8_model = kd.compression.quantize_model(pruned, preserve_sparsity=True)
kd.compression.calibrate(int8_model, train.take(50), verbose=False)
quantization = kd.Distiller(
    teacher, int8_model, [kd.losses.SoftTargets(4.0)], student_loss_weight=0.3
)
tuned = compiled(quantization, 2 * len(train), 5e-4).fit(
    train, validation_data=validation, epochs=2, verbose=2
)

# %%
print(kd.compression.summary(int8_model))

# %% [markdown]
# ## The file, and the proof that it is the model
#
# Every artefact is run in the LiteRT interpreter and compared with the Keras model before it is handed over. An int8 file must
# choose the same class on 99 % of the samples, or there is no file.

# %%
images_to_compare = np.concatenate([x for x, _ in validation.take(4)])
folder = pathlib.Path(tempfile.mkdtemp())
artefact = kd.export.to_tflite(
    int8_model,
    folder / "student.tflite",
    recipe="int8",
    samples=images_to_compare,
)
print(artefact.parity)

# %% [markdown]
# ## How they hold up
#
# All models see the same corrupted bytes. Three corruptions and three severities keep this page quick; `"quick"` is all ten.

# %%
report = kd.robustness.evaluate(
    {"teacher": teacher, "control": control, "distilled": distiller.student, "int8": artefact},
    test,
    corruptions=["gaussian_noise", "contrast", "missing_patch"],
    severities=(1, 3, 5),
    baseline="teacher",
    seed=0,
    class_names=data.class_names,
    progress=False,
)
print(report.summary())

# %%
severities = (0, 1, 3, 5)
figure, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True)
for axis, corruption in zip(axes, ["gaussian_noise", "contrast", "missing_patch"]):
    for model in ["teacher", "control", "distilled", "int8"]:
        clean = [c.accuracy for c in report.cells if c.model == model and c.severity == 0]
        cells = [c for c in report.cells if c.model == model and c.corruption == corruption]
        axis.plot(
            severities,
            clean + [c.accuracy for c in sorted(cells, key=lambda c: c.severity)],
            "o-",
            label=model,
        )
    axis.set_title(corruption), axis.set_xlabel("severity")
axes[0].set_ylabel("accuracy"), axes[0].legend()
plt.show()

# %% [markdown]
# ## What this page cannot show
#
# Four epochs are too few for the teacher to show: here the distilled student need not be ahead of the control. The README quotes the demo,
# which trains longer and over three seeds.
#
# ## Next
#
# - `report.save("report/")` writes the page, the figures and the numbers.
# - `keras-distill demo` is this journey with proper training; `keras-distill init` starts it for a model and pictures of your own.
