"""A SavedModel by its own signature, several inputs by name."""

import re

import keras
import numpy as np
import pytest

from keras_distill.predictors.saved_model_folder import SavedModelFolder


def test_several_inputs_are_cast_to_what_the_signature_takes(tmp_path):
    a = keras.Input((2,), dtype="int32", name="a")
    b = keras.Input((2,), dtype="int32", name="b")
    keras.Model([a, b], keras.ops.add(a, 2 * b)).export(tmp_path / "m", verbose=False)
    folder = SavedModelFolder(tmp_path / "m")
    assert set(folder.inputs) == {"a", "b"} and folder.input_shape == (2,)
    given = {"a": np.array([[1.0, 2.0]]), "b": np.array([[True, False]])}
    (made,) = folder.predict(given).values()
    np.testing.assert_array_equal(made, [[3, 2]])


def test_without_the_signature(tmp_path):
    import tensorflow as tf

    tf.saved_model.save(tf.Module(), str(tmp_path / "m"))
    message = (
        f"The SavedModel '{tmp_path / 'm'}' has no signature 'serving_default'; it has []. Export "
        "it again with a serving signature."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        SavedModelFolder(tmp_path / "m")
