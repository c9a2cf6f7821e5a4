"""A folder is one search's; nothing that is none is touched."""

import keras
import pytest

from keras_distill.search.project import claim, weights_digest


def test_the_same_search_goes_on(tmp_path):
    folder = tmp_path / "a" / "search"
    settings = {"epochs": 3, "searched": {"temperature": (1.0, 20.0)}}
    claim(folder, settings, overwrite=False)
    (folder / "trial").write_text("done")
    claim(folder, settings, overwrite=False)
    assert (folder / "trial").exists()
    claim(folder, {"epochs": 4}, overwrite=True)
    assert not (folder / "trial").exists()


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_search_is_not_touched(overwrite, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    for folder in (tmp_path, tmp_path / "letter.txt"):
        with pytest.raises(ValueError) as caught:
            claim(folder, {}, overwrite)
        assert str(caught.value) == (
            f"The folder {str(folder)!r} holds something that is no search. Give an empty or a new "
            "`directory`."
        )
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_other_ranges_and_other_weights(tmp_path):
    folder = tmp_path / "search"
    claim(folder, {"searched": {"temperature": (1.0, 20.0)}, "student": "a"}, False)
    with pytest.raises(ValueError) as caught:
        claim(folder, {"searched": {"temperature": (1.0, 9.0)}, "student": "a"}, False)
    assert str(caught.value) == (
        f"The folder {str(folder)!r} holds another search: `searched` is {{'temperature': "
        "[1.0, 20.0]} there and {'temperature': [1.0, 9.0]} here. Give another `directory`, or "
        "start afresh with overwrite=True."
    )
    with pytest.raises(ValueError, match="another search: its student has other weights. Give"):
        claim(folder, {"searched": {"temperature": (1.0, 20.0)}, "student": "b"}, False)


def test_a_digest_is_of_the_weights():
    def model(seed):
        init = keras.initializers.GlorotUniform(seed)
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, kernel_initializer=init)])

    assert weights_digest(model(1)) == weights_digest(model(1)) != weights_digest(model(2))
    assert weights_digest(None) is None
