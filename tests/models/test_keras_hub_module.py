import re
import sys
import types

import pytest

from keras_distill.models.keras_hub_module import keras_hub_module


def test_the_module_where_it_is_installed(monkeypatch):
    module = types.ModuleType("keras_hub")
    monkeypatch.setitem(sys.modules, "keras_hub", module)
    assert keras_hub_module("small_bert") is module


def test_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    sentence = (
        "`small_bert` makes its model of KerasHub's layers, and keras_hub is not installed. "
        'Run: pip install "keras-distill[nlp]"'
    )
    with pytest.raises(ImportError, match="^" + re.escape(sentence) + "$"):
        keras_hub_module("small_bert")
