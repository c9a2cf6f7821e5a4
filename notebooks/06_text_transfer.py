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
# # Text: from BERT to a student that fits
#
# A BERT is fine-tuned on labelled texts. A much smaller model learns from it, is fine-tuned itself, and becomes a file for the phone with its vocabulary
# beside it. Then everything is asked again in **misspelt** texts, since that is how people type.
#
# Two ways down, both on this page:
#
# - **(a)** into another kind of model, which reads other tokens than BERT does;
# - **(b)** into a BERT of fewer layers, which starts from its teacher's weights and looks at its hidden states and attention.
#
# The texts are made by a grammar and lie inside the package, so that this page runs in a few minutes and without a network; the BERT is small and begins
# untrained. At the end stand the figures of real reviews and of a pretrained MiniLM.

# %%
import csv
import logging
import os
import pathlib
import re
import tempfile

import keras
import keras_nlp  # KerasHub under its former name; `import keras_hub` is the same
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

import keras_distill as kd

keras.utils.set_random_seed(0)
logging.getLogger("tensorflow").setLevel(logging.ERROR)
os.chdir(tempfile.mkdtemp())

# %% [markdown]
# ## Texts
#
# Batches of strings and whole-number labels, in three splits. The clause that decides is sometimes negated, and another one may say the contrary: who
# counts words alone cannot know.

# %%
data = kd.datasets.load("grammar_reviews", batch_size=64)
print(data.sizes, data.class_names)
texts, labels = next(iter(data.train))
for text, label in zip(texts.numpy()[:4], labels.numpy(), strict=False):
    print(f"{data.class_names[label]:9}", text.decode())

# %% [markdown]
# ## The teacher, fine-tuned
#
# A KerasHub task takes strings: its preprocessor splits words into pieces. With a network or a folder at hand you would write
# `keras_nlp.models.BertTextClassifier.from_preset("bert_tiny_en_uncased", num_classes=2)`, or `kd.models.hugging_face_classifier(folder)` for a classifier
# that somebody else has fine-tuned, head included.
#
# This one begins untrained, and 3,000 texts do not take a transformer far (the BiLSTMs of notebook 07 get 88 %): pretraining is what makes BERTs good teachers. What
# this part of the page shows is the way; the figures that count stand at its end.

# %%
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
seen = [text.decode() for batch, _ in data.train for text in batch.numpy()]
words = sorted({word for text in seen for word in re.findall(r"\w+|[^\w\s]", text.lower())})
letters = sorted({letter for word in words for letter in word})
vocabulary = list(dict.fromkeys([*special, *letters, *(f"##{each}" for each in letters), *words]))

teacher = keras_nlp.models.BertTextClassifier(
    backbone=keras_nlp.models.BertBackbone(
        vocabulary_size=len(vocabulary),
        num_layers=2,
        num_heads=4,
        hidden_dim=64,
        intermediate_dim=128,
        max_sequence_length=28,
    ),
    num_classes=2,
    preprocessor=keras_nlp.models.BertTextClassifierPreprocessor(
        keras_nlp.tokenizers.BertTokenizer(vocabulary, lowercase=True), sequence_length=28
    ),
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
epochs, steps = 40, int(data.train.cardinality())
rate = keras.optimizers.schedules.CosineDecay(
    1e-5, epochs * steps, warmup_target=1e-3, warmup_steps=epochs * steps // 10
)
# Ids once, not in every epoch: the same layers without the preprocessor.
pieces = kd.datasets.tokenized(data, teacher.preprocessor)
reader = keras.Model(teacher.inputs, teacher.outputs)
reader.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
history = reader.fit(
    pieces.train, validation_data=pieces.validation, epochs=epochs, verbose=0, shuffle=False
).history

figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
for name in ("accuracy", "val_accuracy"):
    axis.plot(range(1, epochs + 1), [100 * value for value in history[name]], label=name)
axis.set_xlabel("epoch")
axis.set_ylabel("the teacher's accuracy, %")
axis.legend()
plt.show()

# %% [markdown]
# ## (a) Into a model that reads other tokens
#
# The student averages the embeddings of words and of pairs of neighbouring words: small, fast, and unable to see how far a negation reaches. `tokenized` turns every text into tokens **once for each model**, keeps them, and says what was cut
# off. A batch's x is then a dict, and `teacher_inputs` and `student_inputs` say who is fed which part.

# %%
student_words = keras.layers.TextVectorization(output_sequence_length=30)
student_words.adapt(data.train.map(lambda texts, labels: texts))
tokens = kd.datasets.tokenized(data, teacher=teacher.preprocessor, student=student_words)


def fresh_student(seed=1):
    keras.utils.set_random_seed(seed)
    return kd.models.bag_of_embeddings(
        student_words.vocabulary_size(), 30, embedding_width=16, bigrams=4000
    )


def accuracy(model, batches):
    return model.evaluate(batches, verbose=0, return_dict=True)["accuracy"]


distiller = kd.Distiller(
    teacher,
    fresh_student(),
    kd.losses.SoftTargets(temperature=2.0),
    student_loss_weight=0.5,
    teacher_inputs="teacher",
    student_inputs="student",
)
distiller.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy"])
history = distiller.fit(tokens.train, validation_data=tokens.validation, epochs=6, verbose=0)
print({name: round(values[-1], 3) for name, values in history.history.items()})

# %% [markdown]
# The control is the same network with the same initial weights, batches and epochs, without a teacher. The student is then **fine-tuned** on the labels
# alone, with a small learning rate; the control goes on for as long.

# %%
own = {
    split: getattr(tokens, split).map(lambda x, y: (x["student"], y))
    for split in ("train", "validation", "test")
}


def trained(model, epochs, rate):
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    model.fit(own["train"], epochs=epochs, verbose=0, shuffle=False)
    return model


control = trained(trained(fresh_student(), 6, 3e-3), 1, 3e-4)
distilled = keras.models.clone_model(distiller.student)
distilled.set_weights(distiller.student.get_weights())
tuned = trained(distiller.student, 1, 3e-4)
for model in (distilled,):
    model.compile(loss=loss, metrics=["accuracy"])
rows = {
    "control": (control, accuracy(control, own["test"])),
    "distilled": (distilled, accuracy(distilled, own["test"])),
    "distilled, then fine-tuned": (tuned, accuracy(tuned, own["test"])),
}
teachers = accuracy(reader, pieces.test)
print(f"teacher: {teachers:.3f}, {teacher.count_params():,} parameters")
for name, (model, value) in rows.items():
    print(f"{name}: {value:.3f}, {model.count_params():,} parameters")

# %% [markdown]
# ## (b) Into a BERT of fewer layers
#
# `fewer_layers` takes the last of the teacher's two layers, weights and all; `prune_vocabulary` leaves out the word pieces that the training
# texts do not hold. Beside the outputs the student is pulled towards the teacher's hidden states (`HiddenStates`) and its attention
# (`AttentionMaps`), layer by layer, named by path.

# %%
small = kd.models.prune_vocabulary(kd.models.fewer_layers(teacher, layers=[1]), seen)
print(f"{teacher.count_params():,} → {small.count_params():,} parameters")
both = kd.datasets.tokenized(
    data, verbose=False, teacher=teacher.preprocessor, student=small.preprocessor
)
layer = "bert_backbone/transformer_layer_{}"
pairs = {1: 0}
distiller = kd.Distiller(
    teacher,
    keras.Model(small.inputs, small.outputs),
    [
        kd.losses.SoftTargets(temperature=2.0),
        kd.losses.HiddenStates({layer.format(t): layer.format(s) for t, s in pairs.items()}),
        kd.losses.AttentionMaps(
            {
                f"{layer.format(t)}/self_attention_layer": f"{layer.format(s)}/self_attention_layer"
                for t, s in pairs.items()
            }
        ),
    ],
    distillation_loss_weights=[1.0, 0.1, 0.1],
    teacher_inputs="teacher",
    student_inputs="student",
)
distiller.compile(keras.optimizers.Adam(5e-4), loss, metrics=["accuracy"])
history = distiller.fit(both.train, epochs=10, verbose=0)
print({name: round(values[-1], 3) for name, values in history.history.items()})
small.compile(loss=loss, metrics=["accuracy"])
rows["one layer of BERT"] = (small, accuracy(small, data.test))
print(f"one layer: {rows['one layer of BERT'][1]:.3f}")

# %% [markdown]
# ## A file, and its vocabulary
#
# The file takes ids. How a text becomes ids stands in the manifest, and the words lie beside the file, one on a line: an app needs nothing else.

# %%
artefacts = {
    recipe: kd.export.to_tflite(
        tuned,
        f"student.{recipe}.tflite",
        recipe=recipe,
        samples=seen[:200],
        preprocessor=student_words,
        labels=data.class_names,
    )
    for recipe in ("float32", "dynamic_range")
}
for path in sorted(pathlib.Path().glob("student.*")):
    print(f"{path.name:45} {path.stat().st_size:>9,} bytes")
print(artefacts["dynamic_range"].parity)
artefacts["dynamic_range"].manifest["tokenization"]

# %% [markdown]
# ## Misspelt
#
# `evaluate` hands the same texts to every model, each by its own preprocessor (the file by its manifest). `keyboard` hits neighbouring keys.

# %%
models = {
    "teacher": teacher,
    "control": kd.predictors.load(control, preprocessor=student_words),
    "fine-tuned": kd.predictors.load(tuned, preprocessor=student_words),
    "one layer": small,
    "file": artefacts["dynamic_range"],
}
report = kd.robustness.evaluate(
    models,
    data.test,
    corruptions=["keyboard", "delete", "transpose"],
    baseline="teacher",
    class_names=data.class_names,
    facts={name: {"latency_ms_p50": None, "macs": None} for name in models},
    progress=False,
)
figure, axis = plt.subplots(figsize=(7, 4), layout="constrained")
for name in models:
    cells = report.correct[name]
    means = cells[1:].reshape(3, 5, -1).mean(axis=(0, 2))
    axis.plot(range(6), 100 * np.array([cells[0].mean(), *means]), marker="o", label=name)
axis.set_xticks(range(6), ["clean", 1, 2, 3, 4, 5])
axis.set_xlabel("severity of the misspelling")
axis.set_ylabel("accuracy on 600 test reviews, %")
axis.legend()
plt.show()

# %% [markdown]
# Neither kind of token is safe: a misspelt word is unknown to a model of words, and falls into pieces that mean something else for one of word pieces.
#
# Precision, recall and F1 for each class stand in the report (`report.save("report/")` writes the page):

# %%
print(report.summary())

# %% [markdown]
# ## Real reviews, and a MiniLM that was pretrained
#
# `benchmarks/text.py` on two cores; three seeds, the last step, the same budget for the control. SST-2 first. `phrases` sees, for the same number of steps,
# 45,349 further phrases without labels, of which the teacher alone says something.

# %%
benchmarks = next(
    folder / "benchmarks"
    for folder in pathlib.Path(kd.__file__).resolve().parents
    if (folder / "benchmarks" / "text_sst2.csv").exists()
)


def table(name):
    with (benchmarks / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *body = csv.reader(file)
    return Markdown(
        "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body])
    )


table("text_sst2")

# %% [markdown]
# IMDB, the official split; the teacher saw 5,000 of the 25,000 training reviews:

# %%
table("text_imdb")

# %% [markdown]
# As files, and misspelt (mean over four ways of misspelling):

# %%
display(table("text_export"))  # noqa: F821 (IPython's)
table("text_typos")

# %% [markdown]
# ## The same from one file
#
# `keras-distill run reviews.yaml` walks these stages, each of which may be left out, and goes on where it was broken off:
#
# ```yaml
# recipe: transfer
# output: runs/reviews
# data: {name: reviews.tsv, sequence_length: 64}    # label<TAB>text
# teachers:
#   - {preset: bert_tiny_en_uncased, epochs: 2, learning_rate: 5.0e-5}
# student: {layers: [0], prune_vocabulary: true}    # or {architecture: bilstm}
# distillation: {epochs: 4, learning_rate: 0.001, temperature: 2.0, student_loss_weight: 0.5}
# fine_tuning: {epochs: 1, learning_rate: 0.0001}
# recipes: [float32, dynamic_range]
# robustness: {corruptions: text}
# ```
