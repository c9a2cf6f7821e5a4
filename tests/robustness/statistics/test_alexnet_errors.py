import numpy as np
import pytest

from keras_distill.robustness import alexnet_errors, mean_corruption_error

# ALEXNET_ERR of google-research/augmix, imagenet.py: the mean over severities, kept apart.
MEANS = {
    "gaussian_noise": 0.886428, "shot_noise": 0.894468, "impulse_noise": 0.922640,
    "defocus_blur": 0.819880, "glass_blur": 0.826268, "motion_blur": 0.785948,
    "zoom_blur": 0.798360, "snow": 0.866816, "frost": 0.826572, "fog": 0.819324,
    "brightness": 0.564592, "contrast": 0.853204, "elastic_transform": 0.646056,
    "pixelate": 0.717840, "jpeg_compression": 0.606500,
}  # fmt: skip


def test_severities_have_the_published_means():
    found = alexnet_errors()["corrupted"]
    assert list(found) == list(MEANS)
    for name, errors in found.items():
        assert len(errors) == 5
        assert np.mean(errors) == pytest.approx(MEANS[name], abs=1e-6)
    assert np.mean(list(found.values())) == pytest.approx(0.788993, abs=1e-6)


def test_alexnet_against_itself():
    errors = alexnet_errors()["corrupted"]
    assert mean_corruption_error(errors, errors) == 100.0


def test_nobody_changes_the_table():
    alexnet_errors()["corrupted"]["fog"][0] = 0.0
    assert alexnet_errors()["corrupted"]["fog"][0] == 0.67474
    assert alexnet_errors()["clean"] == 0.4348
