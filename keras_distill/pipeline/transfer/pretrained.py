"""A pretrained teacher of texts, with a tokenizer of its own."""

import json
import pathlib

import numpy as np


def pretrained(preset, num_classes, sequence_length):
    """The KerasHub text classifier of a preset, or of a folder.

    A Hugging Face folder of a classifier comes with the head that it was fine-tuned with, any
    other one with a new head, which fine-tuning has to train.

    Args:
        preset: KerasHub's name of a preset, or the path of a folder.
        num_classes: Of the data.
        sequence_length: Tokens of each text.

    Raises:
        ValueError: The folder's head has another number of classes.
    """
    if _is_classifier(preset):
        from keras_distill.models.hugging_face_classifier import hugging_face_classifier

        model = hugging_face_classifier(preset, sequence_length=sequence_length)
        if len(model.class_names) != num_classes:
            raise ValueError(
                f"The teacher has {len(model.class_names)} classes "
                f"({', '.join(model.class_names)}), and the data has {num_classes}. Expected as "
                "many of one as of the other."
            )
        return model
    from keras_distill.models.nlp_module import nlp_module

    models = nlp_module("keras_hub", "teachers.preset").models
    model = models.TextClassifier.from_preset(preset, num_classes=num_classes)
    model.preprocessor.sequence_length = sequence_length
    return model


def _is_classifier(preset):
    configuration = pathlib.Path(preset) / "config.json"
    if not configuration.is_file():
        return False
    known = json.loads(configuration.read_text(encoding="utf-8"))
    return any(
        name.endswith("ForSequenceClassification") for name in known.get("architectures", [])
    )


def reordered(model, class_map):
    """The model, its outputs brought into the data's order.

    Args:
        model: A classifier that ends in a dense layer; its last weights are changed.
        class_map: For each class of the data, the model's output.

    Raises:
        ValueError: The map is no order of the outputs.
    """
    outputs = model.output_shape[-1]
    if sorted(class_map) != list(range(outputs)):
        raise ValueError(
            f"`class_map` names each of the teacher's outputs once, 0 to {outputs - 1}. Received: "
            f"{class_map}."
        )
    kernel, bias = model.trainable_weights[-2:]
    kernel.assign(np.asarray(kernel)[:, class_map])
    bias.assign(np.asarray(bias)[class_map])
    return model
