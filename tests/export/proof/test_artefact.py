"""An artefact is a path."""

import os

from keras_distill.export import Artefact


def test_stands_where_a_path_can(tmp_path):
    (tmp_path / "x").write_text("content")
    artefact = Artefact(tmp_path / "x", parity=None, manifest={})
    assert os.fspath(artefact) == str(tmp_path / "x")
    with open(artefact) as file:
        assert file.read() == "content"
