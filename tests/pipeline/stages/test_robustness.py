"""The facts of the table come from the files; the table itself is in the whole journey."""

import keras
import numpy as np

from keras_distill import footprint
from keras_distill.pipeline.stages import robustness


def test_it_comes_last_and_is_always_wanted(make_journey):
    configuration = make_journey().configuration
    assert robustness.needs(configuration) == ("export",)
    assert robustness.wanted(configuration)


def converted(kernel):
    import tensorflow as tf

    module = tf.Module()
    module.function = tf.function(
        lambda x: tf.reshape(x, (-1, 64)) @ kernel,
        input_signature=[tf.TensorSpec((None, 8, 8, 1), tf.float32)],
    )
    return tf.lite.TFLiteConverter.from_concrete_functions(
        [module.function.get_concrete_function()], module
    ).convert()


class Journey:
    """As much of one as facts are asked of: a student, and the same with three of four zeros."""

    final_float = "pruned"
    training_seconds = {"distilled": 3.0}

    def __init__(self, folder):
        self.said = []
        self.models, self.artefacts = {}, {"saved_model": folder}
        kernel = np.random.default_rng(0).normal(size=(64, 32)).astype("float32")
        for name in ("distilled", "pruned"):
            if name == "pruned":
                kernel = np.where(np.arange(64 * 32).reshape(64, 32) % 4, np.float32(0), kernel)
            model = keras.Sequential(
                [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(32)]
            )
            model.layers[-1].kernel.assign(kernel)
            self.models[name] = model
            self.artefacts[name] = folder / f"{name}.tflite"
            self.artefacts[name].write_bytes(converted(kernel))

    def model(self, name):
        return self.models[name]

    def say(self, text):
        self.said.append(text)


def test_facts_are_the_files_and_what_zeros_bring_is_said(tmp_path):
    journey = Journey(tmp_path)
    test = [(np.zeros((5, 8, 8, 1), "float32"), np.zeros(5))]
    facts = robustness._facts(journey, journey.artefacts, test)
    assert list(facts) == ["distilled", "pruned"]
    for name in facts:
        raw, zipped = footprint.file_bytes(tmp_path / f"{name}.tflite")
        assert (facts[name]["bytes"], facts[name]["gzip_bytes"]) == (raw, zipped)
        assert facts[name]["macs"] == 64 * 32 and 0 < facts[name]["latency_ms_p50"] < 100
    assert [facts[name]["sparsity"] for name in facts] == [0.0, 0.75]
    assert [facts[name]["parent"] for name in facts] == [None, "distilled"]
    start = "  'pruned': 75 % of the kernel values are zero: the download (gzip) is "
    assert (
        journey.said[0].startswith(start)
        and " than that of 'distilled'; latency " in (journey.said[0])
    )
