"""Writes a .keras file as a SavedModel: python export/to_saved_model.py student.keras student"""

import argparse
import pathlib
import sys

import keras
import numpy as np

import keras_distill as kd


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a .keras file")
    parser.add_argument("path", help="the folder to write")
    parser.add_argument(
        "--samples", help=".npy file of images to compare on, or .npz of several inputs"
    )
    parser.add_argument("--labels", nargs="+", help="names of the classes, in order")
    parser.add_argument("--output", choices=["probabilities", "logits"])
    parser.add_argument(
        "--preprocess", choices=["include"], help="it takes raw pixels, and so are the samples"
    )
    parser.add_argument(
        "--image-bytes", action="store_true", help="a signature for JPEG and PNG files too"
    )
    parser.add_argument("--licence", help="for the manifest")
    parser.add_argument("--version", help="for the manifest")
    return vars(parser.parse_args())


def main():
    given = arguments()
    model, path = given.pop("model"), given.pop("path")
    try:
        if given["samples"] is not None:
            loaded = np.load(given["samples"], allow_pickle=False)
            several = pathlib.Path(given["samples"]).suffix == ".npz"
            given["samples"] = dict(loaded) if several else loaded
        artefact = kd.export.to_saved_model(keras.saving.load_model(model), path, **given)
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{artefact.path}: {artefact.parity}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
