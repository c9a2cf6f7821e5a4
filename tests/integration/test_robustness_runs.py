"""Whole measurements: the same numbers however they were come by."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import keras
import numpy as np
import pytest

from keras_distill import datasets
from keras_distill.export import to_tflite
from keras_distill.robustness import Report, evaluate

TIMES = ("created", "wall_seconds", "latency_ms_p50")
NAMES = ["gaussian_noise", "glass_blur", "snow", "contrast", "elastic_transform"]


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def pictures(number=90, side=28, channels=1, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (number, side, side, channels), np.uint8), np.arange(number) % 3


def tiny(seed, channels=1, side=28):
    keras.utils.set_random_seed(seed)
    layers = [
        keras.Input((side, side, channels)),
        keras.layers.AveragePooling2D(4),
        keras.layers.Flatten(),
        keras.layers.Dense(3),
    ]
    return keras.Sequential(layers)


@pytest.mark.slow
def test_batches_workers_and_processes_change_nothing(tmp_path):
    import tensorflow as tf

    images, labels = pictures()
    teacher, student = tiny(0), tiny(1)
    teacher.save(tmp_path / "teacher.keras")
    to_tflite(student, tmp_path / "student.tflite")
    models = {"teacher": tmp_path / "teacher.keras", "student": tmp_path / "student.tflite"}
    settings = {"corruptions": NAMES, "severities": (1, 4), "seed": 3, "progress": False}
    one = evaluate(models, (images, labels), workers=1, **settings)
    batched = tf.data.Dataset.from_tensor_slices((images / np.float32(255), labels)).batch(7)
    two = evaluate(models, batched, workers=4, **settings)
    assert without_times(one.document) == without_times(two.document)
    script = f"""
        import numpy as np
        import keras_distill as kd

        if __name__ == "__main__":
            images = np.random.default_rng(0).integers(0, 256, (90, 28, 28, 1), np.uint8)
            report = kd.robustness.evaluate(
                {{name: {str(tmp_path)!r} + "/" + name + end
                  for name, end in (("teacher", ".keras"), ("student", ".tflite"))}},
                (images, np.arange(90) % 3), {NAMES!r}, (1, 4), seed=3, progress=False,
            )
            report.save({str(tmp_path / "three")!r})
    """
    run(script, tmp_path)
    three = Report.load(tmp_path / "three" / "report.json")
    assert without_times(one.document) == without_times(three.document)


def run(script, folder, wait=True):
    file = folder / "script.py"
    file.write_text(textwrap.dedent(script), encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, str(file)], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    if wait:
        assert child.wait(timeout=240) == 0
    return child


@pytest.mark.slow
def test_killed_and_resumed_is_the_unbroken_run(tmp_path):
    script = f"""
        import pathlib, sys, time
        import numpy as np
        import keras_distill as kd
        from keras_distill.robustness.measuring import measured_data

        measured_data._EXAMPLES = 20
        folder = pathlib.Path({str(tmp_path)!r})

        def slow(images):
            with (folder / "calls.txt").open("a") as file:
                file.write("x")
            time.sleep(0.03)
            p = images.mean(axis=(1, 2))
            return np.concatenate([p, 1 - p, p * p], axis=1)

        if __name__ == "__main__":
            images = np.random.default_rng(0).integers(0, 256, (90, 28, 28, 1), np.uint8)
            kd.robustness.evaluate(
                {{"slow": slow, "same": lambda x: slow(x)[:, ::-1]}},
                (images, np.arange(90) % 3), {NAMES!r}, (1, 4), progress=False,
                folder=folder / "cells", workers=2,
                facts={{n: {{"latency_ms_p50": 1.0}} for n in ("slow", "same")}},
            ).save(folder / "report")
    """
    child = run(script, tmp_path, wait=False)
    calls = tmp_path / "calls.txt"
    while child.poll() is None and not (calls.exists() and calls.stat().st_size > 40):
        time.sleep(0.02)
    assert child.poll() is None, "It was too quick to be killed."
    child.send_signal(signal.SIGKILL)
    child.wait()
    before = calls.stat().st_size
    finished = {path: path.stat().st_mtime_ns for path in (tmp_path / "cells").glob("*.npz")}
    assert len(finished) > 5 and not (tmp_path / "report").exists()
    run(script, tmp_path)
    resumed = Report.load(tmp_path / "report" / "report.json")
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    again = calls.stat().st_size - before
    calls.unlink()
    for path in (tmp_path / "cells").iterdir():
        path.unlink()
    (tmp_path / "cells").rmdir()
    run(script, tmp_path)
    unbroken = Report.load(tmp_path / "report" / "report.json")
    assert without_times(resumed.document) == without_times(unbroken.document)
    # A call of two models for each finished part was spared.
    assert again <= calls.stat().st_size - 2 * len(finished)


def test_texts_end_to_end(tmp_path):
    words = ["good", "fine", "lovely", "dull", "poor", "awful"]
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    texts = np.array(
        [
            " ".join(["the film was", *rng.choice(words[:3] if y else words[3:], 3), "all in all"])
            for y in labels
        ]
    )

    def model(batch):
        share = [np.mean([w in text for w in words[:3]]) + 0.2 for text in batch.tolist()]
        bad = [np.mean([w in text for w in words[3:]]) + 0.2 for text in batch.tolist()]
        p = np.array([bad, share]).T
        return p / p.sum(axis=1, keepdims=True)

    report = evaluate({"words": model}, (texts, labels), "text", (1, 5), progress=False)
    document = report.document
    assert document["data"]["modality"] == "text" and document["data"]["image_shape"] is None
    assert len(document["suite"]["corruptions"]) == 11
    found = {(c.corruption, c.severity): c.accuracy for c in report.cells}
    assert found["clean", 0] == 1.0 and found["keyboard", 5] < 1.0
    assert any(frame["text"] for row in document["gallery"] for frame in row["frames"])
    page = report.save(tmp_path / "report") / "report.html"
    assert "texts" in page.read_text(encoding="utf-8")
    assert Report.load(tmp_path / "report" / "report.json").rows() == report.rows()


def test_a_keras_model_of_texts():
    vectorize = keras.layers.TextVectorization(max_tokens=20, output_mode="multi_hot")
    vectorize.adapt(np.array(["good film", "bad film"]))
    inputs = keras.Input((), dtype="string")
    outputs = keras.layers.Dense(2)(vectorize(inputs))
    data = np.array(["a good film", "a bad film"] * 5), np.arange(10) % 2
    report = evaluate({"a": keras.Model(inputs, outputs)}, data, ["case"], (3,), progress=False)
    assert [cell.n for cell in report.cells] == [10, 10]


def test_published_files_are_the_source(tmp_path):
    """The official builder, fed with arrays instead of the download."""
    tfds = pytest.importorskip("tensorflow_datasets")
    images, labels = pictures(60, 32, 3)
    darker = {"gaussian_noise_1": 2, "gaussian_noise_2": 3, "frosted_glass_blur_1": 4}
    for configuration, divisor in darker.items():
        builder = tfds.builder(f"cifar10_corrupted/{configuration}", data_dir=tmp_path)

        def examples(divisor=divisor):
            for i, (image, label) in enumerate(zip(images, labels, strict=True)):
                yield i, {"image": image // divisor, "label": int(label)}

        builder._split_generators = lambda _, examples=examples: {"test": examples()}
        builder.download_and_prepare()
    published = datasets.load_corrupted("cifar10_corrupted", data_dir=tmp_path)
    model = tiny(0, 3, 32)
    other = tiny(1, 3, 32)
    models = {"tiny": model, "other": other}
    report = evaluate(models, (images, labels), published, progress=False)
    suite = report.document["suite"]
    assert suite["source"] == "cifar10_corrupted 1.0.0 (TFDS)"
    assert suite["corruptions"] == ["gaussian_noise", "glass_blur"]
    found = {(c.corruption, c.severity): c.accuracy for c in report.cells if c.model == "tiny"}
    for (name, severity), divisor in {
        ("clean", 0): 1, ("gaussian_noise", 1): 2, ("gaussian_noise", 2): 3, ("glass_blur", 1): 4,
    }.items():  # fmt: skip
        seen = (images // divisor) / np.float32(255)
        expected = (model.predict(seen, verbose=0).argmax(1) == labels).mean()
        assert found[name, severity] == pytest.approx(expected), name
    # Flips are told by the numbers of the clean examples that were given.
    right = [
        each.predict(images / np.float32(255), verbose=0).argmax(1) == labels
        for each in (model, other)
    ]
    flips = report.comparisons[0]["flips"]
    assert sorted(flips["negative"]) == np.flatnonzero(right[0] & ~right[1]).tolist() != []
    # TFDS wrote them in an order of its own.
    assert report.document["data"]["paired"] is False
    page = (report.save(tmp_path / "report") / "report.html").read_text(encoding="utf-8")
    assert "cifar10_corrupted 1.0.0 (TFDS)" in page
