"""The facts of the table come from the files; the table itself is in the whole journey."""

from keras_distill.pipeline.stages import robustness


def test_it_comes_last_and_is_always_wanted(make_journey):
    configuration = make_journey().configuration
    assert robustness.needs(configuration) == ("export",)
    assert robustness.wanted(configuration)
