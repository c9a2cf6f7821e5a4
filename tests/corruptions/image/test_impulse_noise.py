import numpy as np
import pytest

from keras_distill.corruptions.image import ImpulseNoise


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize(
    "profile, severity, amount",
    [
        ("cifar32", 1, 0.01),
        ("cifar32", 2, 0.02),
        ("cifar32", 3, 0.03),
        ("cifar32", 4, 0.05),
        ("cifar32", 5, 0.07),
        ("tiny64", 5, 0.14),
        ("imagenet224", 3, 0.09),
        ("imagenet224", 5, 0.27),
    ],
)
def test_share_of_replaced_values_is_the_amount_half_black_half_white(
    profile, severity, amount, rng
):
    images = np.full((40, 32, 32, 3), 0.5)
    made = ImpulseNoise(severity, profile=profile, rng=rng)(images, seed=0)
    values = {0.0: (made == 0).mean(), 1.0: (made == 1).mean()}
    # Three standard deviations of a binomial share.
    margin = 3 * np.sqrt(amount / 2 * (1 - amount / 2) / made.size)
    assert values[0.0] == pytest.approx(amount / 2, abs=margin)
    assert values[1.0] == pytest.approx(amount / 2, abs=margin)
    assert ((made == 0.5) | (made == 0) | (made == 1)).all()
    # Channel values are replaced one by one, not pixels.
    assert ((made == 0.5).sum(-1) == 2).any()


def test_reference_draws_are_those_of_scikit_image_014(fixture_image):
    # Its random_noise(mode="s&p") asked np.random.choice for the values hit, then for salt.
    state = np.random.RandomState(11)
    hit = state.choice([True, False], size=(32, 32, 3), p=[0.03, 0.97])
    salt = state.choice([True, False], size=(32, 32, 3), p=[0.5, 0.5])
    expected = fixture_image[0].copy()
    expected[hit & salt] = 255
    expected[hit & ~salt] = 0
    made = ImpulseNoise(3, rng="reference")(fixture_image, seed=11)[0]
    np.testing.assert_array_equal(made, expected)
