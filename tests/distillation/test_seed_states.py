"""Seed states of nested layers are found, weights are not."""

from keras_distill.distillation.seed_states import seed_states


def test_only_the_seeds(build):
    assert seed_states(build("s")) == []
    student = build("s", dropout=0.5, batch_norm=True)
    (state,) = seed_states(student)
    assert state is student.get_layer("dropout").seed_generator.state
