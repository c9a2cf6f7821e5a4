"""The fewest layers, found without trying all sets."""

import pytest

from keras_distill.export.diagnosis.smallest_set import smallest_set

RANKED = ["a", "b", "c", "d", "e", "f", "g"]


@pytest.mark.parametrize("needed", [{"a"}, {"b"}, {"a", "e"}, {"g"}, set(RANKED)])
def test_nothing_that_is_not_needed(needed):
    assert smallest_set(RANKED, {}, lambda kept: needed <= kept) == sorted(needed)


def test_a_layer_brings_those_that_read_it():
    # "z" does no harm of its own, so it is not ranked at all.
    found = smallest_set(RANKED, {"b": {"z"}}, lambda kept: {"b", "z"} <= kept)
    assert found == ["b", "z"]


def test_not_even_all_are_enough():
    assert smallest_set(RANKED, {}, lambda kept: False) is None
    assert smallest_set([], {}, lambda kept: True) is None


def test_few_trials_for_many_layers():
    ranked, tried = [str(n) for n in range(200)], []

    def passes(kept):
        tried.append(kept)
        return {"0", "1"} <= kept

    assert smallest_set(ranked, {}, passes) == ["0", "1"]
    assert len(tried) <= 10
