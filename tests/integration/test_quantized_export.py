"""Quantize, train, export: the file is the model, in integers, with its zeros."""

import keras
import numpy as np
import pytest

import keras_distill as kd


@pytest.fixture(scope="module")
def trained():
    """A pruned and quantization-aware trained CNN on images that can be told apart."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    patterns = rng.random((4, 12, 12, 1))
    y = rng.integers(0, 4, 1200)
    x = np.clip(patterns[y] * 0.5 + rng.normal(0.2, 0.25, (1200, 12, 12, 1)), 0, 1)
    x = x.astype("float32")
    model = kd.models.cifar_resnet(8, width=4, input_shape=(12, 12, 1), num_classes=4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def fit(model, epochs):
        model.compile(keras.optimizers.Adam(5e-3), loss, metrics=["accuracy"])
        model.fit(x[:800], y[:800], epochs=epochs, batch_size=50, verbose=0)
        return model

    fit(model, 3)
    schedule = kd.compression.PolynomialDecay(
        initial_sparsity=0.0, final_sparsity=0.75, begin_step=0, end_step=20, frequency=5
    )
    pruned = kd.compression.prune_low_magnitude(model, pruning_schedule=schedule)
    pruned = kd.compression.strip_pruning(fit(pruned, 2))
    quantized = fit(kd.compression.quantize_model(pruned, preserve_sparsity=True), 2)
    return pruned, quantized, x[800:], y[800:]


@pytest.fixture(scope="module")
def artefact(trained, tmp_path_factory):
    _, quantized, x, _ = trained
    path = tmp_path_factory.mktemp("export") / "student.tflite"
    return kd.export.to_tflite(quantized, path, recipe="int8", samples=x[:200])


@pytest.mark.slow
def test_every_tensor_is_an_integer(artefact):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(artefact.path))
    interpreter.allocate_tensors()
    kinds = {np.dtype(d["dtype"]).name for d in interpreter.get_tensor_details() if d["name"]}
    assert kinds <= {"int8", "int32"}


@pytest.mark.slow
def test_file_agrees_with_the_model_and_costs_no_accuracy(trained, artefact):
    _, quantized, x, y = trained
    model = quantized.predict(x, verbose=0)
    file = kd.predictors.load(artefact.path).predict(x)
    assert np.mean(model.argmax(-1) == file.argmax(-1)) >= 0.99
    accuracy = [np.mean(outputs.argmax(-1) == y) for outputs in (model, file)]
    assert accuracy[0] > 0.8
    assert accuracy[1] >= accuracy[0] - 0.005


@pytest.mark.slow
def test_zeros_of_pruning_are_in_the_files_own_buffers(trained, artefact):
    pruned, _, _, _ = trained
    expected = sorted(
        float(np.mean(np.asarray(layer.kernel) == 0))
        for layer in pruned.layers
        if hasattr(layer, "kernel")
    )
    assert all(share >= 0.7 for share in expected)
    zeros = sorted(kd.export.describe(artefact.path)["zeros"].values())
    assert len(zeros) == len(expected)
    # int8 rounds some small weights to zero as well; none of the zeros may go.
    assert all(a >= b - 1e-9 for a, b in zip(zeros, expected, strict=True))


@pytest.mark.slow
def test_calibrated_model_needs_no_training(trained, tmp_path):
    pruned, _, x, y = trained
    int8 = kd.compression.quantize_model(pruned)
    kd.compression.calibrate(int8, x[:200], verbose=False)
    file = kd.export.to_tflite(int8, tmp_path / "student.tflite", recipe="int8", samples=x[:200])
    found = kd.predictors.load(file).predict(x).argmax(-1)
    before = pruned.predict(x, verbose=0).argmax(-1)
    assert np.mean(found == before) >= 0.97
    assert np.mean(found == y) >= np.mean(before == y) - 0.02
