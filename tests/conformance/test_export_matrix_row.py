"""A row of the export matrix: what it measures and what judges it."""

import csv
import dataclasses
import importlib.util
import json
import pathlib
import types

import keras
import numpy as np
import pytest

import keras_distill as kd

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"
spec = importlib.util.spec_from_file_location(
    "export_matrix_row", BENCHMARKS / "export_matrix_row.py"
)
matrix_row = importlib.util.module_from_spec(spec)
spec.loader.exec_module(matrix_row)
with (BENCHMARKS / "export_matrix.csv").open(encoding="utf-8", newline="") as file:
    COLUMNS = set(next(csv.reader(file)))


def architecture_of(name, family, weights="random", **more):
    """An `Architecture` as far as a row looks at it."""
    return types.SimpleNamespace(
        name=name, family=family, weights=weights, keep_float=(), preprocess=None, **more
    )


def test_what_varies_is_less_the_mean_over_the_examples():
    rng = np.random.default_rng(0)
    varying, noise = rng.normal(size=(2, 500, 4))
    expected = {"output": 1000 + varying}
    received = {"output": 1000 + varying + 0.1 * noise}
    assert matrix_row.varying(expected, received) == pytest.approx(20, abs=0.3)
    # Parity's own figure is flattered by the constant; a file of that constant alone has 0 dB.
    assert kd.export.Parity.measure(expected, received, "samples").signal_to_noise_db > 75
    constant = {"output": np.broadcast_to(expected["output"].mean(0), (500, 4))}
    assert matrix_row.varying(expected, constant) == pytest.approx(0, abs=1e-6)
    # A constant that is off is noise, and the worst of several outputs counts.
    shifted = {"output": expected["output"] + 1}
    assert matrix_row.varying(expected, shifted) == pytest.approx(0, abs=0.3)
    assert matrix_row.varying(
        expected | {"other": varying}, received | {"other": varying + noise}
    ) == pytest.approx(0, abs=0.3)
    dead = {"output": np.ones((5, 2))}
    assert matrix_row.varying(dead, dead) == -200
    assert matrix_row.varying(expected, {"output": np.full((500, 4), np.nan)}) == -200
    assert matrix_row.varying(expected, expected) == 200


def test_rounded_kernels_are_those_of_a_file_and_are_given_back():
    inputs = keras.Input((6, 6, 2))
    depthwise = keras.layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False)
    head = keras.layers.Dense(3)
    model = keras.Model(inputs, head(keras.layers.Flatten()(depthwise(inputs))))
    before = model.get_weights()
    x = np.random.default_rng(0).normal(size=(5, 6, 6, 2)).astype("float32")
    received = matrix_row.with_rounded_kernels(model, {"input": x})["output"]
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    # By hand: 127 steps to the largest of each channel.
    steps = np.abs(before[0]).reshape(9, 4).max(0).reshape(2, 2) / 127
    depthwise.kernel.assign(np.round(before[0] / steps) * steps)
    steps = np.abs(before[1]).max(0) / 127
    head.kernel.assign(np.round(before[1] / steps) * steps)
    np.testing.assert_allclose(received, np.asarray(model(x)), atol=1e-6)
    assert np.abs(received).max() > 0.1


def judge(recipe="int8", weights="random", family="cnn", layers=9, noise=0.0, decibels=20.0, **out):
    expected = out or {"output": np.eye(100)}
    received = {name: values[::-1] if noise == 1 else values for name, values in expected.items()}
    received = {name: values + noise * 1.0 for name, values in received.items()}
    parity = kd.export.Parity.measure(expected, received, "samples")
    parity = dataclasses.replace(parity, signal_to_noise_db=decibels)
    architecture = architecture_of("a", family, weights)
    return matrix_row.judged(architecture, recipe, layers, parity, expected)


def test_what_judges_a_file():
    assert judge() == ("signal_to_noise", 20.0, 15.0, True)
    assert judge(decibels=14.9) == ("signal_to_noise", 14.9, 15.0, False)
    assert judge(weights="trained") == ("agreement", 100.0, 99.0, True)
    by, value, _, passes = judge(weights="trained", noise=1, decibels=50.0)
    assert (by, passes) == ("agreement", False) and value < 99
    # An output of one number has no choice of class.
    one = {"output": np.arange(100.0)[:, None]}
    assert judge(weights="trained", decibels=14.0, **one) == ("signal_to_noise", 14.0, 15.0, False)
    both = one | {"classes": np.eye(100)}
    assert judge(weights="trained", **both)[0] == "agreement"
    assert judge(weights="trained", decibels=14.0, **both)[0] == "signal_to_noise"
    assert judge("float32", noise=5e-5)[1:] == (pytest.approx(5e-5), 1e-5, False)
    assert judge("float32", noise=5e-5, layers=10)[2:] == (1e-4, True)
    assert judge("float32", noise=5e-5, family="text")[2:] == (1e-4, True)
    assert judge("float32", noise=float("nan"))[1:] == (np.inf, 1e-5, False)


def test_reasons_are_one_line_without_folders():
    error = RuntimeError("It said:\n/tmp/x/model.tflite,  a/b/c, 1 / 2, (/usr/lib/python/keras.py)")
    assert matrix_row.one_line(error) == "It said: model.tflite, a/b/c, 1 / 2, (keras.py)"
    assert matrix_row.one_line(KeyError("image")) == "KeyError: 'image'"
    assert matrix_row.one_line(ValueError()) == "ValueError"


def network():
    inputs = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    x = keras.layers.Dense(16, activation="relu")(keras.layers.Concatenate()(inputs))
    outputs = {"first": keras.layers.Dense(3)(x), "second": keras.layers.Dense(1)(x)}
    return keras.Model({"a": inputs[0], "b": inputs[1]}, outputs)


def numbers(n, seed):
    a, b = np.split(np.random.default_rng(seed).uniform(size=(n, 6)).astype("float32"), [4], -1)
    return {"a": a, "b": b}


def test_a_real_row_of_each_kind(tmp_path):
    architecture = architecture_of("tiny", "graph", build=network, samples=numbers)
    out = tmp_path / "rows.json"
    made = matrix_row.Rows(architecture, out, tmp_path, runs=20).measure(["float32", "int8"])
    assert list(made) == ["float32", "int8"]
    assert json.loads(out.read_text())["rows"] == made
    for row in made.values():
        assert set(row) <= COLUMNS
        assert row["converts"] == row["stock_interpreter"] == row["flex_free"] == "yes"
        assert row["passes"] == "yes" and row["failure"] == "" and row["examples"] == "200"
        assert (row["parameters"], row["layers"]) == ("180", "3")
        assert float(row["p50_ms"]) > 0 and int(row["bytes"]) > 0
    assert made["float32"]["judged_by"] == "difference"
    assert float(made["float32"]["max_difference_share"]) < 1e-5
    assert float(made["int8"]["signal_to_noise_db"]) > 15
    assert float(made["int8"]["varying_db"]) < float(made["int8"]["signal_to_noise_db"])
    assert float(made["int8"]["ratio_low"]) <= float(made["int8"]["speed_ratio"])


def test_a_file_that_would_be_refused_is_measured(tmp_path, monkeypatch):
    export = importlib.import_module("keras_distill.export.to_tflite")
    own = export.run_converter

    def off(*arguments, **named):
        file, samples, received = own(*arguments, **named)
        return file, samples, {name: values + 1 for name, values in received.items()}

    monkeypatch.setattr(export, "run_converter", off)
    architecture = architecture_of("tiny", "graph", build=network, samples=numbers)
    made = matrix_row.Rows(architecture, tmp_path / "rows.json", tmp_path, runs=20).measure(
        ["float32"]
    )
    row = made["float32"]
    assert row["converts"] == "yes" and row["passes"] == "no"
    assert row["failure"].startswith("keras_distill would not hand it over: tiny_float32.tflite")
