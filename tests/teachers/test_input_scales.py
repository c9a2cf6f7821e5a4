"""One table of conventions; what images cannot have is refused."""

import numpy as np
import pytest

from keras_distill.teachers import input_scales


def test_unknown_scale_names_the_known_ones():
    with pytest.raises(ValueError) as error:
        input_scales.check("0-255", "rgb", 3)
    assert str(error.value) == (
        "`input_scale` must be one of '[0, 1]', '[0, 255]', '[-1, 1]', '[-0.5, 0.5]', 'torch', "
        "'caffe'. Received: input_scale='0-255'."
    )


def test_unknown_channels_name_the_known_ones():
    with pytest.raises(ValueError) as error:
        input_scales.check("[0, 1]", "RBG", 3)
    assert str(error.value) == "`channels` must be one of 'rgb', 'bgr'. Received: channels='RBG'."


def test_grey_images_have_no_bgr():
    with pytest.raises(ValueError) as error:
        input_scales.check("[0, 255]", "bgr", 1)
    assert str(error.value) == (
        "channels='bgr' is for images of 3 channels, but the model takes 1. Leave it out."
    )


def test_convert_by_hand():
    red = np.array([[[[1.0, 0.0, 0.0]]]], "float32")
    np.testing.assert_allclose(
        input_scales.convert(red, "caffe", "bgr")[0, 0, 0], [-103.939, -116.779, 255 - 123.68]
    )
    np.testing.assert_allclose(
        input_scales.convert(red, "torch", "rgb")[0, 0, 0],
        [(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225],
        rtol=1e-6,
    )
