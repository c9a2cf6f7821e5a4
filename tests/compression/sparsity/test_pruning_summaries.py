import pathlib

import keras
import numpy as np
import pytest

from keras_distill.compression import ConstantSparsity, PruningSummaries, prune_low_magnitude


def written(folder, **arguments):
    """{(step, tag): value} of a run of three epochs of two batches."""
    import tensorflow as tf
    from tensorflow.core.util import event_pb2

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="head")], name="m")
    pruned = prune_low_magnitude(model, ConstantSparsity(0.75, 3, frequency=1))
    pruned.compile("sgd", "mse")
    pruned.fit(np.ones((8, 8)), np.ones((8, 4)), batch_size=4, epochs=3, verbose=0,
               callbacks=[PruningSummaries(folder, **arguments)])  # fmt: skip
    (file,) = (pathlib.Path(folder) / "metrics").iterdir()
    values = {}
    for record in tf.data.TFRecordDataset(str(file)):
        event = event_pb2.Event.FromString(record.numpy())
        for value in event.summary.value:
            assert value.metadata.plugin_data.plugin_name == "scalars"
            assert (event.step, value.tag) not in values
            values[event.step, value.tag] = float(tf.make_ndarray(value.tensor))
    layer = pruned.get_layer("head")
    assert values[6, "m/head/threshold/threshold"] == float(layer.thresholds[0]) > 0
    return {step: value for (step, tag), value in values.items() if tag == "m/head/mask/sparsity"}


@pytest.mark.parametrize(
    "frequency, expected",
    [
        ("epoch", {0: 0.0, 2: 0.0, 4: 0.75, 6: 0.75}),
        ("batch", {1: 0.0, 2: 0.0, 3: 0.75, 4: 0.75, 5: 0.75, 6: 0.75}),
        (4, {4: 0.75, 6: 0.75}),
    ],
)
def test_sparsity_at_each_step(frequency, expected, tmp_path):
    assert written(str(tmp_path / "logs"), update_freq=frequency) == expected


def refused(*arguments, **keywords):
    with pytest.raises(ValueError) as caught:
        PruningSummaries(*arguments, **keywords)
    return str(caught.value)


@pytest.mark.parametrize("wrong", ["", None, 3])
def test_no_folder(wrong):
    assert refused(wrong) == (
        f"`log_dir` is the folder for the event files. Received: log_dir={wrong!r}. Pass a path, "
        "for example 'logs'."
    )


@pytest.mark.parametrize("wrong", ["step", 0, True, 1.5])
def test_no_frequency(wrong):
    assert refused("logs", wrong) == (
        "`update_freq` is 'epoch', 'batch' or a number of batches. Received: "
        f"update_freq={wrong!r}. Pass 'epoch' to write once in each."
    )


def test_arguments_of_another_callback():
    assert refused("logs", write_graph=False, histogram_freq=1) == (
        "`PruningSummaries` writes sparsities and thresholds only. Received: histogram_freq, "
        "write_graph. Pass these to a `keras.callbacks.TensorBoard` of the same `log_dir` beside "
        "it."
    )
