"""Cut the embedded subset out of the whole of Fashion-MNIST.

    python benchmarks/make_embedded_fashion_mnist.py FOLDER_WITH_THE_IDX_FILES

1,200 training and 200 test images of each class, drawn from the official training
and test sets by a fixed seed, in a mixed order. The IDX files are those of
https://github.com/zalandoresearch/fashion-mnist (Debian: dataset-fashion-mnist).
"""

import pathlib
import sys

import numpy as np

from keras_distill.datasets.idx_folder import read_idx

TARGET = pathlib.Path(__file__).resolve().parents[1] / "keras_distill" / "datasets" / "embedded"


def subset(folder, stem, per_class, rng):
    images = read_idx(next(folder.glob(f"{stem}-images-idx3-ubyte*")))
    labels = read_idx(next(folder.glob(f"{stem}-labels-idx1-ubyte*")))
    chosen = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in range(10)]
    )
    chosen = rng.permutation(chosen)
    return images[chosen], labels[chosen]


def main(folder):
    rng = np.random.default_rng(0)
    train_images, train_labels = subset(folder, "train", 1200, rng)
    test_images, test_labels = subset(folder, "t10k", 200, rng)
    TARGET.mkdir(exist_ok=True)
    np.savez_compressed(
        TARGET / "fashion_mnist.npz",
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
