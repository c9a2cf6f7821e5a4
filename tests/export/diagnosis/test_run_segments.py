"""Steps run in order, each in integers or in float."""

from keras_distill.export.diagnosis.run_segments import run_onwards, run_segments


class Step:
    """In float it doubles, in integers it gives one more."""

    def __init__(self, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs

    def reference(self, values):
        return [sum(values) * 2]

    def quantized(self, values):
        return [sum(values) * 2 + 1]


# 0 → 1 → 2, and 0 + 2 → 3.
STEPS = [Step((0,), (1,)), Step((1,), (2,)), Step((0, 2), (3,))]


def test_all_in_one_way_or_the_other():
    assert run_segments(STEPS, {0: 1}, lambda step: True) == {0: 1, 1: 2, 2: 4, 3: 10}
    assert run_segments(STEPS, {0: 1}, lambda step: False) == {0: 1, 1: 3, 2: 7, 3: 17}
    mixed = run_segments(STEPS, {0: 1}, lambda step: step is not STEPS[1])
    assert mixed == {0: 1, 1: 2, 2: 5, 3: 12}


def test_only_what_a_change_reaches_is_run_again():
    values = run_segments(STEPS, {0: 1}, lambda step: True)
    assert run_onwards(STEPS[2:], values, {2: 5}) == {2: 5, 3: 12}
    assert run_onwards(STEPS[1:], values, {9: 0}) == {9: 0}
