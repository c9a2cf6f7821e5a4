"""A text classifier from a folder in Hugging Face's format, with its own head."""

import numpy as np

from keras_distill.models.hugging_face_folder import HuggingFaceFolder
from keras_distill.models.nlp_module import nlp_module


def hugging_face_classifier(folder, sequence_length=None):
    """Loads a fine-tuned text classifier whole, to be a teacher.

    KerasHub's `from_preset` loads the backbone of such a folder and puts a random head on it,
    silently. Here the head's tensors are loaded by name as well, and a folder that has others
    is refused. Nothing is fetched and nothing unpickled.

    Args:
        folder: Of a BertForSequenceClassification, DistilBertForSequenceClassification or
            RobertaForSequenceClassification: `config.json`, `model.safetensors` and the
            tokenizer's files.
        sequence_length: Tokens for each text, of the preprocessor. Defaults to as many as the
            model takes, often 512; a student of short sentences needs fewer.

    Returns:
        A KerasHub `BertTextClassifier`, `DistilBertTextClassifier` or `RobertaTextClassifier`
        with its preprocessor, giving logits. Its `class_names` are the configuration's
        `id2label`, in the order of the logits; they are not saved with it. The logits of a
        BERT may differ from the original's by some thousandths, because KerasHub's BERT has
        the tanh form of GELU.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: Another kind of model, tensors that have no place, a vocabulary that does
            not match the weights, or weights as a pickle.
        ImportError: KerasHub or safetensors is not installed.

    Example:

    ```python
    try:
        teacher = kd.models.hugging_face_classifier("folder")
    except FileNotFoundError as error:
        print(error)  # Names the file.
    ```
    """
    source = HuggingFaceFolder(folder)
    models = nlp_module("keras_hub", "hugging_face_classifier").models
    nlp_module("safetensors", "hugging_face_classifier")
    kind, names = source.kind, source.class_names
    head = _head(source, len(names))
    backbone = getattr(models, f"{kind.name}Backbone").from_preset(str(source.path))
    preprocessor = getattr(models, f"{kind.name}TextClassifierPreprocessor")(
        source.tokenizer(models),
        sequence_length=sequence_length or backbone.max_sequence_length,
    )
    model = getattr(models, f"{kind.name}TextClassifier")(
        backbone, num_classes=len(names), preprocessor=preprocessor
    )
    for name, layer in kind.layers.items():
        model.get_layer(layer).kernel.assign(np.transpose(head[f"{name}.weight"]))
        model.get_layer(layer).bias.assign(head[f"{name}.bias"])
    if "segments" in head:
        # One row that every token gets, and that KerasHub's RoBERTa has no place for.
        positions = backbone.embeddings.position_embedding.position_embeddings
        positions.assign(positions + head["segments"][0])
    model.class_names = names
    return model


def _head(source, classes):
    """The tensors that KerasHub does not load, each checked to be there and to fit."""
    from safetensors import safe_open

    kind, where = source.kind, source.tensors()
    own = [f"{name}.{part}" for name in kind.layers for part in ("weight", "bias")]
    missing = [name for name in (*own, *kind.needed) if name not in where]
    strange = [name for name in where if name not in own and not name.startswith(kind.prefix)]
    if missing or strange:
        raise ValueError(
            f"The head of {kind.architecture} has the tensors {', '.join(own)} beside those that "
            f"begin with {kind.prefix!r}. Received: a file in {source.path} without {missing}, and "
            f"with {strange}, which have no place."
        )
    segments = f"{kind.prefix}embeddings.token_type_embeddings.weight"
    loaded = {"segments": segments} if kind.name == "Roberta" and segments in where else {}
    loaded.update({name: name for name in own})
    head = {}
    for key, name in loaded.items():
        with safe_open(where[name], framework="np") as opened:
            head[key] = opened.get_tensor(name)
    rows = head[own[-2]].shape[0]
    if rows != classes:
        raise ValueError(
            f"Expected as many names in `id2label` as the classifier has outputs, {rows}. "
            f"Received: {classes} in {source.path / 'config.json'}."
        )
    return head
