import numpy as np
import pytest

from keras_distill.corruptions.image import ShotNoise
from keras_distill.corruptions.image.poisson_columns import poisson_columns

PHOTONS = sorted({each for table in ShotNoise.constants.values() for each in table})


@pytest.mark.parametrize("photons", PHOTONS)
def test_every_chance_is_poissons(photons):
    from scipy.stats import poisson

    kept, (own, other) = poisson_columns(photons)
    for level in (0, 1, 7, 64, 130, 254, 255):
        share = kept[level] / 65536
        chances = np.bincount(
            np.rint(np.concatenate([own[level], other[level]]) * photons).astype(int),
            weights=np.concatenate([share, 1 / 256 - share]),
            minlength=photons + 1,
        )
        expected = poisson.pmf(np.arange(photons), level / 255 * photons)
        # Half a 65536th at either side; what is more than white counts as white.
        np.testing.assert_allclose(chances[:photons], expected, atol=1.01 / 65536)
        assert chances[photons] == pytest.approx(1 - expected.sum(), abs=1.01 / 65536)
        assert chances.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("photons", PHOTONS)
def test_a_count_is_the_byte_that_float64_gives(photons):
    own = np.unique(poisson_columns(photons)[1])
    counts = np.rint(own.astype("float64") * photons)
    expected = (counts / photons * 255.0).astype(np.uint8)
    np.testing.assert_array_equal((own * np.float32(255.0)).astype(np.uint8), expected)
