"""Turns, inputs and memory, as the child process takes them."""

import itertools
import re

import numpy as np
import pytest

from keras_distill.footprint import litert_child
from keras_distill.footprint.litert_child import OpenFile, Refused, made, quantized, take_turns
from keras_distill.footprint.litert_process import litert_process


class Spy:
    """Functions that note who was called with which number; each call takes so many seconds."""

    def __init__(self, *seconds):
        self.calls = []
        self.functions = [self.function(which, each) for which, each in enumerate(seconds)]

    def function(self, which, seconds):
        def call(number):
            self.calls.append((which, number))
            return seconds + number

        return call


def test_turns_are_whole_blocks_and_all_numbers_are_there(monkeypatch):
    monkeypatch.setattr(litert_child, "SETTLE_SECONDS", 0.0)
    spy = Spy(100, 200)
    taken = take_turns(spy.functions, [2, 3], warmup=2, seed=0)
    # Example 0 and 1 in the first round, 2 to 4 in the second; of both files.
    assert taken == [[[100, 101], [102, 103, 104]], [[200, 201], [202, 203, 204]]]
    assert spy.calls[:4] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    # One more than counts at the start of each turn.
    assert [which for which, _ in spy.calls[4:]] in (
        [*[a] * 3, *[1 - a] * 3, *[b] * 4, *[1 - b] * 4] for a in (0, 1) for b in (0, 1)
    )


def test_each_round_has_an_order_of_its_own_and_the_seed_decides(monkeypatch):
    monkeypatch.setattr(litert_child, "SETTLE_SECONDS", 0.0)

    def orders(seed):
        spy = Spy(1, 2, 3)
        take_turns(spy.functions, [1] * 60, warmup=0, seed=seed)
        firsts = [which for which, _ in spy.calls[::2]]
        return [tuple(firsts[i : i + 3]) for i in range(0, 180, 3)]

    seen = orders(0)
    assert all(sorted(order) == [0, 1, 2] for order in seen)
    assert len(set(seen)) == 6
    assert orders(0) == seen != orders(1)


def test_a_turn_settles_for_two_milliseconds(monkeypatch):
    clock = itertools.count(step=0.0005)
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    spy = Spy(0)
    taken = take_turns(spy.functions, [2], warmup=0, seed=0)
    # One at once, three more that begin after 0.5, 1 and 1.5 ms, then the two that count.
    assert spy.calls == [(0, 0)] * 4 + [(0, 0), (0, 1)] and taken == [[[0, 1]]]


@pytest.mark.parametrize(
    "dtype, scale, low, high",
    [
        ("float32", 0.0, 0, 1),
        ("float16", 0.0, 0, 1),
        ("int8", 0.1, -128, 127),
        ("uint8", 0.0, 0, 255),
        ("int16", 0.1, -(2**15), 2**15 - 1),
        ("int32", 0.0, 0, 1),
        ("int64", 0.0, 0, 1),
        ("bool", 0.0, 0, 1),
    ],
)
def test_generated_values_fill_their_range(dtype, scale, low, high):
    values = made((20_000,), np.dtype(dtype), scale, np.random.default_rng(0))
    assert values.dtype == dtype
    room = 0.001 * (high - low)
    assert low <= values.min() <= low + room and high - room <= values.max() <= high


def test_other_dtypes():
    chance = np.random.default_rng(0)
    assert made((2, 3), np.dtype("complex64"), 0.0, chance).dtype == "complex64"
    assert made((2,), np.dtype("S1"), 0.0, chance).tolist() == [b"text", b"text"]


def test_quantized_by_hand():
    values = np.array([-1.0, 0.0, 0.5, 9.0])
    np.testing.assert_array_equal(
        quantized(values, np.dtype("int8"), 0.1, -3), np.int8([-13, -3, 2, 87])
    )
    as_it_is = np.int8([1, 2])
    np.testing.assert_array_equal(quantized(as_it_is, np.dtype("int8"), 0.1, -3), as_it_is)
    np.testing.assert_array_equal(
        quantized(np.array([3, 4]), np.dtype("int32"), 0.0, 0), np.int32([3, 4])
    )


def fed(file):
    details = file._interpreter.get_input_details()
    return {each["name"]: file._interpreter.get_tensor(each["index"]) for each in details}


def outputs(file):
    (each,) = file._interpreter.get_output_details()
    return file._interpreter.get_tensor(each["index"])


def test_any_batch_is_a_batch_of_one_and_a_fixed_one_stays(files):
    for name, batch in (("sparse", 1), ("batch_of_4", 4)):
        file = OpenFile(str(files[name]), 1, None, 0)
        assert file.call(0) > 0
        assert outputs(file).shape == (batch, 128)
        assert file.uses_xnnpack()


def test_several_inputs_and_indices_that_every_table_has(files):
    file = OpenFile(str(files["two_inputs"]), 2, None, 0)
    file.call(0)
    image, words = sorted(fed(file).values(), key=lambda values: values.dtype.kind)
    assert image.shape == (1, 8, 8, 1) and image.std() > 0.2
    assert words.dtype == "int32" and set(words.ravel()) <= {0, 1}


def test_real_inputs_are_taken_in_turn(files, kernel):
    images = np.random.default_rng(3).random((3, 8, 8, 1)).astype("float32")
    file = OpenFile(str(files["sparse"]), 1, {"whatever": images}, 0)
    for number in (0, 1, 2, 4):
        file.call(number)
        expected = images[number % 3].reshape(1, 64) @ kernel
        np.testing.assert_allclose(outputs(file), expected, atol=1e-4)


def test_a_fixed_batch_is_filled_and_a_quantized_file_gets_its_own_scale(files):
    images = np.random.default_rng(3).random((2, 8, 8, 1)).astype("float32")
    file = OpenFile(str(files["batch_of_4"]), 1, {"": images}, 0)
    file.call(1)
    (given,) = fed(file).values()
    np.testing.assert_array_equal(given, np.repeat(images[1:2], 4, axis=0))
    file = OpenFile(str(files["int8"]), 1, {"": images}, 0)
    file.call(0)
    (given,) = fed(file).values()
    np.testing.assert_allclose((given + 128.0) / 255, images[:1], atol=0.5 / 255 + 1e-6)


def test_inputs_by_the_signatures_names(files):
    words = np.array([[3, 3, 3], [2, 2, 2]])
    given = {"image": np.zeros((1, 8, 8, 1)), "words": words}
    file = OpenFile(str(files["two_inputs"]), 1, given, 0)
    file.call(1)
    np.testing.assert_array_equal(outputs(file), [[0, 0, 3, 0]])


@pytest.mark.parametrize("given", [{"image": np.zeros((1, 8, 8, 1))}, {"a": [[0.0]], "b": [[0.0]]}])
def test_missing_and_unknown_names(files, given):
    with pytest.raises(Refused, match=r"^takes inputs by the names .*image.*words"):
        OpenFile(str(files["two_inputs"]), 1, given, 0)


def test_another_shape(files):
    file = OpenFile(str(files["batch_of_4"]), 1, {"": np.zeros((1, 8, 8))}, 0)
    with pytest.raises(Refused, match=f"^{re.escape('takes an array (n, 8, 8, 1), n examples')}"):
        file.call(0)


def test_in_the_child_there_is_no_tensorflow_and_the_peak_is_that_of_the_activations(files):
    small, wide = (
        litert_process("load", [files[name]], threads=1, seed=0) for name in ("dense", "wide")
    )
    assert small["tensorflow"] is wide["tensorflow"] is False
    assert small["xnnpack"] is True
    assert 0 < small["load_ms"] < 5000 and 0 < small["first_call_ms"] < 5000
    # 1024 × 1024 × 16 floats are 64 MiB; before and after the sigmoid at the most.
    more = wide["peak_memory"] - small["peak_memory"]
    assert 60 * 2**20 < more < 140 * 2**20
    assert 0 < small["peak_memory"] < 40 * 2**20
