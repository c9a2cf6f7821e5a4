"""Converts a .keras file to .tflite: python export/to_tflite.py student.keras student.tflite"""

import argparse
import sys

import keras
import numpy as np

import keras_distill as kd


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a .keras file")
    parser.add_argument("path", help="the .tflite file to write")
    parser.add_argument("--recipe", choices=["float32", "int8"], default="float32")
    parser.add_argument("--calibration-data", help=".npy file of training images, for int8")
    parser.add_argument("--samples", help=".npy file of images to compare on")
    parser.add_argument("--labels", nargs="+", help="names of the outputs, in order")
    parser.add_argument("--allow-float", action="store_true", help="int8 may keep float operators")
    given = parser.parse_args()
    arrays = {
        name: np.load(path)
        for name in ("calibration_data", "samples")
        if (path := getattr(given, name)) is not None
    }
    try:
        artefact = kd.export.to_tflite(
            keras.saving.load_model(given.model),
            given.path,
            given.recipe,
            labels=given.labels,
            allow_float=given.allow_float,
            **arrays,
        )
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{artefact.path}: {artefact.parity}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
