import gzip
import re

import numpy as np
import pytest

from keras_distill.footprint import file_bytes


def test_file_and_folder(tmp_path):
    noise = np.random.default_rng(0).bytes(1000)
    (tmp_path / "a").write_bytes(noise)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(bytes(500))
    a, b = file_bytes(tmp_path / "a"), file_bytes(tmp_path / "sub" / "b")
    assert a == (1000, len(gzip.compress(noise, 9, mtime=0)))
    assert b[0] == 500 and b[1] < 50
    assert file_bytes(tmp_path) == (a[0] + b[0], a[1] + b[1])


def test_nothing_there(tmp_path):
    sentence = f"Expected a file or a folder. Received: '{tmp_path / 'x'}', which is none."
    with pytest.raises(FileNotFoundError, match="^" + re.escape(sentence) + "$"):
        file_bytes(tmp_path / "x")
