import re

import numpy as np
import pytest

from keras_distill.robustness.measuring.corrupted_cells import corrupted_cells
from keras_distill.robustness.measuring.measured_data import MeasuredData

IMAGES = MeasuredData((np.zeros((2, 28, 28, 1), np.uint8), [0, 1]))
LARGE = MeasuredData((np.zeros((2, 60, 130, 3), np.uint8), [0, 1]))
TEXTS = MeasuredData((np.array(["a", "b"]), [0, 1]))


def test_a_suite_at_the_size_of_the_images():
    suite, cells = corrupted_cells("imagenet_c", (5, 1), LARGE, None, "reference")
    assert len(suite["corruptions"]) == 15 and suite["severities"] == [1, 5]
    assert (suite["name"], suite["profiles"], suite["rng"], suite["source"]) == (
        "imagenet_c", ["imagenet224"], "reference", "generated",
    )  # fmt: skip
    assert list(cells)[:3] == [("gaussian_noise", 5), ("gaussian_noise", 1), ("shot_noise", 5)]
    cell = cells["fog", 5]
    assert (cell.name, cell.severity, cell.rng) == ("fog", 5, "reference")
    assert list(suite["groups"]) == ["noise", "blur", "weather", "digital"]
    assert suite["groups"]["digital"] == [
        "contrast", "elastic_transform", "pixelate", "jpeg_compression",
    ]  # fmt: skip
    # Its textures are our own.
    assert suite["approximate"] == ["frost"]


def test_a_profile_can_be_chosen():
    suite, cells = corrupted_cells(["contrast"], (1,), LARGE, "cifar32", "fast")
    assert suite["profiles"] == ["cifar32"] and suite["name"] is None
    assert cells["contrast", 1].profile == "cifar32"


def test_mnist_c_has_a_severity_of_its_own():
    suite, cells = corrupted_cells("mnist_c", (1, 2, 3, 4, 5), IMAGES, None, "fast")
    assert {severity for _, severity in cells} == {1} and len(cells) == 15
    assert suite["severities"] == [1]
    assert "mnist_c/shear" in suite["groups"]["geometry"]


def test_texts():
    suite, cells = corrupted_cells("text", (1, 3), TEXTS, None, "fast")
    assert len(cells) == 22 and suite["profiles"] == [] and suite["rng"] == "fast"
    assert "other" not in suite["groups"]


def test_clean_only():
    suite, cells = corrupted_cells([], (1,), IMAGES, None, "fast")
    assert cells == {} and suite["severities"] == [] and suite["groups"] == {}


def test_a_published_set():
    class Published:
        name, source = "cifar10_corrupted", "cifar10_corrupted 1.0.0 (TFDS)"
        cells = [("fog", 1), ("fog", 2), ("snow", 1)]

    given = Published()
    suite, cells = corrupted_cells(given, (5,), IMAGES, None, "fast")
    assert cells is given
    assert suite == {
        "name": None,
        "corruptions": ["fog", "snow"],
        "severities": [1, 2],
        "profiles": [],
        "rng": None,
        "source": "cifar10_corrupted 1.0.0 (TFDS)",
        "groups": {"weather": ["fog", "snow"]},
        "approximate": [],
    }


@pytest.mark.parametrize(
    "given, sentence",
    [
        (
            (["fog"], (), IMAGES, None, "fast"),
            "`severities` is empty. Expected at least one of 1, 2, 3, 4, 5; to measure clean data "
            "only, give corruptions=[].",
        ),
        (
            (["fog", "fog"], (1,), IMAGES, None, "fast"),
            "`corruptions` names 'fog' more than once, which would count it twice in every mean. "
            "Name each once.",
        ),
        (
            (["fog"], (1, 1), IMAGES, None, "fast"),
            "`severities` names 1 more than once, which would count it twice in every mean. Name "
            "each once.",
        ),
        (
            (["fog"], (6,), IMAGES, None, "fast"),
            "`severity` must be 1, 2, 3, 4 or 5. Received: severity=6.",
        ),
        (
            (["frog"], (1,), IMAGES, None, "fast"),
            "Expected a name out of kd.corruptions.names(). Received: 'frog'. Did you mean: fog, "
            "frost?",
        ),
        (
            (["keyboard"], (1,), IMAGES, None, "fast"),
            "'keyboard' corrupts texts, but the data are images. Choose out of "
            "kd.corruptions.names('imagenet_c').",
        ),
        (
            (["fog"], (1,), TEXTS, None, "fast"),
            "'fog' corrupts images, but the data are texts. Choose out of "
            "kd.corruptions.names('text').",
        ),
    ],
)
def test_wrong_suites(given, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        corrupted_cells(*given)
