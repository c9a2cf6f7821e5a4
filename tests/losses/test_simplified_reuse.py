"""SimplifiedReuse against its projector in NumPy float64, and the model that it makes."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import SimplifiedReuse


def convolved(x, kernel):
    edge = kernel.shape[0] // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge), (0, 0)))
    h, w = x.shape[1:3]
    return sum(
        np.einsum("bhwc,co->bhwo", padded[:, i : i + h, j : j + w], kernel[i, j])
        for i in range(kernel.shape[0])
        for j in range(kernel.shape[0])
    )


def pooled(x, size):
    block = x.shape[1] // size
    return x.reshape(len(x), size, block, size, block, x.shape[-1]).mean((2, 4))


def projected(loss, x):
    """As the paper draws it; fresh normalizations divide by √(1 + 0.001)."""
    x = x.astype("float64")
    for layer in loss._projector:
        weights = [np.array(each, "float64") for each in layer.weights]
        if isinstance(layer, keras.layers.Conv2D):
            x = convolved(x, weights[0])
        elif isinstance(layer, keras.layers.Dense):
            x = x @ weights[0] + weights[1]
        elif isinstance(layer, keras.layers.BatchNormalization):
            x = x / np.sqrt(1.001)
        elif isinstance(layer, keras.layers.ReLU):
            x = np.maximum(x, 0)
    return x


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize(
    "teacher_shape, student_shape",
    [((5, 4, 4, 6), (5, 4, 4, 3)), ((5, 2, 2, 6), (5, 4, 4, 3)), ((5, 8, 8, 6), (5, 4, 4, 3))],
)
def test_maps(teacher_shape, student_shape):
    t, s = draws(teacher_shape, student_shape)
    loss = SimplifiedReuse("a", "b", seed=1)
    values = np.array(loss(t, s))
    size = min(t.shape[1], s.shape[1])
    wanted = ((projected(loss, pooled(s, size)) - pooled(t, size)) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(values, wanted, rtol=1e-4)
    order = [4, 2, 0, 1, 3]
    np.testing.assert_allclose(loss(t[order], s[order]), wanted[order], rtol=1e-4)
    kernels = [each.kernel.shape for each in loss._projector if hasattr(each, "kernel")]
    assert kernels == [(1, 1, 3, 3), (3, 3, 3, 3), (1, 1, 3, 6)]


def test_vectors():
    t, s = draws((5, 6), (5, 3))
    loss = SimplifiedReuse("a", "b", factor=3, seed=1)
    wanted = ((loss(t, s) is not None and projected(loss, s)) - t) ** 2
    np.testing.assert_allclose(loss(t, s), wanted.mean(1), rtol=1e-4)
    kinds = [type(each).__name__ for each in loss._projector]
    assert kinds == ["Dense", "BatchNormalization", "ReLU", "Dense"]
    assert loss._projector[0].kernel.shape == (3, 2)


def test_worked_by_hand():
    loss = SimplifiedReuse("a", "b", factor=1)
    t, s = np.array([[1.0, 3.0]]), np.array([[2.0, -1.0]])
    loss.build(t.shape, s.shape)
    for dense in (loss._projector[0], loss._projector[3]):
        dense.kernel.assign(np.eye(2))
    # (2, −1) → ReLU → (2, 0) up to √1.001: ((2 − 1)² + (0 − 3)²) / 2.
    assert float(loss(t, s)[0]) == pytest.approx(5.0, abs=2e-3)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, training, value_and_gradient):
    t, s = draws((4, 2, 2, 6), (4, 2, 2, 3))
    scale = 1e4 if training else 1.0  # the gradient to float16 features must fit in float16
    t, s = (scale * t).astype(dtype), (scale * s).astype(dtype)
    s[0], t[1] = 0.0, 0.0
    loss = SimplifiedReuse("a", "b", seed=1)
    loss(t, s)

    def values_of(each):
        with keras.StatelessScope():  # JAX differentiates no assignments
            return loss(t, each, training=training)

    values, gradient = value_and_gradient(values_of, s)
    assert values.dtype == np.float32
    assert np.isfinite(values).all() and np.isfinite(gradient).all() and (gradient != 0).any()


def test_normalization_learns_in_training_only():
    t, s = draws((5, 6), (5, 3))
    loss = SimplifiedReuse("a", "b")
    loss(t, s, training=False)
    np.testing.assert_array_equal(loss._projector[1].moving_mean, 0.0)
    loss(t, s, training=True)
    assert (np.array(loss._projector[1].moving_mean) != 0).all()


def test_config_makes_the_round_trip():
    loss = SimplifiedReuse("a/b", "c", factor=4, seed=3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.factor == 4
    t, s = draws((5, 2, 2, 8), (5, 2, 2, 3))
    np.testing.assert_array_equal(loss(t, s), again(t, s))


def network(width, size=8, name=None):
    image = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(width, 3, padding="same", activation="relu", name="maps")(image)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    return keras.Model(image, keras.layers.Dense(4, name="head")(x), name=name)


def test_reused_is_student_projector_and_the_teachers_head(tmp_path):
    teacher, student = network(6, name="large"), network(3, name="small")
    teacher.get_layer("norm").moving_mean.assign(np.arange(6.0))
    loss = SimplifiedReuse("maps", "maps", seed=2)
    t, s = draws((5, 8, 8, 6), (5, 8, 8, 3))
    loss(t, s, training=True)
    model = loss.reused(teacher, student)

    x = np.random.default_rng(3).random((5, 8, 8, 3), "float32")
    features = student.get_layer("maps")(x)
    for layer in loss._projector:
        features = layer(features)
    for name in ("pool", "norm", "head"):
        features = teacher.get_layer(name)(features)
    made = np.array(model(x))
    np.testing.assert_allclose(made, features, rtol=1e-5, atol=1e-6)

    # A model like any other: no custom object is needed to load it.
    assert {type(each).__module__.split(".")[0] for each in model.layers} == {"keras"}
    model.save(tmp_path / "reused.keras")
    with keras.saving.CustomObjectScope({}):
        again = keras.saving.load_model(tmp_path / "reused.keras")
    np.testing.assert_array_equal(again(x), made)

    # What is the teacher's stays as it is, in both.
    assert not model.get_layer("teacher_head").trainable and teacher.get_layer("head").trainable
    assert [model.get_layer(n).trainable for n in ("maps", "projector_0")] == [True, True]
    teacher.get_layer("head").kernel.assign(np.zeros((6, 4)))
    student.get_layer("maps").kernel.assign(np.zeros((3, 3, 3, 3)))
    np.testing.assert_array_equal(model(x), made)
    assert loss.reused(teacher, student) is not None


def test_reused_of_sequential_models_on_vectors():
    def model(width):
        return keras.Sequential(
            [
                keras.Input((5,)),
                keras.layers.Dense(width, activation="relu", name="last"),
                keras.layers.Dense(4, name="head"),
            ]
        )

    teacher, student, loss = model(6), model(3), SimplifiedReuse("last", "last")
    loss(*draws((5, 6), (5, 3)))
    x = np.random.default_rng(3).random((5, 5), "float32")
    features = student.get_layer("last")(x)
    for layer in loss._projector:
        features = layer(features)
    made = loss.reused(teacher, student)(x)
    np.testing.assert_allclose(made, teacher.get_layer("head")(features), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "teacher, student, sentence",
    [
        (
            (2, 5, 3),
            (2, 5, 3),
            "SimplifiedReuse compares maps (batch, height, width, channels) with maps, or vectors "
            "(batch, width) with vectors. Received: teacher layer 'a' of shape (2, 5, 3), student "
            "layer 'b' of shape (2, 5, 3). Choose two layers of equal rank.",
        ),
        (
            (2, 7, 7, 3),
            (2, 4, 4, 3),
            "SimplifiedReuse pools the larger map to the smaller, so one size must be a multiple "
            "of the other. Received: teacher layer 'a' of shape (2, 7, 7, 3), student layer 'b' of "
            "shape (2, 4, 4, 3). Choose another pair of layers, or resize one model's input.",
        ),
    ],
)
def test_features_that_do_not_fit(teacher, student, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SimplifiedReuse("a", "b").check(np.zeros(teacher), np.zeros(student))


def test_arguments_that_are_wrong():
    sentence = "`factor` must be an integer from 1. Received: factor=0.5."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SimplifiedReuse("a", "b", factor=0.5)
    sentence = (
        "`reused` needs the trained projector. Received: a SimplifiedReuse that has not been "
        "built. Train a Distiller with it first."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SimplifiedReuse("maps", "maps").reused(network(3), network(3))
