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


def checked_ranges(model, recipe, calibration_data, keep_float):
    """Where the ranges of a file shall come from: `"training"`, `"calibration"`; else None."""
    integers = None
    if recipe in ("int8", "int16x8"):
        integers = "training" if calibration_data is None else "calibration"
    if recipe == "int16x8" and calibration_data is None:
        raise ValueError(
            f"An int16x8 file needs ranges, and the model {model.name!r} has none. Give a few "
            "hundred training images as `calibration_data`."
        )
    if keep_float and recipe != "int8":
        raise ValueError(
            f"Received `keep_float` for a file of the recipe {recipe!r}. It is for int8 after "
            "calibration: leave it out."
        )
    if keep_float and integers == "training":
        raise ValueError(
            "Received `keep_float` for a model with ranges from training, which already say what "
            "is int8. Leave those layers out when you quantize the model (quantize_model), or "
            "give a float model and `calibration_data`."
        )
    return integers


def check_fake_quantization(model, recipe, operators, calibration_data):
    """Raises unless the model carries ranges of training just where they are needed."""
    trained = any(operator.startswith("FakeQuantWithMinMax") for operator in operators)
    if recipe != "int8" and trained:
        raise ValueError(
            f"The model {model.name!r} carries fake quantization, which a {recipe} file cannot "
            'hold. Export it with recipe="int8", or export the model that it was made from.'
        )
    if recipe != "int8":
        return
    if trained and calibration_data is not None:
        raise ValueError(
            f"The model {model.name!r} carries ranges from training, but received "
            "`calibration_data` too, which would be ignored. Leave `calibration_data` out (give "
            "examples to compare on as `samples`)."
        )
    if not trained and calibration_data is None:
        raise ValueError(
            f"The model {model.name!r} is a float model: an int8 file needs ranges, and it has "
            "none. Train it with fake quantization (keras_distill.compression.quantize_model), "
            "or give a few hundred training images as `calibration_data`."
        )


def refuse_float_operators(model, contents, scopes):
    """Raises if an int8 file kept operators in float that it was not told to keep.

    Args:
        model: The Keras model, for its name.
        contents: The file's `TFLiteContents`.
        scopes: {path: scope} of the layers that were to be kept.
    """
    # A file that gives out floats ends in the step from integers to them.
    ends = set(contents.outputs)
    kept = []
    for operator in contents.operators:
        names = [contents.tensors[i].name for i in (*operator.inputs, *operator.outputs)]
        told_to = any(scope in name for scope in scopes.values() for name in names)
        for index in operator.outputs:
            step = operator.name == "DEQUANTIZE" and (index in ends or scopes)
            if contents.tensors[index].dtype.startswith("float") and not (step or told_to):
                kept.append((operator.name, contents.tensors[index].name))
    if kept:
        names = ", ".join(f"{operator} ({place})" for operator, place in kept[:8])
        more = f" and {len(kept) - 8} more" if len(kept) > 8 else ""
        raise RuntimeError(
            f"The int8 file of {model.name!r} would keep {len(kept)} operators in float: {names}"
            f"{more}. Quantize those layers too, replace them, or pass allow_float=True; no file "
            "was written."
        )
