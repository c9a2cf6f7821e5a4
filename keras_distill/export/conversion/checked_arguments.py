"""Arguments of an export that contradict each other, or the model."""

import pathlib

from keras_distill.export.conversion.converters import CONVERTERS

_INPUTS = {
    "float32": ("float32", "uint8"),
    "float16": ("float32", "uint8"),
    "dynamic_range": ("float32", "uint8"),
    "int8": ("int8", "uint8", "float32"),
    "int16x8": ("float32", "uint8"),
}


def checked_path(path):
    """The path of a `.tflite` file that may be written."""
    path = pathlib.Path(path)
    if path.suffix != ".tflite":
        raise ValueError(
            f"The path {str(path)!r} does not end in .tflite. Name the file "
            f"{path.stem + '.tflite'!r}; for a SavedModel use to_saved_model."
        )
    if path.is_dir():
        raise ValueError(f"The path {str(path)!r} is a folder. Name a file that ends in .tflite.")
    return path


def checked_input(recipe, input, preprocess):
    """What the file's float inputs are made: `"float32"`, `"uint8"` or `"int8"`."""
    if recipe not in CONVERTERS:
        expected = ", ".join(CONVERTERS)
        raise ValueError(f"Received recipe={recipe!r}. Expected one of: {expected}.")
    if preprocess is not None:
        if input not in (None, "uint8"):
            raise ValueError(
                f"Received input={input!r} with `preprocess`, but a file that preprocesses takes "
                'raw pixels. Give input="uint8", or leave it out.'
            )
        return "uint8"
    allowed = _INPUTS[recipe]
    if input not in (None, *allowed):
        raise ValueError(
            f"Received input={input!r} for a file of the recipe {recipe!r}. Expected one of: "
            f"{', '.join(allowed)}."
        )
    return input or allowed[0]


def ranges_of(model, recipe, operators, calibration_data):
    """Where the ranges of a file come from: `"training"`, `"calibration"`; else None."""
    trained = any(operator.startswith("FakeQuantWithMinMax") for operator in operators)
    if recipe != "int8" and trained:
        raise ValueError(
            f"The model {model.name!r} carries fake quantization, which a {recipe} file cannot "
            'hold. Export it with recipe="int8", or export the model that it was made from.'
        )
    if recipe not in ("int8", "int16x8"):
        return None
    if trained and calibration_data is not None:
        raise ValueError(
            f"The model {model.name!r} carries ranges from training, but received "
            "`calibration_data` too, which would be ignored. Leave `calibration_data` out (give "
            "examples to compare on as `samples`)."
        )
    if recipe == "int16x8" and calibration_data is None:
        raise ValueError(
            f"An int16x8 file needs ranges, and the model {model.name!r} has none. Give a few "
            "hundred training images as `calibration_data`."
        )
    if not trained and calibration_data is None:
        raise ValueError(
            f"The model {model.name!r} is a float model: an int8 file needs ranges, and it has "
            "none. Train it with fake quantization (keras_distill.compression.quantize_model), "
            "or give a few hundred training images as `calibration_data`."
        )
    return "training" if trained else "calibration"


def refuse_float_operators(model, contents):
    """Raises if an int8 file kept operators in float."""
    # A file that gives out floats ends in the step from integers to them.
    ends = {contents.tensors[index].name for index in contents.outputs}
    kept = [
        (operator, place)
        for operator, place in contents.float_operators()
        if not (operator == "DEQUANTIZE" and place in ends)
    ]
    if kept:
        names = ", ".join(f"{operator} ({place})" for operator, place in kept[:8])
        more = f" and {len(kept) - 8} more" if len(kept) > 8 else ""
        raise RuntimeError(
            f"The int8 file of {model.name!r} would keep {len(kept)} operators in float: {names}"
            f"{more}. Quantize those layers too, replace them, or pass allow_float=True; no file "
            "was written."
        )
