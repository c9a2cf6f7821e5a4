import re

import numpy as np
import pytest

from keras_distill.robustness.measuring.record_store import RecordStore

CELL = ("mnist_c/fog", 1)


def fill(store, part, value):
    records = {
        "a": {"top": np.full(3, value), "nll": np.full(3, value / 2)},
        "b/c": {"top": np.full(3, -value)},
    }
    store.save(CELL, part, records, np.full((3, 32), value, np.uint8))


def test_parts_come_back_in_order_after_a_new_start(tmp_path):
    store = RecordStore(tmp_path / "run", {"seed": 0})
    fill(store, 1, 1)
    assert not store.has(CELL, 0) and store.has(CELL, 1)
    store = RecordStore(tmp_path / "run", {"seed": 0})
    fill(store, 0, 5)
    np.testing.assert_array_equal(store.read(CELL, 2, 0)["top"], [5, 5, 5, 1, 1, 1])
    assert set(store.read(CELL, 2, 0)) == {"top", "nll"}
    np.testing.assert_array_equal(store.read(CELL, 2, 1)["top"], [-5, -5, -5, -1, -1, -1])
    np.testing.assert_array_equal(store.read(CELL, 2)["digests"][:, 0], [5, 5, 5, 1, 1, 1])


def test_work_is_done_once(tmp_path):
    done = []

    def work():
        done.append(1)
        return {"a": [1.5, None]}

    for _ in range(2):
        store = RecordStore(tmp_path / "run", {})
        assert store.once("probe", work) == {"a": [1.5, None]}
    assert done == [1]


def test_other_settings_are_refused(tmp_path):
    RecordStore(tmp_path / "run", {"seed": 0, "suite": ["fog"], "models": "x" * 80})
    sentence = (
        f"The folder {str(tmp_path / 'run')!r} holds a measurement with other settings (seed: 0 "
        'there, suite: ["fog"] there; now 1, ["snow"]). Go on with those, or give a new folder.'
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        RecordStore(tmp_path / "run", {"seed": 1, "suite": ["snow"], "models": "x" * 80})


def test_other_things_in_the_folder_are_not_touched(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    sentence = (
        f"The folder {str(tmp_path)!r} holds something that is no unfinished measurement. Give an "
        "empty or a new folder."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        RecordStore(tmp_path, {})


def test_damaged_part_is_named(tmp_path):
    store = RecordStore(tmp_path, {})
    fill(store, 0, 1)
    (file,) = tmp_path.glob("*.npz")
    assert file.name == "mnist_c+fog-1-00000.npz"
    file.write_bytes(file.read_bytes()[:-40])
    sentence = (
        f"mnist_c+fog-1-00000.npz in {str(tmp_path)!r} is damaged. Delete it and measure again: "
        "only this part is repeated."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        store.read(CELL, 1, 0)
