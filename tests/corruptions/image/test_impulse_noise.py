import numpy as np
import pytest

from keras_distill.corruptions.image import ImpulseNoise


@pytest.mark.parametrize(
    "severity, amount", [(1, 0.01), (2, 0.02), (3, 0.03), (4, 0.05), (5, 0.07)]
)
def test_share_of_replaced_values_is_the_amount_half_black_half_white(severity, amount):
    images = np.full((40, 32, 32, 3), 0.5)
    made = ImpulseNoise(severity)(images, seed=3)
    values = {0.0: (made == 0).mean(), 1.0: (made == 1).mean()}
    # Three standard deviations of a binomial share.
    margin = 3 * np.sqrt(amount / 2 * (1 - amount / 2) / made.size)
    assert values[0.0] == pytest.approx(amount / 2, abs=margin)
    assert values[1.0] == pytest.approx(amount / 2, abs=margin)
    assert ((made == 0.5) | (made == 0) | (made == 1)).all()
    # Channel values are replaced one by one, not pixels.
    assert ((made == 0.5).sum(-1) == 2).any()
