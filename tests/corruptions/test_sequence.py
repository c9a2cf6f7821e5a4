import colorsys
import re

import numpy as np
import pytest
from scipy.ndimage import affine_transform

from keras_distill.corruptions import sequence

NAMES = ["translate", "rotate", "brightness"]


@pytest.fixture
def images():
    # Off the extremes: nothing of it is black, or cut off by five steps of brightness.
    return np.random.default_rng(0).uniform(0.1, 0.9, (16, 9, 12, 3)).astype("float32")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("channels", [1, 3])
def test_shape_kind_and_clean_first_frame(name, channels, images):
    images = images[..., :channels]
    made = sequence(name, images, frames=4)
    assert made.shape == (16, 4, 9, 12, channels) and made.dtype == np.float32
    np.testing.assert_array_equal(made[:, 0], images)
    as_bytes = (images * 255).astype("uint8")
    made = sequence(name, as_bytes)
    assert made.shape == (16, 10, 9, 12, channels) and made.dtype == np.uint8
    np.testing.assert_array_equal(made[:, 0], as_bytes)
    # Every frame differs from the one before it.
    assert (made[:, 1:] != made[:, :-1]).any(axis=(2, 3, 4)).all()
    assert sequence(name, images[:0]).shape == (0, 10, 9, 12, channels)


@pytest.mark.parametrize("name", NAMES)
def test_bytes_depend_on_seed_and_example_alone(name, images):
    whole = sequence(name, images, seed=7)
    part = sequence(name, images[[5, 2]], seed=7, indices=[5, 2])
    np.testing.assert_array_equal(part, whole[[5, 2]])
    assert (sequence(name, images, seed=8) != whole).any()
    np.testing.assert_array_equal(sequence(name, images, frames=3, seed=7), whole[:, :3])


def test_translate_moves_one_pixel_a_frame_in_four_directions():
    images = np.zeros((200, 9, 12, 1), "uint8")
    images[:, 4, 6] = 255
    made = sequence("translate", images, frames=4)[..., 0]
    found = []
    for film in made:
        spots = np.argwhere(film)
        steps = np.diff(spots, axis=0).tolist()
        assert steps == [steps[0]] * 3 and steps[0][0] == 1
        found.append(tuple(steps[0][1:]))
    assert set(found) == {(0, 1), (0, -1), (1, 0), (-1, 0)}
    # Three standard deviations of a share of a quarter.
    margin = 3 * np.sqrt(0.25 * 0.75 / 200)
    assert all(abs(found.count(way) / 200 - 0.25) < margin for way in set(found))


def test_translate_runs_out_of_the_image(images):
    made = sequence("translate", images, frames=14)
    assert not made[:, 12:].any() and made[:, 5].any(axis=(1, 2, 3)).all()


def test_rotate_turns_one_degree_a_frame(images):
    made = sequence("rotate", images, frames=11)
    middle = (np.array(images.shape[1:3]) - 1) / 2
    turns = set()
    for image, film in zip(images, made, strict=True):
        matched = []
        for sign in (1, -1):
            angle = np.deg2rad(10 * sign)
            matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            expected = affine_transform(
                image[..., 0].astype("float64"),
                matrix,
                middle - matrix @ middle,
                order=1,
                mode="grid-constant",
            )
            if np.allclose(film[10, ..., 0], expected, atol=1e-6):
                matched.append(sign)
        assert len(matched) == 1
        turns.add(matched[0])
    assert turns == {1, -1}


def test_brightness_steps_by_one_and_a_half_percent(images):
    made = sequence("brightness", images, frames=5)
    signs = set()
    for image, film in zip(images, made, strict=True):
        sign = 1 if film[1].sum() > film[0].sum() else -1
        signs.add(sign)
        for row, column in ((0, 0), (4, 7)):
            h, s, v = colorsys.rgb_to_hsv(*map(float, image[row, column]))
            expected = colorsys.hsv_to_rgb(h, s, v + sign * 0.015 * 4)
            np.testing.assert_allclose(film[4, row, column], expected, atol=1e-6)
    assert signs == {1, -1}


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_unknown_name(images):
    with raises("Expected a sequence: translate, rotate, brightness. Received: 'tilt'."):
        sequence("tilt", images)


@pytest.mark.parametrize("frames", [1, 2.0, True])
def test_wrong_frames(images, frames):
    with raises(
        "`frames` must be a whole number from 2: the clean frame and what it is compared with. "
        f"Received: frames={frames!r}."
    ):
        sequence("rotate", images, frames=frames)


def test_wrong_images_and_indices(images):
    with raises(
        "Expected float images in [0, 1]. Received: values from 25.5 to 25.5. Corrupt the images "
        "before they are scaled for a model."
    ):
        sequence("rotate", np.full((1, 4, 4, 1), 25.5))
    with raises("Expected one index for each image. Received: 16 images and 1 indices."):
        sequence("rotate", images, indices=[0])
