"""A package that is missing is named, with the command that brings it."""

import importlib.util

import pytest

from keras_distill.search.tuner_package import need_scikit_learn, tuner_package


@pytest.mark.parametrize(
    "function, module, sentence",
    [
        (tuner_package, "keras_tuner", "kd.search needs KerasTuner"),
        (need_scikit_learn, "sklearn", "The Bayesian search needs scikit-learn"),
    ],
)
def test_missing(function, module, sentence, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == module else find(name)
    )
    with pytest.raises(ImportError) as caught:
        function()
    assert str(caught.value) == (
        f'{sentence}, which is not installed: pip install "keras-distill[search]".'
    )


def test_installed():
    assert tuner_package().__name__ == "keras_tuner"
    need_scikit_learn()
