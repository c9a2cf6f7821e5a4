"""Layer maps: dicts, pairs, and what is neither."""

import re

import pytest

from keras_distill.losses.layer_pairs import layer_pairs


def test_a_dict_and_pairs():
    assert layer_pairs("Loss", {"t/1": "s/0", "t/3": "s/1"}) == [("t/1", "s/0"), ("t/3", "s/1")]
    assert layer_pairs("Loss", [["a", "b"], ("a", "c")]) == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize(
    "layer_map",
    [{}, [], None, "a", 3, {"a": 1}, {"a": ""}, ["ab"], [("a", "b", "c")], {"a": ["b"]}],
)
def test_what_is_no_layer_map(layer_map):
    sentence = (
        "Loss takes a layer map {teacher path: student path}, or a list of such pairs. Received: "
        f"layer_map={layer_map!r}. Name at least one pair, e.g. "
        "{'backbone/transformer_layer_3': 'backbone/transformer_layer_1'}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        layer_pairs("Loss", layer_map)
