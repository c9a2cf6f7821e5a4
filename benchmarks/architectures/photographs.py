"""Real photographs that Python packages carry along, and crops of them.

foolbox has twenty of ImageNet (with their classes), scikit-image and scikit-learn a few each,
matplotlib one. Only the files are read, no package is imported. ImageNet's twenty are for
comparison: a network that knows ImageNet's classes has a choice to make there. Of coins, gravel
or a test card it has no idea, all its classes are below a tenth, and the largest of them is
chance; such photographs serve for calibration. None is in both.
"""

import functools
import importlib.util
import pathlib

import numpy as np

# Photographs of scenes and things; drawings, scans and pictures through lenses are left out.
_FILES = {
    "foolbox": ("data", ("imagenet_*.jpg",)),
    "matplotlib": ("mpl-data/sample_data", ("grace_hopper.jpg",)),
    "sklearn": ("datasets/images", ("china.jpg", "flower.jpg")),
    "skimage": (
        "data",
        (
            "astronaut.png",
            "brick.png",
            "camera.png",
            "chelsea.png",
            "clock_motion.png",
            "coffee.png",
            "coins.png",
            "grass.png",
            "gravel.png",
            "motorcycle_left.png",
            "rocket.jpg",
        ),
    ),
}


def files():
    """The photographs that are there, in a fixed order."""
    found = []
    for package, (folder, patterns) in _FILES.items():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        place = pathlib.Path(spec.origin).parent / folder
        found += [file for pattern in patterns for file in sorted(place.glob(pattern))]
    return found


def side(seed):
    """Photographs for calibration (seed 1) or for comparison (any other seed)."""
    return [file for file in files() if file.name.startswith("imagenet_") != (seed == 1)]


@functools.cache
def _picture(file):
    from PIL import Image

    with Image.open(file) as picture:
        return picture.convert("RGB")


def crops(size):
    """A function `(n, seed)` of float32 `(n, size, size, 3)` in [0, 1], photographs in turn."""

    def samples(n, seed):
        from PIL import Image

        photographs = side(seed)
        if len(photographs) < 8:
            raise FileNotFoundError(
                f"{len(photographs)} photographs for seed {seed}, at least 8 are needed: "
                "pip install foolbox scikit-image scikit-learn."
            )
        random = np.random.default_rng(seed)
        made = np.empty((n, size, size, 3), "float32")
        for i in range(n):
            picture = _picture(photographs[i % len(photographs)])
            edge = min(picture.size) * random.uniform(0.6, 1.0)
            left, top = (random.uniform(0, whole - edge) for whole in picture.size)
            crop = picture.resize(
                (size, size), Image.Resampling.BICUBIC, (left, top, left + edge, top + edge)
            )
            pixels = np.asarray(crop, "float32") / 255
            made[i] = pixels[:, ::-1] if random.uniform() < 0.5 else pixels
        return made

    return samples
