"""What is attached comes off again."""

from keras_distill.teachers.attached_batch import attached, detached


def test_there_and_back():
    assert detached(attached("x", "ids", "outputs")) == ("x", "ids", "outputs")
    assert detached(attached("x", "ids", None)) == ("x", "ids", None)
    for plain in ("x", {"image": 1}, [1, 2], None):
        assert detached(plain) == (plain, None, None)
