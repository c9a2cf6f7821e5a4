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
# # On the phone
#
# A mobile developer gets one file. This page makes that file, asks it whether it is still the model that was trained, and finds out what went wrong
# when it is not: **one channel that is much wider than the others can ruin eight bits**, without changing the float model at all. Then it measures what
# the file costs, and runs it without TensorFlow, as an app would.
#
# Real Fashion-MNIST, the part carried inside the package. The network is small and trains for a minute's fraction; this page is about the file.

# %%
import logging
import pathlib
import subprocess
import sys
import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import keras_distill as kd

keras.utils.set_random_seed(0)
logging.getLogger("tensorflow").setLevel(logging.ERROR)

# %%
data = kd.datasets.load("fashion_mnist", batch_size=128, seed=0)
train, validation, test = data
x, y = (np.concatenate(part) for part in zip(*[(np.array(a), np.array(b)) for a, b in validation]))
seen = np.concatenate([np.array(images) for images, _ in train.take(4)])
folder = pathlib.Path(tempfile.mkdtemp())


def convolution(filters, strides, name):
    return keras.layers.Conv2D(
        filters, 3, strides=strides, padding="same", activation="relu", name=name
    )


student = keras.Sequential(
    [
        keras.Input(data.input_shape),
        convolution(16, 1, "stem"),
        convolution(32, 2, "stage_1"),
        convolution(32, 1, "stage_2"),
        convolution(64, 2, "stage_3"),
        keras.layers.GlobalAveragePooling2D(name="mean"),
        keras.layers.Dense(10, name="logits"),
    ],
    name="student",
)
student.compile(
    keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
student.fit(train, epochs=3, verbose=0, shuffle=False, callbacks=[kd.datasets.SetEpoch(train)])


def accuracy(model):
    return float(np.mean(np.argmax(kd.predictors.load(model).predict(x), -1) == y))


print(f"the student: {accuracy(student):.1%} of {len(x)} validation images")

# %% [markdown]
# ## Ways to write it down
#
# Each file is converted in a child process, run in LiteRT, and compared with the Keras model on real images before it is handed over. `dynamic_range`
# rounds the kernels only. `int8` computes in integers, so it needs to see a few hundred training images to know how large the numbers inside get.
# (`float16` and `int16x8` are the other two.)

# %%
recipes = ("float32", "dynamic_range", "int8")
files = {}
for recipe in recipes:
    calibration = seen if recipe == "int8" else None
    files[recipe] = kd.export.to_tflite(
        student, folder / f"{recipe}.tflite", recipe, calibration_data=calibration, samples=x[:500]
    )
    parity = files[recipe].parity
    raw, packed = kd.footprint.file_bytes(files[recipe])
    print(
        f"{recipe:14s} {raw / 1024:6.1f} kB  accuracy {accuracy(files[recipe]):.1%}  same choice as "
        f"the model {parity.agreement:.1%}  signal to noise {parity.signal_to_noise_db:5.1f} dB"
    )

# %% [markdown]
# ## One wide channel
#
# Now the accident. A ReLU does not care about scale: multiply one channel of `stage_1` by a thousand, divide what `stage_2` reads from it by a thousand,
# and every answer stays the same. Trained networks drift towards this by themselves, through BatchNormalization's scales most often.
# Here it is made by hand, so that the culprit is known.

# %%
lopsided = keras.models.clone_model(student)
lopsided.set_weights(student.get_weights())
first, second = lopsided.get_layer("stage_1"), lopsided.get_layer("stage_2")
channel = int(np.argmax(np.abs(first.kernel.numpy()).sum((0, 1, 2))))
kernel, bias = first.get_weights()
kernel[..., channel] *= 1000
bias[channel] *= 1000
first.set_weights([kernel, bias])
kernel, bias = second.get_weights()
kernel[:, :, channel] /= 1000
second.set_weights([kernel, bias])

difference = np.abs(lopsided.predict(x, verbose=0) - student.predict(x, verbose=0)).max()
print(f"largest difference of an output of the float models: {difference:.1g}")

# %% [markdown]
# In eight bits all channels of an activation share one scale. The wide one gets it; the rest have to live in its last step. The export would notice, and hand
# over nothing but an error with the figures. To look at the file it is let through on purpose:

# %%
bad = kd.export.to_tflite(
    lopsided,
    folder / "bad.tflite",
    "int8",
    calibration_data=seen,
    samples=x[:500],
    minimum_agreement=0.0,
)
print(bad.parity)

# %% [markdown]
# ## Which layer was it?
#
# `diagnose` runs every operator by itself, in integers and in float, and carries what it alone does wrong to the end of the float network. Then it looks for the
# fewest layers that would mend the file, exports it so, and measures.

# %%
found = kd.export.diagnose(lopsided, bad, x[:200])
print(found)

# %% [markdown]
# Two columns tell two stories. *own* is the layer's own signal to noise, what debuggers usually show: `stage_1` looks fine, because its one wide channel is
# nearly all of its signal. *answer* is what its rounding alone leaves of the network's output.

# %%
found.plot()
plt.show()

# %% [markdown]
# The black line stays high until the damage is read, and is low everywhere after it: by that line alone, one would blame the innocent layers behind. The bars hang down
# to what a layer alone leaves of the answer, and point at the place where it happens. Both the layer that writes the wide channel and the one that reads it have to be in float: what lies between them is rounded as long as
# one of them is not.
#
# ## Mended

# %%
mended = kd.export.to_tflite(
    lopsided,
    folder / "mended.tflite",
    "int8",
    calibration_data=seen,
    samples=x[:500],
    keep_float=found.keep_float,
)
rows = {"int8, before the accident": files["int8"], "lopsided": bad, "and kept in float": mended}
figure, axes = plt.subplots(1, 2, figsize=(10, 2.2), sharey=True, layout="constrained")
values = [accuracy(file) for file in rows.values()]
axes[0].bar_label(axes[0].barh(list(rows), values), [f"{v:.1%}" for v in values], padding=3)
axes[0].set(title="accuracy", xlim=(0, 1.15))
values = [kd.footprint.file_bytes(file)[0] / 1024 for file in rows.values()]
axes[1].bar_label(axes[1].barh(list(rows), values), [f"{v:.0f} kB" for v in values], padding=3)
axes[1].set(title="size", xlim=(0, 1.2 * max(values)))
axes[0].invert_yaxis()
plt.show()

# %% [markdown]
# Float layers cost bytes, and time: there is no free repair. Where the network can be changed, evening out the channels before the export, or training with
# fake quantization, keeps all of it in eight bits.
#
# ## What it costs to run
#
# In a process of its own, without TensorFlow, the files take turns, and the ratio to the first is taken within rounds; so a machine that is busy for a
# moment is busy for all. These are this machine's figures, not a phone's; `export/android/benchmark.md` says how to get those.

# %%
timed = kd.footprint.compare_latency(
    {"float32": files["float32"], "int8": files["int8"], "mended": mended}, runs=100, loads=1
)
for row in timed.to_dict()["rows"]:
    low, high = row["ratio_interval"] or (1, 1)
    print(
        f"{row['name']:8s} median {row['latency_ms_p50']:.3f} ms, {row['ratio'] or 1:.2f} of float32's "
        f"(95 % interval {low:.2f} to {high:.2f}), opens in {row['load_ms']:.1f} ms"
    )

# %% [markdown]
# ## For the app
#
# The app has pixels: bytes from 0 to 255. With `preprocess="include"` the division by 255 goes into the file, and with `labels` the names do, so that nothing
# has to be agreed on by mail.

# %%
names = ["T-shirt", "trousers", "pullover", "dress", "coat"]
names += ["sandal", "shirt", "sneaker", "bag", "ankle boot"]
shipped = kd.export.to_tflite(
    student,
    folder / "clothes.tflite",
    "int8",
    calibration_data=np.rint(seen * 255),
    samples=np.rint(x[:500] * 255),
    input="uint8",
    preprocess="include",
    output="probabilities",
    labels=names,
    licence="MIT",
    version="1.0",
)
print(shipped.parity)
print(sorted(path.name for path in folder.glob("clothes*")))

# %% [markdown]
# A stand-in for the phone: a process that knows LiteRT and NumPy, and for which TensorFlow and Keras cannot be imported. First eight stored examples, whose
# answers lie beside the file (`clothes.tflite.golden.json`, which the app's own test reads too), then a picture.

# %%
picture = folder / "picture.png"
Image.fromarray(np.rint(x[0, ..., 0] * 255).astype("uint8")).save(picture)
consumer = pathlib.Path("..") / "export" / "python" / "classify.py"
without = (
    "import runpy, sys; sys.modules.update(tensorflow=None, keras=None, keras_distill=None); "
    "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
for arguments in (["--check"], [str(picture)]):
    command = [sys.executable, "-c", without, str(consumer), str(shipped.path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout or done.stderr)

plt.figure(figsize=(1.6, 1.6))
plt.imshow(x[0, ..., 0], cmap="gray")
plt.title(f"it is: {names[y[0]]}", fontsize=9)
plt.axis("off")
plt.show()

# %% [markdown]
# What is in a file can always be asked of the file itself:

# %%
told = kd.export.describe(shipped)
print(told["bytes"], "bytes,", told["operators"])
for end in (*told["inputs"], *told["outputs"]):
    print(end["name"], end["shape"], end["dtype"], end["scale"], end["zero_point"])

# %% [markdown]
# Eight bits went well here, went badly for a reason that no accuracy figure tells, and were mended by two names. The same questions come up with each model: is the file the
# model (`parity`), and if not, where does it stop being it (`diagnose`).
