"""Converts a .keras file to .tflite: python export/to_tflite.py student.keras student.tflite"""

import argparse
import pathlib
import sys

import keras
import numpy as np

import keras_distill as kd

RECIPES = ["float32", "float16", "dynamic_range", "int8", "int16x8"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a .keras file")
    parser.add_argument("path", help="the .tflite file to write")
    parser.add_argument("--recipe", choices=RECIPES, default="float32")
    parser.add_argument(
        "--calibration-data", help=".npy file of training images, or .npz of several inputs"
    )
    parser.add_argument("--samples", help="the same, of images to compare on")
    parser.add_argument("--labels", nargs="+", help="names of the classes, in order")
    parser.add_argument("--input", choices=["float32", "int8", "uint8"], help="type of the inputs")
    parser.add_argument("--output", choices=["probabilities", "logits"])
    parser.add_argument(
        "--preprocess",
        choices=["include"],
        help="the file takes raw pixels, from 0 to 255, and so are the arrays above",
    )
    parser.add_argument("--batch", choices=["1", "dynamic"], default="1")
    parser.add_argument("--keep-float", nargs="+", default=[], help="layers that int8 leaves")
    parser.add_argument("--allow-float", action="store_true", help="int8 may keep float operators")
    parser.add_argument("--licence", help="written into the file")
    parser.add_argument("--version", help="written into the file")
    return vars(parser.parse_args())


def examples(path):
    """An array, or those of several inputs by name."""
    if path is None:
        return None
    loaded = np.load(path, allow_pickle=False)
    return dict(loaded) if pathlib.Path(path).suffix == ".npz" else loaded


def main():
    given = arguments()
    model, path = given.pop("model"), given.pop("path")
    given["batch"] = 1 if given["batch"] == "1" else "dynamic"
    try:
        for name in ("calibration_data", "samples"):
            given[name] = examples(given[name])
        artefact = kd.export.to_tflite(keras.saving.load_model(model), path, **given)
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{artefact.path}: {artefact.parity}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
