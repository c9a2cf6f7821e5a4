"""OutputCache: shards, manifests, damage."""

import re

import numpy as np
import pytest

from keras_distill.teachers.output_cache import OutputCache

MADE_BY = {
    "fingerprint": "a" * 64, "teacher_name": "t", "dtype": "float32", "top_k": None, "views": None,
    "feature_shapes": {"pool": (3,)}, "outputs": (2,), "output_kind": "logits",
}  # fmt: skip


def shard(rng, number):
    return {
        "outputs.0": rng.normal(size=(number, 2)).astype("float32"),
        "features.0": rng.normal(size=(number, 3)).astype("float32"),
    }


@pytest.fixture
def cache(tmp_path):
    rng = np.random.default_rng(0)
    made = OutputCache(tmp_path / "c", MADE_BY)
    parts = [shard(rng, 4), shard(rng, 3)]
    made.add_shard([10, 7, 3, 12], parts[0])
    made.add_shard([1, 99, -5], parts[1])
    made.finish()
    made.parts = parts
    return made


def test_rows_are_found_by_key_across_shards(cache):
    again = OutputCache(cache.directory)
    assert len(again) == 7 and again.complete
    rows = again.find(np.array([-5, 10, 8, 99, 12]))
    np.testing.assert_array_equal(rows, [6, 0, -1, 5, 3])
    features, outputs = again.read(rows[[0, 1, 3]], ["pool"])
    np.testing.assert_array_equal(outputs[1], cache.parts[0]["outputs.0"][0])
    np.testing.assert_array_equal(features["pool"][2], cache.parts[1]["features.0"][1])
    assert again.read(rows[:1], [])[0] == {}
    assert again.teacher().features == {"pool": (3,)} and again.teacher().outputs == (2,)


def test_what_was_not_finished_is_not_complete(tmp_path):
    made = OutputCache(tmp_path / "c", MADE_BY)
    made.add_shard([1, 2], shard(np.random.default_rng(0), 2))
    again = OutputCache(tmp_path / "c", MADE_BY)
    assert len(again) == 2 and not again.complete
    # A shard that was moved into place and never named, as a killed process leaves it.
    (tmp_path / "c" / "shard-00001").mkdir()
    again.add_shard([3], shard(np.random.default_rng(0), 1))
    again.finish()
    assert len(OutputCache(tmp_path / "c")) == 3


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_named(cache, damage):
    file = cache.directory / "shard-00001" / "outputs.0.npy"
    if damage == "changed":
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(bytes(content))
    else:
        file.unlink()
    found = {"changed": "another content", "gone": "no such file"}[damage]
    sentence = (
        f"A file of the precomputed outputs is damaged. Received: {found} at '{file}'; expected "
        "sha256 "
    )
    end = f"…. Delete the folder '{cache.directory}' and precompute again."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}[0-9a-f]{{12}}{re.escape(end)}$"):
        OutputCache(cache.directory)


@pytest.mark.parametrize(
    "key, value, words, was, now",
    [
        ("fingerprint", "b" * 64, "of another teacher", "aaaaaaaaaaaa…", "bbbbbbbbbbbb…"),
        ("dtype", "float16", "of another dtype", "'float32'", "'float16'"),
        ("feature_shapes", {}, "with other features", "{'pool': [3]}", "{}"),
        ("top_k", 5, "with another top_k", "None", "5"),
        ("views", {"epochs": 2, "seed": 0}, "of other views of the examples", "None",
         "{'epochs': 2, 'seed': 0}"),
    ],
)  # fmt: skip
def test_outputs_made_in_another_way_are_refused(cache, key, value, words, was, now):
    sentence = (
        f"'{cache.directory}' holds outputs {words}. Received: {now}; the folder was made with "
        f"{was}. Choose another folder, or delete this one."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        OutputCache(cache.directory, {**MADE_BY, key: value})


def test_no_cache_there(tmp_path):
    sentence = (
        f"Expected a folder that kd.teachers.precompute wrote. Received: '{tmp_path}' without "
        "manifest.json. Precompute the teacher's outputs first."
    )
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(sentence)}$"):
        OutputCache(tmp_path)
