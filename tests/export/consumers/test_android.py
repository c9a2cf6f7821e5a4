"""export/android/*.kt, compiled, and run on the JVM with the real LiteRT behind it.

Android's classes and the interface of LiteRT's Interpreter are stand-ins (android/stubs, which
have the methods used and no more). Behind the Interpreter a Python process runs the file, so
memory, byte order, quantization and labels are those of a phone. What no test here can see is
Android's own bitmap scaling, and the kernels of a phone: for those ship ClassifierGoldenTest.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent / "android"
SOURCES = pathlib.Path(__file__).resolve().parents[3] / "export" / "android"
JARS = [
    pathlib.Path("/usr/share/java", f"{name}.jar")
    for name in ("junit4", "hamcrest", "com.android.json", "kotlin-stdlib", "kotlin-stdlib-jdk7")
]
# Compiling takes ten seconds, and a compiler is not on every machine.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        not (shutil.which("kotlinc") and shutil.which("javac") and all(j.exists() for j in JARS)),
        reason="There is no Kotlin compiler here (or JUnit, or Android's JSON): on Debian "
        "`apt-get install kotlin junit4 libandroid-json-java default-jdk-headless`.",
    ),
]
NAMES = ["red", "green", "blue"]


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """The class path of the stand-ins, the app's code and the tests, all compiled."""
    out = tmp_path_factory.mktemp("classes")
    subprocess.run(
        ["javac", "-Xlint:all", "-Werror", "-d", out / "stubs", *HERE.rglob("*.java")], check=True
    )
    given = ":".join(map(str, [out / "stubs", *JARS]))
    sources = [*SOURCES.glob("*.kt"), *HERE.glob("*.kt")]
    done = subprocess.run(
        ["kotlinc", *sources, "-cp", given, "-d", out / "app"], capture_output=True, text=True
    )
    complaints = [line for line in done.stderr.splitlines() if ".kt:" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr
    return f"{out / 'app'}:{given}"


def junit(classes, assets, *names):
    """Exit code and output of some of the Kotlin tests."""
    command = ["java", "-cp", classes, f"-Dassets={assets}", f"-Dpython={sys.executable}"]
    command += [f"-Dserver={HERE / 'serve_litert.py'}", "org.junit.runner.JUnitCore"]
    command += [f"com.example.classifier.{name}" for name in names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout


def with_zip(path, **files):
    with zipfile.ZipFile(path, "a") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)


def test_tensors_and_golden_vectors(classes, tmp_path):
    code, said = junit(classes, tmp_path, "TensorFormatTest", "GoldenVectorsTest")
    assert code == 0 and "OK (12 tests)" in said, said


def test_labels(classes, tmp_path):
    noise = np.random.default_rng(1).bytes(100_000)
    (tmp_path / "labels_behind.bin").write_bytes(noise)
    with_zip(tmp_path / "labels_behind.bin", labels="Hemd\nSchuh mit Öse\n包\n")
    (tmp_path / "several.bin").write_bytes(noise)
    with_zip(tmp_path / "several.bin", labels_age="one\ntwo\n", labels_sex="x\ny\n")
    with zipfile.ZipFile(tmp_path / "several.bin", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("other.txt", "a\n")
        archive.comment = b"with a comment"
    with_zip(tmp_path / "alone.zip", labels="own start\n")
    (tmp_path / "glued.bin").write_bytes(noise + (tmp_path / "alone.zip").read_bytes())
    # The mark of a zip's end in the middle of the numbers.
    (tmp_path / "no_zip.bin").write_bytes(noise + b"PK\x05\x06" + noise[:500])
    (tmp_path / "short.bin").write_bytes(b"TFL3")
    code, said = junit(classes, tmp_path, "LabelsTest")
    assert code == 0 and "OK (4 tests)" in said, said


def convert(function, inputs, path, io=None):
    """A `.tflite` file of a TensorFlow function with named inputs and outputs."""
    import tensorflow as tf

    specs = {
        name: tf.TensorSpec((1, *values.shape[1:]), values.dtype, name=name)
        for name, values in inputs.items()
    }
    module = tf.Module()
    module.run = tf.function(function).get_concrete_function(**specs)
    folder = str(path.with_suffix(""))
    tf.saved_model.save(module, folder, signatures={"serving_default": module.run})
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if io is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: [
            {name: values[i : i + 1] for name, values in inputs.items()} for i in range(20)
        ]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = io
    path.write_bytes(converter.convert())


def colours(channels, seed, probabilities=False, brightest=1.0):
    """A small network whose answer depends on where a colour is."""
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    kernel = tf.constant(rng.normal(size=(3, 2, channels, 4)), tf.float32)
    dense = tf.constant(rng.normal(size=(4, 3)) * 2, tf.float32)

    def network(image):
        image = tf.cast(image, tf.float32) / brightest
        seen = tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(image, kernel, 2, "SAME")), (1, 2))
        logits = seen @ dense
        return {"output": tf.nn.softmax(logits) if probabilities else logits}

    return network


def litert(path, raw):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(source["index"], raw[None].astype(source["dtype"]))
    interpreter.invoke()
    scale, zero_point = target["quantization"]
    outputs = interpreter.get_tensor(target["index"])[0].astype("float64")
    return (outputs - zero_point) * scale if scale else outputs


def case(path, image, raw, *, mean=(0,), std=(255,), logits=False, labels=NAMES):
    """What ClassifierTest is to see: a picture `(height, width, 3)` and its scores."""
    red, green, blue = np.moveaxis(image.astype("int64"), -1, 0)
    scores = litert(path, raw)
    if logits:
        scores = np.exp(scores) / np.exp(scores).sum()
    return {
        "model": path.name,
        "pixels": (0xFF << 24 | red << 16 | green << 8 | blue).ravel().tolist(),
        "height": image.shape[0],
        "width": image.shape[1],
        "mean": list(mean),
        "std": list(std),
        "logits": logits,
        "labels": labels,
        "scores": scores.tolist(),
    }


def test_pictures_through_real_files(classes, tmp_path):
    import tensorflow as tf

    rng = np.random.default_rng(2)
    image = rng.integers(0, 256, (5, 6, 3)).astype("uint8")
    data = {"image": rng.uniform(size=(20, 5, 6, 3)).astype("float32")}
    # The whole range is there, so the scale is 1/255 and a pixel is its own byte.
    data["image"][:, 0, 0, 0], data["image"][:, 0, 1, 0] = 0, 1
    bright = {"image": data["image"] * 255}
    for name, given, io in (
        ("float32", data, None),
        ("int8", data, tf.int8),
        ("uint8", data, tf.uint8),
        ("pixels", bright, tf.uint8),
        ("bytes", {"image": bright["image"].astype("uint8")}, None),
    ):
        brightest = 255.0 if name in ("pixels", "bytes") else 1.0
        network = colours(3, 3, brightest=brightest)
        convert(network, given, tmp_path / f"{name}.tflite", io)
        with_zip(tmp_path / f"{name}.tflite", labels="".join(f"{n}\n" for n in NAMES))
    convert(colours(1, 4, True, 255.0), {"image": data["image"][..., :1]}, tmp_path / "grey.tflite")
    unit = image / np.float32(255)
    mean, std = np.float32([120, 110, 100]), np.float32([60, 50, 40])
    # ITU-R 601: what `convert("L")` is documented to give, to the nearest whole number.
    from PIL import Image

    grey = np.asarray(Image.fromarray(image).convert("L"))[..., None]
    paths = {path.stem: path for path in tmp_path.glob("*.tflite")}
    cases = [
        case(paths["float32"], image, unit, logits=True),
        case(paths["int8"], image, image.astype("int64") - 128, logits=True),
        case(paths["uint8"], image, image, logits=True),
        # Scale 1, as after preprocess="include", and no scale: the pixels, whatever mean and std.
        case(paths["pixels"], image, image, mean=[9.0], std=[7.0], logits=True),
        case(paths["bytes"], image, image, mean=[9.0], std=[7.0], logits=True),
        case(paths["float32"], image, (image - mean) / std, mean=mean.tolist(), std=std.tolist()),
        case(paths["float32"], image.repeat(2, 0).repeat(3, 1), unit, logits=True),
        case(
            paths["grey"], image, grey, mean=[0], std=[1], labels=[f"class {i}" for i in range(3)]
        ),
    ]
    # No two scores alike, or the order of the labels would be nobody's.
    assert np.diff(np.sort([c["scores"] for c in cases], axis=1), axis=1).min() > 1e-3
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    two_inputs_and_outputs(tmp_path / "two.tflite")
    flat = {"image": np.zeros((1, 4), "float32")}
    convert(lambda image: {"output": image * 2.0}, flat, tmp_path / "flat.tflite")
    shutil.copy(tmp_path / "grey.tflite", tmp_path / "two_labels.tflite")
    with_zip(tmp_path / "two_labels.tflite", labels="a\nb\n")
    code, said = junit(classes, tmp_path, "ClassifierTest")
    assert code == 0 and "OK (4 tests)" in said, said


def two_inputs_and_outputs(path):
    """The file, its inputs and what it gave for them: by names whose order is not the file's."""
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    rng = np.random.default_rng(5)
    table = tf.constant(rng.normal(size=(9, 3)), tf.float32)
    inputs = {
        "words": rng.integers(0, 9, (8, 4)).astype("int32"),
        "age": rng.uniform(size=(8, 1)).astype("float32"),
    }

    def network(words, age):
        mean = tf.reduce_mean(tf.gather(table, words), 1) + age
        return {"scores": mean, "choice": tf.argmax(mean, 1, tf.int32)}

    convert(network, inputs, path)
    run = Interpreter(model_path=str(path)).get_signature_runner("serving_default")
    rows = [run(**{name: values[i : i + 1] for name, values in inputs.items()}) for i in range(8)]
    outputs = {name: np.concatenate([row[name] for row in rows]) for name in ("scores", "choice")}
    return inputs, outputs


def part(name, values):
    rows = values.reshape(len(values), -1).tolist()
    shape, dtype = list(values.shape[1:]), values.dtype.name
    return {"name": name, "dtype": dtype, "shape": shape, "values": rows}


def golden_run(classes, assets):
    return junit(classes, assets, "ClassifierGoldenTest")


@pytest.mark.parametrize("which", ["int8_artefact", "float_artefact"])
def test_golden_vectors_of_an_artefact(which, classes, request, tmp_path):
    path = request.getfixturevalue(which).path
    shutil.copy(path, tmp_path / "student.tflite")
    page = json.loads(path.with_name(f"{path.name}.golden.json").read_text())
    (tmp_path / "student.tflite.golden.json").write_text(json.dumps(page))
    code, said = golden_run(classes, tmp_path)
    assert code == 0 and "OK (1 test)" in said, said
    page["outputs"][0]["values"][6][1] += 4 * page["outputs"][0]["tolerance"]
    (tmp_path / "student.tflite.golden.json").write_text(json.dumps(page))
    code, said = golden_run(classes, tmp_path)
    assert code == 1 and "Example 6: the output 'output' is off by" in said, said


def test_golden_vectors_of_several_inputs_and_outputs(classes, tmp_path):
    inputs, outputs = two_inputs_and_outputs(tmp_path / "student.tflite")
    page = {
        "format": 2,
        "inputs": [part(name, values) for name, values in inputs.items()],
        "outputs": [part(n, v) | {"tolerance": 1e-6} for n, v in outputs.items()],
    }
    (tmp_path / "student.tflite.golden.json").write_text(json.dumps(page))
    code, said = golden_run(classes, tmp_path)
    assert code == 0 and "OK (1 test)" in said, said
    page["inputs"][0]["values"][3][0] ^= 1
    (tmp_path / "student.tflite.golden.json").write_text(json.dumps(page))
    code, said = golden_run(classes, tmp_path)
    assert code == 1 and "Example 3: the output 'scores' is off by" in said, said
