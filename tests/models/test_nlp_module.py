import re
import sys
import types

import pytest

from keras_distill.models.nlp_module import nlp_module


def test_the_module_where_it_is_installed(monkeypatch):
    module = types.ModuleType("keras_hub")
    monkeypatch.setitem(sys.modules, "keras_hub", module)
    assert nlp_module("keras_hub", "small_bert") is module


def test_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    sentence = (
        "`small_bert` needs keras_hub, and keras_hub is not installed. "
        'Run: pip install "keras-distill[nlp]"'
    )
    with pytest.raises(ImportError, match="^" + re.escape(sentence) + "$"):
        nlp_module("keras_hub", "small_bert")
