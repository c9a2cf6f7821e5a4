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
# # Several teachers, and the search for temperature and weight
#
# Two questions that every distillation raises. **Would several teachers teach better than the best of them?** And **which temperature, and how much weight
# for the labels?** This page answers both on small models, over three seeds and with a control, and shows at the end what came out on real sentences.
#
# The texts are made by a grammar and lie inside the package.

# %%
import csv
import logging
import os
import pathlib
import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image, Markdown

import keras_distill as kd

logging.getLogger("tensorflow").setLevel(logging.ERROR)
os.chdir(tempfile.mkdtemp())

data = kd.datasets.load("grammar_reviews", batch_size=64)
words = keras.layers.TextVectorization(output_sequence_length=30)
words.adapt(data.train.map(lambda texts, labels: texts))
train, validation, test = kd.datasets.tokenized(data, words)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
size = words.vocabulary_size()

# %% [markdown]
# ## Three teachers
#
# Two architectures, one of them with two seeds. Each is trained on the labels.


# %%
def trained(model, rate, epochs):
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    callbacks = [kd.datasets.SetEpoch(train)]
    model.fit(train, epochs=epochs, verbose=0, shuffle=False, callbacks=callbacks)
    return model


def accuracy(model, batches=test):
    hits = [np.argmax(model(x, training=False), -1) == y.numpy() for x, y in batches]
    return float(np.concatenate(hits).mean())


teachers = {}
for seed in (1, 2):
    keras.utils.set_random_seed(seed)
    lstm = kd.models.bilstm(size, 30, width=32, embedding_width=32, hidden_width=32)
    teachers[f"BiLSTM, seed {seed}"] = trained(lstm, 3e-3, 5)
keras.utils.set_random_seed(3)
teachers["CNN"] = trained(kd.models.text_cnn(size, 30), 1e-3, 6)
for name, model in teachers.items():
    print(f"{name}: validation {accuracy(model, validation):.3f}, test {accuracy(model):.3f}")

# %% [markdown]
# `Ensemble` mixes what they think probable. Its members may be fed differently (`inputs=[...]`, for tokenizers of their own), have other classes in another
# order (`class_maps`), and weigh more where they are surer (`weights="confidence"`).

# %%
ensemble = kd.teachers.Ensemble(list(teachers.values()))
print(f"all three: validation {accuracy(ensemble, validation):.3f}, test {accuracy(ensemble):.3f}")
best = max(teachers, key=lambda name: accuracy(teachers[name], validation))
print("best on validation:", best)

# %% [markdown]
# ## One student of each
#
# The student counts words and pairs of words: small, fast, and not able to learn everything. The teachers run **once**; their outputs lie on disk, and
# `attach` puts them beside the texts again, in whatever order these come.


# %%
def student(seed):
    keras.utils.set_random_seed(seed)
    return kd.models.bag_of_embeddings(size, 30, embedding_width=8, bigrams=2000)


def taught(teacher, seed, temperature=4.0, weight=0.5, folder="outputs"):
    made = kd.teachers.precompute(teacher, train, folder, verbose=False)
    model = kd.Distiller(
        made, student(seed), kd.losses.SoftTargets(temperature), student_loss_weight=weight
    )
    model.compile(keras.optimizers.Adam(3e-3), loss)
    model.fit(kd.teachers.attach(train, made), epochs=6, verbose=0)
    return model.student


SEEDS = (1, 2, 3)
arms = {"labels alone": [accuracy(trained(student(seed), 3e-3, 6)) for seed in SEEDS]}
for name, teacher in {f"best teacher: {best}": teachers[best], "all three": ensemble}.items():
    arms[name] = [accuracy(taught(teacher, seed, folder=name)) for seed in SEEDS]

figure, axis = plt.subplots(figsize=(7, 2.6), layout="constrained")
for place, (name, values) in enumerate(arms.items()):
    print(f"{name}: {100 * np.mean(values):.2f} ± {100 * np.std(values, ddof=1):.2f} %")
    axis.plot(100 * np.array(values), [place] * len(values), "o")
    axis.plot(100 * np.mean(values), place, "|", color="black", markersize=18)
axis.set_yticks(range(len(arms)), arms)
axis.set_ylim(-0.6, len(arms) - 0.4)
axis.set_xlabel("accuracy on 600 test reviews, %; a line is the mean of three seeds")
plt.show()

# %% [markdown]
# Three seeds of one small data set say little: look at how far the seeds of one arm lie apart before you believe in a difference. The table at the end has
# an interval for it.
#
# ## Which temperature, which weight?
#
# `HyperDistiller` is a `keras_tuner.HyperModel`: what is given as a pair is searched, what is given as a number is kept. The **default is the first
# trial**, so the best cannot be worse than it on the validation data. Nothing is chosen on test data.

# %%
made = kd.teachers.precompute(ensemble, train, "all three", verbose=False)
space = kd.search.HyperDistiller(
    made,
    lambda: student(1),
    temperature=(1.0, 20.0),
    student_loss_weight=(0.0, 1.0),
    learning_rate=3e-3,
)
result = kd.search.search(
    space,
    kd.teachers.attach(train, made),
    validation,
    method="bayesian",
    max_trials=12,
    epochs=6,
    directory="search",
)
result.save("search_result")
print("default:", space.default, "best:", result.best, f"gain on validation: {result.gain:.4f}")
Image("search_result/search.png")

# %% [markdown]
# Killed in the middle? The same call goes on; finished trials are not done again. And then the only fair question: default and best on the test data, with
# other seeds.

# %%
for name, point in {"default": space.default, "best of 12": result.best}.items():
    values = [
        accuracy(
            taught(
                ensemble,
                seed,
                point["temperature"],
                point["student_loss_weight"],
                folder="all three",
            )
        )
        for seed in SEEDS
    ]
    print(f"{name}: {100 * np.mean(values):.2f} ± {100 * np.std(values, ddof=1):.2f} %")

# %% [markdown]
# On several machines the same script is started once as chief and on each machine as a worker; KerasTuner reads who is who from three variables, and only
# the chief needs the folder (`benchmarks/search_on_several_machines.py`):
#
# ```bash
# KERASTUNER_TUNER_ID=chief   KERASTUNER_ORACLE_IP=10.0.0.1 KERASTUNER_ORACLE_PORT=8000 python search.py
# KERASTUNER_TUNER_ID=worker1 KERASTUNER_ORACLE_IP=10.0.0.1 KERASTUNER_ORACLE_PORT=8000 python search.py
# ```
#
# From a configuration it is `keras-distill search CONFIG.yaml`, which also writes the configuration with the values that it found.
#
# ## Real sentences
#
# SST-2, `benchmarks/text.py`: teachers are a fine-tuned MiniLM and two students of three layers that it taught; the student is a bag of embeddings with
# hashed pairs; three seeds.

# %%
benchmarks = next(
    folder / "benchmarks"
    for folder in pathlib.Path(kd.__file__).resolve().parents
    if (folder / "benchmarks" / "text_ensemble.csv").exists()
)


def table(name):
    with (benchmarks / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *body = csv.reader(file)
    return Markdown(
        "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body])
    )


table("text_ensemble")

# %% [markdown]
# The search there: 20 trials, judged on 2,000 sentences that neither training nor the two columns on the right contain.

# %%
display(Image(benchmarks / "text_search.png"))  # noqa: F821 (IPython's)
table("text_searched")
