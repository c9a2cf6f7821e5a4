"""Checks a shipped artefact: python export/verify_artefact.py student.tflite"""

import argparse
import sys

import keras_distill as kd


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", help="a .tflite file or a SavedModel folder")
    given = parser.parse_args()
    try:
        known = kd.export.verify(given.path)
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{given.path}: as it was made, {known['bytes']:,} bytes, SHA-256 {known['sha256']}")
    print(f"golden examples run: {known['examples']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
