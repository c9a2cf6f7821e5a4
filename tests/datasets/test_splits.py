from keras_distill.datasets import Splits


def test_unpacks_as_three():
    splits = Splits("a", "b", "c", "name", ("x",), (2, 2, 1), {"train": 1})
    train, validation, test = splits
    assert (train, validation, test) == ("a", "b", "c")
