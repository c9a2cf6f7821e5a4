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
# # Losses and teachers
#
# Papers and code write distillation losses in ten slightly different ways, and a weight that is right for one is wrong by a factor of sixteen for
# another. This page puts the ten side by side, with values and gradients, shows how to convert a weight, and then uses them: several teachers, a
# teacher that is only an array of numbers, a teacher that ran once and is gone, and weights that change during training.

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
logging.getLogger("tensorflow").setLevel(
    logging.ERROR
)  # progress belongs on this page, tracing not

# %% [markdown]
# ## Ten formulas you will meet
#
# One example, five classes, temperature 4. The teacher is fairly sure of class 0, the student of class 1. `p` and `q` are their softened
# probabilities.

# %%
teacher = np.array([[6.0, 3.0, 1.0, 0.0, -2.0]], "float32")
student = np.array([[2.0, 4.0, 0.0, 1.0, -1.0]], "float32")
T = 4.0


def softmax(z):
    return keras.ops.softmax(z, axis=-1)


def log_softmax(z):
    return keras.ops.log_softmax(z, axis=-1)


def total(x):
    return keras.ops.sum(x, axis=-1)


formulas = {
    "T² · KL(p ‖ q)   kd.losses.SoftTargets": lambda t, s: kd.losses.SoftTargets(T)(t, s),
    "KL(p ‖ q), no T²": lambda t, s: total(
        softmax(t / T) * (log_softmax(t / T) - log_softmax(s / T))
    ),
    "T² · soft cross-entropy": lambda t, s: -(T**2) * total(softmax(t / T) * log_softmax(s / T)),
    "soft cross-entropy, no T²": lambda t, s: -total(softmax(t / T) * log_softmax(s / T)),
    "T² · KL(q ‖ p)   divergence='reverse_kl'": lambda t, s: kd.losses.SoftTargets(T, "reverse_kl")(
        t, s
    ),
    "½ Σ (z − z)²   kd.losses.LogitMatching": lambda t, s: kd.losses.LogitMatching()(t, s),
    "mean (z − z)²   'mse' on logits": lambda t, s: keras.ops.mean((t - s) ** 2, axis=-1),
    "hard labels   kd.losses.HardTeacherLabels": lambda t, s: kd.losses.HardTeacherLabels()(t, s),
    "entropy, rewarded   kd.losses.Entropy()": lambda t, s: kd.losses.Entropy()(t, s),
    "entropy, punished   Entropy('minimize')": lambda t, s: kd.losses.Entropy("minimize")(t, s),
}


def value_and_gradient(formula):
    s = tf.constant(student)
    with tf.GradientTape() as tape:
        tape.watch(s)
        value = formula(tf.constant(teacher), s)
    return float(value[0]), tape.gradient(value, s).numpy()[0]


rows = {name: value_and_gradient(formula) for name, formula in formulas.items()}
for name, (value, gradient) in rows.items():
    print(f"{name:44s} {value:8.3f}   " + " ".join(f"{each:+7.3f}" for each in gradient))

# %%
figure, axes = plt.subplots(2, 5, figsize=(14, 5), layout="constrained")
for axis, (name, (value, gradient)) in zip(axes.flat, rows.items()):
    axis.bar(
        range(5), -gradient, color=["tab:blue" if each < 0 else "tab:orange" for each in gradient]
    )
    axis.axhline(0, color="black", linewidth=0.8)
    axis.set_title(name.split("   ")[0] + f"\nvalue {value:.3f}", fontsize=10)
    axis.set_xticks(range(5), [f"class {i}" for i in range(5)], fontsize=7)
figure.suptitle("Where each loss pushes the student's five logits (minus the gradient)")
plt.show()

# %% [markdown]
# What to read from it:
#
# - **Cross-entropy and KL have the same gradient.** They differ by the teacher's entropy, which the student cannot change. KL has the merit of being 0
#   when the student has learnt everything.
# - **T² keeps the size of the gradient** when the temperature changes. Without it the term is weaker by T²: at T = 4 a weight of 0.9 acts like 0.056.
# - **Reverse KL** pushes where the *student* is, so it hardly moves classes that the student thinks impossible.
# - **Squared error on logits** is what soft targets tend to as T grows, times the number of classes. `mean` instead of `½ Σ` is another factor of
#   2 / classes; and a loss that does not centre the logits first spends itself on a constant that softmax ignores.
# - **Hard labels** say nothing about the other classes. **Entropy** does not look at the teacher at all.
#
# ## Converting a weight
#
# To keep a recipe's behaviour when you move to `kd.losses`, multiply its weight:
#
# | the recipe's term | times | becomes |
# |---|---|---|
# | KL or cross-entropy without T² | 1 / T² | `SoftTargets(T)` |
# | KL or cross-entropy with T² | 1 | `SoftTargets(T)` |
# | KL averaged over classes too (`reduction="mean"` of some frameworks) | 1 / classes | as the row it would be otherwise |
# | mean (z − z)² over classes | 2 / classes | `LogitMatching()`, up to the constant |
# | Σ (f − f)² over features | features | `FeatureHint` (which averages) |
#
# The label term is `student_loss_weight`, w in [0, 1], and the distillation terms share 1 − w. A recipe "labels + β · distillation" is
# `student_loss_weight=0.5` and `distillation_loss_weights=[β]`, at half the total: double the learning rate of a plain SGD, or leave Adam alone. Sums of
# squares beside means are the commonest trap:

# %%
rng = np.random.default_rng(0)
for width in (16, 64, 256):
    f, g = (rng.normal(size=(1, width)).astype("float32") for _ in "fg")
    hint = kd.losses.FeatureHint("t", "s", projection=False)
    print(
        f"{width:4d} features: averaged {float(hint(f, g)[0]):6.2f}   summed {float(((f - g) ** 2).sum()):7.2f}"
    )

# %% [markdown]
# ## Which method when
#
# | you have | begin with | why |
# |---|---|---|
# | a classifier | `SoftTargets(4)`, label weight 0.1 | one hyper-parameter, and hard to beat on a short budget |
# | a student whose logits stay small | `SoftTargets(2, standardize=True)` | size is not asked of it |
# | a teacher that is very sure | `DecoupledDistillation` | what it thinks of the other classes keeps its weight |
# | a much stronger teacher | `DIST` | correlations are easier to follow than probabilities |
# | a student with stages like the teacher's | `FeatureHint`, `AttentionTransfer` beside soft targets | the middle learns too |
# | features of any width, batches of 64 or more | `SimilarityPreservation`, `RelationalDistillation` | no projection, only relations |
# | a teacher that is often wrong | `TeacherConfidence(SoftTargets(), "entropy")` | it is believed where it is sure |
# | one sigmoid output, or tags | `BinarySoftTargets` | softmax of one number says nothing |
# | a regression head | `RegressionTargets(bounded=True)` | the teacher bounds, the label leads |
#
# README shows what these gave on one data set with one budget, a loss that lost to the labels alone among them.
#
# ## Data and two teachers
#
# Real Fashion-MNIST, the part carried inside the package. The teachers train for three epochs: enough to teach with, far from what they could be.

# %%
train, validation, test = kd.datasets.load("fashion_mnist", batch_size=128, seed=0)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network(width, name):
    inputs = x = keras.Input((28, 28, 1))
    for filters in (width, 2 * width):
        x = keras.layers.Conv2D(filters, 5, strides=2, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten(name="features")(x)
    return keras.Model(inputs, keras.layers.Dense(10, name="logits")(x), name=name)


def fitted(model, data, epochs=2, rate=3e-3):
    model.compile(keras.optimizers.Adam(rate), loss=cross_entropy)
    model.fit(data, epochs=epochs, verbose=0, shuffle=False)
    return model


def accuracy(model):
    right = [np.argmax(model(x, training=False), -1) == y for x, y in validation]
    return 100 * np.concatenate(right).mean()


teachers = []
for name, width in (("wide", 24), ("wider", 32)):
    keras.utils.set_random_seed(width)
    teachers.append(fitted(network(width, name), train, epochs=3))
    print(f"{name}: {accuracy(teachers[-1]):.1f} % of the validation images")

# %% [markdown]
# ## Several teachers, one student
#
# An `Ensemble` mixes *probabilities*, not logits: a member that shouts does not drown the others. Weights are equal, given, by confidence for each
# example, or learned on labelled examples that nobody was trained on.

# %%
x, y = (np.concatenate(part) for part in zip(*[(np.array(a), np.array(b)) for a, b in validation]))
ensemble = kd.teachers.Ensemble(teachers, weights="learned")
print("learned weights:", np.round(ensemble.learn_weights(x[:1000], y[:1000]), 2))
print(f"the ensemble: {accuracy(ensemble):.1f} %")

# %% [markdown]
# ## A teacher that ran once
#
# `precompute` runs the ensemble over the data once and keeps what it says, in float16, on disk; `attach` puts it beside the examples again,
# found by their content, so the order does not matter and other data is refused. Then the teacher can be deleted.

# %%
folder = pathlib.Path(tempfile.mkdtemp()) / "outputs"
precomputed = kd.teachers.precompute(ensemble, train, folder, verbose=False)
attached = kd.teachers.attach(train, folder)
print(f"{sum(f.stat().st_size for f in folder.rglob('*.npy')) / 1e3:.0f} kB for 10,000 images")


def distilled(teacher, data, seed=1, weight=0.1, losses=None, epochs=3):
    keras.utils.set_random_seed(seed)
    student = network(3, "student")
    losses = losses or kd.losses.SoftTargets(4.0)
    fitted(kd.Distiller(teacher, student, losses, student_loss_weight=weight), data, epochs, 1e-2)
    return student


results = {}
keras.utils.set_random_seed(1)
results["labels alone"] = accuracy(fitted(network(3, "student"), train, 3, 1e-2))
results["one teacher"] = accuracy(distilled(teachers[0], train))
results["the ensemble, precomputed"] = accuracy(distilled(precomputed, attached))

# %% [markdown]
# ## A teacher that is an array
#
# PyTorch logits from a `.npy` file, an ONNX model that ran elsewhere, the votes of annotators: an array with one row for each example is teacher
# enough. Here the array is read back from a file, as it would be, and the student never sees a label.

# %%
images, labels = (
    np.concatenate(part) for part in zip(*[(np.array(a), np.array(b)) for a, b in train])
)
np.save(folder / "somebody_elses_logits.npy", teachers[1].predict(images, verbose=0))

logits = np.load(folder / "somebody_elses_logits.npy")
data = tf.data.Dataset.from_tensor_slices(images).batch(128)  # in one order; no labels
data = kd.teachers.attach(data, kd.teachers.from_arrays(logits))
student = network(3, "student")
keras.utils.set_random_seed(1)
distiller = kd.Distiller(data.teacher, student, kd.losses.SoftTargets(4.0), student_loss_weight=0.0)
distiller.compile(keras.optimizers.Adam(1e-2))
distiller.fit(data, epochs=3, verbose=0)
results["an array, no labels"] = accuracy(student)

# %% [markdown]
# ## Weights and temperatures that change
#
# Every weight, and the temperature, may be a function of the step: `kd.schedules`, or any `keras.optimizers.schedules` object. It is evaluated on the
# optimizer's step inside the compiled step, so a change takes effect at once and not at the next trace.

# %%
steps = 3 * len(train)
temperature = kd.schedules.Linear(8.0, 2.0, steps)
weight = kd.schedules.Cosine(0.0, 0.5, steps)
results["schedules"] = accuracy(
    distilled(precomputed, attached, 1, weight, kd.losses.SoftTargets(temperature))
)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.2), layout="constrained")
left.plot([float(temperature(i)) for i in range(steps)], label="temperature")
left.plot([10 * float(weight(i)) for i in range(steps)], label="label weight × 10")
left.set_xlabel("step")
left.legend()
right.barh(list(results)[::-1], list(results.values())[::-1], color="tab:blue")
right.set_xlim(50, 90)
right.set_xlabel("accuracy on 2,000 validation images, % (one seed, three epochs)")
plt.show()

# %% [markdown]
# One seed and three epochs on a page that must be quick: the bars show that everything runs, not which is best. README's tables, with seeds and intervals,
# are for that.
#
# ## When you write your own loss
#
# Subclass `DistillationLoss`, return one value per example, and let `kd.testing.check_distillation_loss` look for what usually goes wrong: a gradient that
# dies where the student is very wrong, arithmetic in float16, a mean taken too early, a config that does not come back.


# %%
class AbsoluteLogits(kd.losses.ResponseLoss):
    """Mean absolute difference of the logits."""

    def call(self, teacher_outputs, student_outputs):
        t, s = self.logits(teacher_outputs, student_outputs)
        return self.per_example(keras.ops.mean(keras.ops.abs(t - s), axis=-1))


class ClippedKL(kd.losses.DistillationLoss):
    """What a first attempt often looks like."""

    def call(self, teacher_outputs, student_outputs):
        p = keras.ops.softmax(teacher_outputs)
        q = keras.ops.clip(keras.ops.softmax(student_outputs), 1e-7, 1.0)
        return keras.ops.sum(p * keras.ops.log(p / q), axis=-1)


kd.testing.check_distillation_loss(AbsoluteLogits())
try:
    kd.testing.check_distillation_loss(ClippedKL())
except ValueError as error:
    print(error)
