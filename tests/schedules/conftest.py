"""What each schedule must do, whichever it is."""

import json

import keras
import numpy as np
import pytest


def _compiled(function):
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function)


@pytest.fixture
def behaves():
    """`behaves(schedule, steps, values)`: the values, as int, as tensor, compiled, saved."""

    def check(schedule, steps, values):
        assert isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule)
        plain = [schedule(step) for step in steps]
        assert {keras.backend.standardize_dtype(each.dtype) for each in plain} == {"float32"}
        np.testing.assert_allclose([float(each) for each in plain], values, rtol=2e-6, atol=1e-7)
        # Where Keras takes a schedule: an optimizer's rate.
        optimizer = keras.optimizers.SGD(schedule)
        compiled = _compiled(schedule.__call__)
        for step, value in zip(steps, plain, strict=True):
            # int32 as the Distiller counts, and as the optimizer does (int64 on TensorFlow).
            for dtype in {"int32", optimizer.iterations.dtype}:
                traced = compiled(keras.ops.convert_to_tensor(step, dtype))
                assert float(traced) == pytest.approx(float(value), rel=1e-6)
        saved = json.loads(json.dumps(keras.saving.serialize_keras_object(schedule)))
        again = keras.saving.deserialize_keras_object(saved)
        assert type(again) is type(schedule) and again.get_config() == schedule.get_config()
        assert saved["registered_name"] == f"keras_distill>{type(schedule).__name__}"
        assert float(optimizer.learning_rate) == pytest.approx(float(schedule(0)))

    return check


@pytest.fixture
def refuses():
    """`refuses(build, sentence)`: a ValueError of exactly this sentence."""

    def check(build, sentence):
        with pytest.raises(ValueError) as caught:
            build()
        assert str(caught.value) == sentence

    return check
