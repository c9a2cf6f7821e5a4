import hashlib
import re

import numpy as np
import pytest

from keras_distill.robustness.measuring import measured_data as module
from keras_distill.robustness.measuring.measured_data import (
    MeasuredData,
    as_seen,
    digest_of,
    example_digests,
    order_like,
)

IMAGES = np.full((3, 2, 2, 1), 0.5, "float32")


def joined(data):
    parts = list(data.parts())
    assert [part.number for part in parts] == list(range(len(parts)))
    return np.concatenate([part.inputs for part in parts])


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(module, "_EXAMPLES", 16)


def test_batches_of_any_size_give_the_same_parts(small_parts):
    images = np.random.default_rng(0).integers(0, 256, (45, 2, 2, 1), np.uint8)
    labels = np.arange(45) % 7
    whole = MeasuredData((images, labels))
    assert [len(part.labels) for part in whole.parts()] == [16, 16, 13]
    assert [part.indices for part in whole.parts()][1] == range(16, 32)
    cuts = [0, 1, 20, 44, 45]
    batches = [(images[a:b], labels[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]
    again = MeasuredData(batches)
    np.testing.assert_array_equal(joined(again), images)
    assert again.inputs_sha256 == whole.inputs_sha256
    assert again.labels_sha256 == whole.labels_sha256
    for part, other in zip(whole.parts(), again.parts(), strict=True):
        np.testing.assert_array_equal(part.inputs, other.inputs)
        np.testing.assert_array_equal(part.labels, labels[part.start : part.start + 16])
    inputs, some = again.first(20)
    np.testing.assert_array_equal(inputs, images[:20] / np.float32(255))
    assert some.tolist() == labels[:20].tolist() and inputs.dtype == np.float32


def test_floats_on_the_grid_are_the_bytes_they_were():
    images = np.arange(256, dtype=np.uint8).reshape(4, 8, 8, 1)
    for given in (images, images / 255.0, (images / 255.0).astype("float32"), images * (1 / 255)):
        data = MeasuredData((given, [0, 1, 2, 3]))
        assert data.bits == 8 and data.shape == (8, 8, 1) and data.modality == "image"
        np.testing.assert_array_equal(joined(data), images)


def test_other_floats_stay_what_they_are():
    images = np.array([0.0, 0.3001, 1.0, 0.7], "float32").reshape(1, 2, 2, 1)
    data = MeasuredData([(images, [3])])
    assert data.bits is None
    np.testing.assert_array_equal(joined(data), images)


def test_texts():
    data = MeasuredData((np.array(["good", "bäd"]), [1, 0]))
    assert (data.modality, data.shape, data.bits, data.n) == ("text", None, None, 2)
    assert joined(data).tolist() == ["good", "bäd"]


def test_hash_of_examples_hashes():
    one, two = (hashlib.sha256(text.encode()).digest() for text in ("good", "bäd"))
    for texts in (["good", "bäd"], [b"good", "bäd".encode()]):
        digests = example_digests(np.array(texts, object))
        assert digest_of(digests) == hashlib.sha256(one + two).hexdigest()
    image = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
    assert example_digests(image).tobytes() == hashlib.sha256(bytes(range(4))).digest()


def test_only_bytes_are_scaled_for_models():
    assert as_seen(np.array([0, 255], np.uint8)).tolist() == [0.0, 1.0]
    kept = np.array([0.25], "float32")
    assert as_seen(kept) is kept


def test_a_list_of_two_arrays_is_a_pair():
    assert MeasuredData([IMAGES, np.array([0, 1, 2])]).n == 3


def test_a_generator_is_kept():
    data = MeasuredData((IMAGES[i : i + 1], [i]) for i in range(3))
    assert data.labels.tolist() == [0, 1, 2] and len(joined(data)) == 3


def test_order_like():
    labels, wanted = np.array([2, 0, 1, 0]), np.array([0, 0, 1, 2])
    order = order_like(labels, wanted)
    assert order.tolist() == [1, 3, 2, 0] and labels[order].tolist() == wanted.tolist()
    assert order_like(labels, labels).tolist() == [0, 1, 2, 3]
    assert order_like(labels, np.array([0, 0, 1, 1])) is None


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_shuffled_data_are_noticed(small_parts):
    class Shuffled:
        turn = 0

        def __iter__(self):
            self.turn += 1
            images = np.random.default_rng(self.turn // 3).random((20, 2, 2, 1))
            yield images, np.zeros(20, int)

    data = MeasuredData(Shuffled())
    with raises(
        "The data came in another order, or were others, when they were read a second time. Give "
        "a set that is not shuffled or augmented, or arrays."
    ):
        list(data.parts())


def test_published_examples_must_fit(small_parts):
    images = np.zeros((20, 2, 2, 1), np.uint8)
    labels = np.arange(20)
    data = MeasuredData((images, labels))
    parts = list(data.published([(images, labels[::-1])], labels[::-1], "set, fog 1"))
    assert [len(part.labels) for part in parts] == [16, 4]
    sentence = (
        "The examples of set, fog 1 differ from those of the other cells in shape, labels or "
        "number (20 of shape (2, 2, 1) expected). Prepare the set again."
    )
    for other in ((images, labels[::-1]), (images[:-1], labels[:-1]), (images[:, :1], labels)):
        with raises(sentence):
            list(data.published([other], labels, "set, fog 1"))


@pytest.mark.parametrize(
    "data, message",
    [
        (
            IMAGES,
            "The data have no labels. Robustness is measured against labels: give a tuple "
            "(inputs, labels) or a tf.data set of such pairs.",
        ),
        ([], "The data set is empty. Give at least one example with its label."),
        (
            (IMAGES * 4, [0, 1, 2]),
            "Expected float images in [0, 1]. Received: values from 2 to 2. Scale them, or give "
            "uint8 images; corruptions are defined on pictures, not on normalised inputs.",
        ),
        (
            (IMAGES * np.float32("nan"), [0, 1, 2]),
            "Expected float images in [0, 1]. Received: values from nan to nan. Scale them, or "
            "give uint8 images; corruptions are defined on pictures, not on normalised inputs.",
        ),
        (
            (IMAGES.astype("int64"), [0, 1, 2]),
            "Expected float images in [0, 1] or uint8 images, so that the scale is plain. "
            "Received: dtype int64. Convert with images.astype('uint8') or divide by 255.",
        ),
        (
            (IMAGES[0], [0, 1]),
            "Expected images of shape (n, height, width, channels) or texts of shape (n,). "
            "Received: shape (2, 2, 1), dtype float32.",
        ),
        (
            (IMAGES, np.eye(3)),
            "Expected one integer label per example, shape (3,). Received: shape (3, 3), dtype "
            "float64. Turn one-hot labels into numbers by argmax.",
        ),
        (
            (IMAGES, [0, 1]),
            "Expected one integer label per example, shape (3,). Received: shape (2,), dtype "
            "int64. Turn one-hot labels into numbers by argmax.",
        ),
        (
            [(IMAGES, [0, 1, 2]), (np.zeros((1, 3, 3, 1)), [0])],
            "Expected examples of one shape. Received: [(2, 2, 1), (3, 3, 1)]. Resize them first.",
        ),
    ],
)
def test_bad_data(data, message):
    with raises(message):
        MeasuredData(data)
