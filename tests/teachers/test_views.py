"""views: an example's view depends on seed, example and epoch."""

import keras
import numpy as np
import pytest

from keras_distill.teachers.views import view_seeds, views

tf = pytest.importorskip("tensorflow")


@pytest.mark.parametrize(
    "augment",
    [
        keras.Sequential(
            [keras.layers.RandomFlip(seed=1), keras.layers.RandomRotation(0.2, seed=2)]
        ),
        lambda image, seed: tf.image.stateless_random_brightness(image, 0.5, seed),
    ],
)
def test_in_any_batch_and_order(augment):
    images = np.random.default_rng(0).random((6, 8, 8, 3)).astype("float32")
    keys = np.arange(6) * 1_000_003
    seeds = view_seeds(keys, 0, 5)
    made = views(augment, tf.constant(images), tf.constant(seeds)).numpy()
    order = np.array([4, 0, 5])
    again = views(augment, tf.constant(images[order]), tf.constant(seeds[order])).numpy()
    np.testing.assert_array_equal(again, made[order])
    for other in (view_seeds(keys, 1, 5), view_seeds(keys, 0, 6)):
        assert (views(augment, tf.constant(images), tf.constant(other)).numpy() != made).any()
    same = np.repeat(images[:1], 6, axis=0)
    assert (
        len(
            {
                each.tobytes()
                for each in views(augment, tf.constant(same), tf.constant(seeds)).numpy()
            }
        )
        > 1
    )


def test_seeds_are_int32_and_not_negative():
    seeds = view_seeds(np.array([-5, 2**62, 7]), 3, 11)
    assert seeds.dtype == np.int32 and (seeds >= 0).all() and (seeds[:, 1] == 3).all()
