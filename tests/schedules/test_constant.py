from keras_distill.schedules import Constant


def test_the_same_at_every_step(behaves):
    behaves(Constant(0.25), [0, 1, 10**6], [0.25] * 3)
    behaves(Constant(0), [0], [0.0])


def test_negative_value(refuses):
    refuses(lambda: Constant(-1), "`value` must be a number of 0 or more. Received: value=-1.")
