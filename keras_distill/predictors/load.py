"""From a model, a path or a function to a predictor."""

import json
import os
import pathlib

import keras
import numpy as np

from keras_distill.files.sha256 import sha256
from keras_distill.predictors.check_vocabulary import check_vocabulary
from keras_distill.predictors.named_inputs import named_inputs
from keras_distill.predictors.output_kind import output_kind
from keras_distill.predictors.own_preprocessor import own_preprocessor
from keras_distill.predictors.predictor import Predictor
from keras_distill.predictors.saved_model_folder import SavedModelFolder
from keras_distill.predictors.tflite_file import TFLiteFile
from keras_distill.predictors.tokenization import read_tokenization


def load(model, name=None, preprocessor=None):
    """Makes a `Predictor` of anything that predicts.

    A model of texts takes texts: a KerasHub task by its own preprocessor, a file exported with
    its vocabulary by that, any other model of token ids by the one given beside it.

    Args:
        model: A `keras.Model`; the path of a `.keras` file, a `.tflite` file or a SavedModel
            folder; an artefact of `keras_distill.export`; a function that takes a float32
            array of images or an array of texts and returns outputs; or a `Predictor`, which is
            returned as it is.
        name: What to call it in tables and errors. Defaults to the model's, the file's or
            the function's name.
        preprocessor: What makes the model's numbers of texts: a KerasHub preprocessor, a
            `keras.layers.TextVectorization`, or a function of a list of str that returns an
            array, a list of them or a dict by the inputs' names. Defaults to the `preprocessor`
            of a KerasHub task, and to what the manifest beside an exported file describes.

    Returns:
        A `Predictor`.

    Raises:
        FileNotFoundError: If nothing is at the path.
        ValueError: If what is there is damaged or of another kind, or `preprocessor` is no
            function, or it or the vocabulary beside a file is another's.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(),
                              keras.layers.Dense(3)])
    predictor = kd.predictors.load(model, name="student")
    assert predictor.outputs == "logits"
    assert predictor.probabilities(np.zeros((4, 8, 8, 1))).shape == (4, 3)
    ```
    """
    if preprocessor is not None and not callable(preprocessor):
        raise ValueError(
            "`preprocessor` must be a KerasHub preprocessor, a keras.layers.TextVectorization or "
            f"a function of texts. Received: {preprocessor!r}."
        )
    if isinstance(model, Predictor):
        if preprocessor is not None:
            raise ValueError(
                f"{model.name!r} is a Predictor already, which keeps its own preprocessor. Give "
                "`preprocessor` where it is loaded."
            )
        return model
    if isinstance(model, keras.Model):
        return _of_keras(model, name or model.name, None, preprocessor)
    if isinstance(model, (str, os.PathLike)):
        return _of_path(pathlib.Path(model), name, preprocessor)
    if callable(model):
        name = name or getattr(model, "__name__", "callable")
        return Predictor(model, "callable", name, preprocessor=preprocessor)
    raise ValueError(
        f"Cannot predict with {model!r}. Expected a keras.Model, the path of a .keras file, a "
        ".tflite file or a SavedModel folder, or a function of images or texts."
    )


def _of_path(path, name, preprocessor):
    name = name or path.stem
    if not path.exists():
        raise FileNotFoundError(
            f"There is no model at {str(path)!r}. Expected a .keras file, a .tflite file or a "
            "SavedModel folder: check the path."
        )
    if path.is_dir():
        return _of_folder(path, name, preprocessor)
    if path.suffix == ".keras":
        try:
            model = keras.saving.load_model(path, compile=False)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"Could not read {str(path)!r} as a Keras model: {error} If it holds classes of "
                "your own, register them with keras.saving.register_keras_serializable; if it "
                "is damaged, save it again."
            ) from error
        return _of_keras(model, name, path, preprocessor)
    if path.suffix == ".tflite":
        _refuse_altered(path)
        return _of_tflite(path, name, preprocessor)
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


def _of_tflite(path, name, preprocessor):
    file = TFLiteFile(path)
    if preprocessor is None:
        preprocessor = read_tokenization(path.with_name(f"{path.name}.manifest.json"))
    predict = _checked(path, file.inputs, len(file.results), preprocessor, file.predict)
    if file.takes_pixels:
        # Whoever predicts has images in [0, 1], as for every other kind of model.
        def predict(images):
            return file.predict(np.rint(255 * images))

    return Predictor(
        predict, "tflite", name, file.input_shape, path=path, outputs=file.outputs,
        preprocessor=preprocessor, texts=False,
    )  # fmt: skip


def _of_folder(path, name, preprocessor):
    folder = SavedModelFolder(path)
    if preprocessor is None:
        preprocessor = read_tokenization(path / "manifest.json")
    predict = _checked(path, folder.inputs, 1, preprocessor, folder.predict)
    texts = next(iter(folder.inputs.values())).dtype.name == "string"
    return Predictor(
        predict, "saved_model", name, folder.input_shape, path=path, preprocessor=preprocessor,
        texts=texts,
    )  # fmt: skip


def _checked(path, inputs, outputs, preprocessor, predict):
    """A file's function, by the names of its inputs where a preprocessor fills them."""
    if outputs != 1 or (len(inputs) != 1 and preprocessor is None):
        hint = "" if outputs != 1 else " Of a model of texts give its `preprocessor`."
        raise ValueError(
            f"{str(path)!r} has {len(inputs)} inputs and {outputs} outputs; a predictor needs a "
            f"model with one of each.{hint}"
        )
    if preprocessor is None:
        return predict
    return lambda features: predict(named_inputs(features, inputs))


def _of_keras(model, name, path, preprocessor):
    shape = getattr(model, "input_shape", None)
    single = isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape)
    inputs = getattr(model, "inputs", None) or []
    preprocessor = own_preprocessor(model) if preprocessor is None else preprocessor
    predict = model.predict_on_batch
    if preprocessor is not None:
        names = _names(model, inputs)
        check_vocabulary(model, preprocessor)

        def predict(features):
            if names:
                named = named_inputs(features, names)
                features = named if len(names) > 1 else next(iter(named.values()))
            # A KerasHub task's own would tokenize a second time.
            return keras.Model.predict_on_batch(model, features)

    return Predictor(
        predict,
        "keras",
        name,
        tuple(shape[1:]) if single else None,
        model=model,
        path=path,
        outputs=output_kind(model),
        preprocessor=preprocessor,
        texts=any(each.dtype == "string" for each in inputs) if inputs else None,
    )


def _names(model, inputs):
    """What the model calls its inputs: its dict's keys, else the names of the layers."""
    keys = None if isinstance(model, keras.Sequential) else getattr(model, "input", None)
    return list(keys) if isinstance(keys, dict) else [each.name for each in inputs]
