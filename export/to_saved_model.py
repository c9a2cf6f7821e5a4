"""Writes a .keras file as a SavedModel: python export/to_saved_model.py student.keras student"""

import argparse
import sys

import keras
import numpy as np

import keras_distill as kd


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a .keras file")
    parser.add_argument("path", help="the folder to write")
    parser.add_argument("--samples", help=".npy file of images to compare on")
    parser.add_argument("--labels", nargs="+", help="names of the outputs, in order")
    given = parser.parse_args()
    try:
        artefact = kd.export.to_saved_model(
            keras.saving.load_model(given.model),
            given.path,
            samples=None if given.samples is None else np.load(given.samples),
            labels=given.labels,
        )
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{artefact.path}: {artefact.parity}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
