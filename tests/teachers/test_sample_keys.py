"""Keys depend on an example's content, and on nothing else."""

import numpy as np

from keras_distill.teachers.sample_keys import sample_keys


def test_by_content_whatever_the_batch():
    x = np.random.default_rng(0).random((10, 4, 4)).astype("float32")
    keys = sample_keys([x])
    assert keys.dtype == np.int64 and len(set(keys.tolist())) == 10
    order = np.random.default_rng(1).permutation(10)
    np.testing.assert_array_equal(sample_keys([x[order]]), keys[order])
    np.testing.assert_array_equal(sample_keys([x[3:5]]), keys[3:5])
    changed = x.copy()
    changed[2, 0, 0] = np.nextafter(changed[2, 0, 0], 2)
    np.testing.assert_array_equal(sample_keys([changed]) != keys, np.arange(10) == 2)


def test_every_input_counts():
    a, b = np.arange(6.0).reshape(3, 2), np.arange(3)
    assert not (sample_keys([a, b]) == sample_keys([a, b + 1])).any()


def test_strings_are_told_apart():
    first = np.array([[b"a", b"bc"]], object)
    assert sample_keys([first]) != sample_keys([np.array([[b"ab", b"c"]], object)])
    np.testing.assert_array_equal(sample_keys([first]), sample_keys([first.copy()]))


def test_a_batch_of_texts():
    texts = np.array([b"good", b"", "schön".encode()], object)
    keys = sample_keys([texts])
    assert len(set(keys.tolist())) == 3
    np.testing.assert_array_equal(sample_keys([texts[::-1]]), keys[::-1])


def test_golden():
    # So that a cache of today is found tomorrow.
    assert sample_keys([np.arange(4, dtype="float32")[None]])[0] == 5495844738850925895
