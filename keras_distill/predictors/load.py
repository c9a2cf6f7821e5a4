"""From a model, a path or a function to a predictor."""

import json
import os
import pathlib

import keras

from keras_distill.files.sha256 import sha256
from keras_distill.predictors.output_kind import output_kind
from keras_distill.predictors.predictor import Predictor
from keras_distill.predictors.tflite_file import TFLiteFile


def load(model, name=None):
    """Makes a `Predictor` of anything that predicts.

    Args:
        model: A `keras.Model`; the path of a `.keras` file, a `.tflite` file or a SavedModel
            folder; an artefact of `keras_distill.export`; a function that takes a float32
            array of images and returns outputs; or a `Predictor`, which is returned as it is.
        name: What to call it in tables and errors. Defaults to the model's, the file's or
            the function's name.

    Returns:
        A `Predictor`.

    Raises:
        FileNotFoundError: If nothing is at the path.
        ValueError: If what is there is damaged or of another kind.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(),
                              keras.layers.Dense(3)])
    predictor = kd.predictors.load(model, name="student")
    assert predictor.outputs == "logits"
    assert predictor.probabilities(np.zeros((4, 8, 8, 1))).shape == (4, 3)
    ```
    """
    if isinstance(model, Predictor):
        return model
    if isinstance(model, keras.Model):
        return _of_keras(model, name or model.name, None)
    if isinstance(model, (str, os.PathLike)):
        return _of_path(pathlib.Path(model), name)
    if callable(model):
        return Predictor(model, "callable", name or getattr(model, "__name__", "callable"))
    raise ValueError(
        f"Cannot predict with {model!r}. Expected a keras.Model, the path of a .keras file, a "
        ".tflite file or a SavedModel folder, or a function of images."
    )


def _of_path(path, name):
    name = name or path.stem
    if not path.exists():
        raise FileNotFoundError(
            f"There is no model at {str(path)!r}. Expected a .keras file, a .tflite file or a "
            "SavedModel folder: check the path."
        )
    if path.is_dir():
        return _of_saved_model(path, name)
    if path.suffix == ".keras":
        try:
            model = keras.saving.load_model(path)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"Could not read {str(path)!r} as a Keras model: {error} If it holds classes of "
                "your own, register them with keras.saving.register_keras_serializable; if it "
                "is damaged, save it again."
            ) from error
        return _of_keras(model, name, path)
    if path.suffix == ".tflite":
        _refuse_altered(path)
        file = TFLiteFile(path)
        counts = len(file.inputs), len(file.results)
        if counts != (1, 1):
            raise ValueError(
                f"{str(path)!r} has {counts[0]} inputs and {counts[1]} outputs; a predictor "
                "needs a model with one of each."
            )
        return Predictor(
            file.predict, "tflite", name, file.input_shape, path=path, outputs=file.outputs
        )
    raise ValueError(
        f"Cannot tell what {str(path)!r} is. Expected a file that ends in .keras or .tflite, or "
        "a SavedModel folder."
    )


def _refuse_altered(path):
    """A file with a few flipped bytes may load and run: only its manifest knows better."""
    manifest = path.with_name(f"{path.name}.manifest.json")
    if not manifest.exists():
        return
    expected = json.loads(manifest.read_text(encoding="utf-8")).get("sha256")
    received = sha256(path)
    if expected not in (None, received):
        raise ValueError(
            f"{str(path)!r} is not the file that its manifest describes. Expected sha256 "
            f"{expected}. Received: {received}. Export it again, or remove "
            f"'{manifest.name}' if the file was changed on purpose."
        )


def _of_keras(model, name, path):
    shape = getattr(model, "input_shape", None)
    single = isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape)
    return Predictor(
        model.predict_on_batch,
        "keras",
        name,
        tuple(shape[1:]) if single else None,
        model=model,
        path=path,
        outputs=output_kind(model),
    )


def _of_saved_model(path, name):
    if not (path / "saved_model.pb").exists():
        raise ValueError(
            f"The folder {str(path)!r} is no SavedModel: it holds no saved_model.pb. Give the "
            "folder that keras_distill.export.to_saved_model or model.export wrote."
        )
    import tensorflow as tf

    try:
        loaded = tf.saved_model.load(str(path))
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise ValueError(
            f"Could not read the SavedModel {str(path)!r}; it is damaged or incomplete: {error} "
            "Export it again."
        ) from error
    signature = loaded.signatures.get("serving_default")
    if signature is None:
        raise ValueError(
            f"The SavedModel {str(path)!r} has no signature 'serving_default'; it has "
            f"{sorted(loaded.signatures)}. Export it again with a serving signature."
        )
    inputs = signature.structured_input_signature[1]
    if len(inputs) != 1:
        raise ValueError(
            f"The SavedModel {str(path)!r} has {len(inputs)} inputs ({', '.join(inputs)}); a "
            "predictor needs a model with one."
        )
    ((argument, spec),) = inputs.items()

    # `loaded` is held by the function: its variables would vanish with it.
    def function(images, loaded=loaded):
        return signature(**{argument: tf.constant(images, spec.dtype)})

    shape = None if spec.shape.rank is None else tuple(spec.shape[1:])
    return Predictor(function, "saved_model", name, shape, path=path)
