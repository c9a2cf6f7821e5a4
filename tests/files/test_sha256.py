"""Checksums by hand and by what they must not depend on."""

import hashlib
import os

import pytest

from keras_distill.files import sha256


def test_file_is_what_sha256sum_says(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-4, example B.1.
    assert sha256(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_folder_is_names_and_contents_in_sorted_order(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.txt").write_bytes(b"two")
    (tmp_path / "a.txt").write_bytes(b"one")
    expected = hashlib.sha256(
        b"a.txt\0"
        + hashlib.sha256(b"one").digest()
        + b"b/c.txt\0"
        + hashlib.sha256(b"two").digest()
    )
    assert sha256(tmp_path) == expected.hexdigest()


def test_folder_depends_on_names_and_bytes_and_not_on_dates(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "x").write_bytes(b"1")
    os.utime(second / "x", (0, 0))
    assert sha256(first) == sha256(second)
    (second / "x").rename(second / "y")
    assert sha256(first) != sha256(second)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        sha256(tmp_path / "nothing")


def test_a_page_in_a_folder_that_does_not_count(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "weights").write_bytes(b"12")
    before = sha256(tmp_path / "net")
    (tmp_path / "net" / "manifest.json").write_text("{}")
    (tmp_path / "net" / "deeper").mkdir()
    assert (
        sha256(tmp_path / "net", without=("manifest.json",)) == before != sha256(tmp_path / "net")
    )
    # Only in the folder itself.
    (tmp_path / "net" / "deeper" / "manifest.json").write_text("{}")
    assert sha256(tmp_path / "net", without=("manifest.json",)) != before
