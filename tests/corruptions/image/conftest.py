import hashlib

import numpy as np
import pytest


@pytest.fixture
def input_of_side():
    """The input of the published fixtures, from whole numbers alone, as a batch of one."""

    def made(side):
        h, w, c = np.mgrid[:side, :side, :3]
        q = side // 8
        image = (5 * h + 3 * w + 40 * c + ((h // q) * (w // q) * 7) % 97) % 256
        return image.astype(np.uint8)[None]

    digests = {32: "00b77cf2e7f338a4", 224: "8a28fe5990b4ed05"}
    for side, digest in digests.items():
        assert hashlib.sha256(made(side).tobytes()).hexdigest().startswith(digest)
    return made


@pytest.fixture
def meets(input_of_side):
    """Whether the reference mode gives the bytes of mean and sha256 at each severity."""

    def check(kind, side, profile, rows):
        for severity, (mean, digest) in enumerate(rows, 1):
            made = kind(severity, profile=profile, rng="reference")(input_of_side(side), seed=0)
            assert made.mean() == pytest.approx(mean, abs=1e-4), severity
            assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest, severity

    return check


@pytest.fixture
def photographs():
    """Smooth in parts, noisy in parts, over the whole range: few equal neighbours."""
    from scipy.ndimage import gaussian_filter

    def made(number, height, width, channels=3):
        rng = np.random.default_rng(height)
        images = rng.random((number, height, width, channels))
        smooth = gaussian_filter(images, (0, 2, 2, 0))
        smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
        return ((0.8 * smooth + 0.2 * images) * 255).astype(np.uint8)

    return made


@pytest.fixture
def fast_and_reference():
    """Bytes of the fast computation and of the reference's, from the reference's draws."""

    def made(kind, severity, profile, images):
        slow = kind(severity, profile=profile, rng="reference")

        class Fed(kind):
            def _rngs(self, seed, indices):
                return slow._rngs(seed, indices)

            def draw(self, image, constant, rng):
                return slow.draw(image, constant, rng)

        return Fed(severity, profile=profile)(images, seed=3), slow(images, seed=3)

    return made


@pytest.fixture
def in_any_company(photographs):
    """Asserts equal bytes and floats alone, in a batch of 64, in any order, in another block."""

    def check(kind, severity=3, profile=None, shape=(64, 32, 32, 3)):
        corruption = kind(severity, profile=profile)
        as_bytes = photographs(*shape)
        order = np.random.default_rng(1).permutation(len(as_bytes))
        for images in (as_bytes, as_bytes / np.float32(255)):
            whole = corruption(images, seed=5)
            mixed = corruption(images[order], seed=5, indices=order)
            np.testing.assert_array_equal(mixed, whole[order])
            for i in (0, len(images) // 2, len(images) - 1):
                alone = corruption(images[i : i + 1], seed=5, indices=[i])
                np.testing.assert_array_equal(alone, whole[i : i + 1])
            # Behind as many others as make it the first of a second block, or the middle of one.
            many = np.concatenate([images] * 3)
            numbers = np.tile(np.arange(len(images)), 3)
            third = corruption(many, seed=5, indices=numbers)[2 * len(images) :]
            np.testing.assert_array_equal(third, whole)

    return check
