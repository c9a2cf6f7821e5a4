"""What an app is told, in the arguments of `embed`."""

from keras_distill.export.serving.metadata_of import metadata_of
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.serving import Serving


def test_pixels_need_nothing_done_to_them(plain):
    serving = Serving(plain, model_ends(plain), "include", None)
    said = metadata_of(serving, ["a", "b", "c", "d"], "MIT", "1.2")
    (given,) = said["inputs"]
    assert (given["name"], given["content"]) == ("input", "image")
    assert (given["mean"], given["std"], given["min"], given["max"]) == (0.0, 1.0, 0.0, 255.0)
    assert said["outputs"] == [{"name": "output"}]
    assert (said["name"], said["licence"], said["version"]) == ("small", "MIT", "1.2")


def test_of_other_inputs_nothing_is_claimed(plain):
    said = metadata_of(Serving(plain, model_ends(plain), None, None), None, None, None)
    assert said["inputs"] == [{"name": "input", "content": "image"}]
