"""Features find their inputs by name, by place, or not at all."""

import re

import pytest

from keras_distill.predictors.named_inputs import named_inputs


def test_by_name_and_no_others():
    features = {"token_ids": 1, "segment_ids": 2, "padding_mask": 3}
    assert named_inputs(features, ["padding_mask", "token_ids"]) == {
        "padding_mask": 3,
        "token_ids": 1,
    }


def test_a_single_input_takes_the_token_ids():
    assert named_inputs({"token_ids": 1, "padding_mask": 3}, ["words"]) == {"words": 1}
    assert named_inputs({"token_ids": 1, "words": 2}, ["words"]) == {"words": 2}


def test_by_place():
    assert named_inputs(5, ["words"]) == {"words": 5}
    assert named_inputs([5], ["words"]) == {"words": 5}
    assert named_inputs((5, 6), ["words", "mask"]) == {"words": 5, "mask": 6}


@pytest.mark.parametrize(
    ("features", "received"),
    [({"ids": 1}, "'ids'"), (5, "one array"), ((1, 2, 3), "3 arrays")],
)
def test_others(features, received):
    message = (
        f"The model takes 'token_ids', 'padding_mask', but its preprocessor gives {received}. "
        "Give the preprocessor that the model was trained with."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        named_inputs(features, ["token_ids", "padding_mask"])
