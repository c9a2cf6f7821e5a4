"""MemoryBank: what it draws, what it keeps."""

import keras
import numpy as np
from keras import ops

from keras_distill.losses.memory_bank import MemoryBank


def bank(examples=9, seed=0):
    return MemoryBank(examples, 3, momentum=0.5, seed=seed)


def test_others_depend_on_seed_and_step_alone():
    ids = ops.convert_to_tensor(np.arange(4), "int32")
    drawn = {
        (seed, step): np.array(bank(1000, seed).others(ids, 5, step))
        for seed in (0, 1)
        for step in (0, 1)
    }
    again = bank(1000, 1).others(ids, 5, ops.convert_to_tensor(1, "int32"))
    np.testing.assert_array_equal(drawn[1, 1], again)
    assert len({each.tobytes() for each in drawn.values()}) == 4


def test_others_are_all_the_others_and_never_oneself():
    ids = np.array([0, 8, 3], "int32")
    drawn = np.array(bank().others(ids, 9000, 0))
    for own, rows in zip(ids, drawn, strict=True):
        counts = np.bincount(rows, minlength=9)
        assert counts[own] == 0
        # 9,000 draws over eight: 1,125 each, standard deviation 31.
        assert len(counts) == 9 and np.delete(counts, own).min() > 960


def test_two_examples_have_each_other():
    np.testing.assert_array_equal(
        bank(2).others(np.array([0, 1], "int32"), 3, 5), [[1] * 3, [0] * 3]
    )


def test_rows_move_half_way_and_have_length_one():
    memory = bank()
    memory.teacher.assign(np.tile([0.0, 1.0, 0.0], (9, 1)))
    now = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], "float32")
    memory.remember(ops.convert_to_tensor([4, 0], "int32"), now, now)
    kept = np.array(memory.teacher)
    np.testing.assert_allclose(kept[4], [0.5**0.5, 0.5**0.5, 0.0], rtol=1e-6)
    np.testing.assert_allclose(kept[[0, 1, 8]], [[0, 1, 0]] * 3, atol=1e-6)


def test_constants_are_of_the_first_batch_kept():
    memory = bank()
    one, two = (np.full((2, 3), value, "float32") for value in (1.0, 2.0))
    np.testing.assert_allclose(memory.constants([one, two], keep=False), [1.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(memory.constants([two, two], keep=True), [2.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(memory.constants([one, one], keep=True), [2.0, 2.0], rtol=1e-6)


def test_first_rows_are_about_of_length_one():
    rows = np.array(MemoryBank(200, 128, 0.5, seed=1).teacher)
    assert abs(np.linalg.norm(rows, axis=1).mean() - 1) < 0.02
    again = MemoryBank(200, 128, 0.5, seed=1)
    np.testing.assert_array_equal(again.teacher, rows)
    assert not (np.array(again.student) == rows).any()
    assert isinstance(again, keras.layers.Layer) and not again.trainable_variables
