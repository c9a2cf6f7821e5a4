"""A student of some of a transformer teacher's layers, with their weights."""

from keras_distill.models.rebuilt_text_model import backbone_of, rebuilt_text_model


def fewer_layers(teacher, layers):
    """Builds a student of the same class from chosen transformer layers of a teacher.

    Embeddings, final normalization, pooler and classifier head are copied whole, the chosen
    layers in the given order; so the student starts from what the teacher knows, and its
    tokens are the teacher's. Distil it from there.

    Args:
        teacher: A KerasHub text classifier (or other task) or backbone whose transformer
            layers are alike: BERT, RoBERTa, DistilBERT, GPT-2 and their kin.
        layers: Which of the teacher's layers, counted from 0, such as `[0, 2, 5]`.

    Returns:
        A task or backbone of the teacher's class. A task shares the teacher's preprocessor.
        What was compiled is not copied.

    Raises:
        ValueError: A layer that the teacher does not have, or a teacher whose layers are not
            alike.

    Example:

    ```python
    try:
        kd.models.fewer_layers(keras.Sequential(), layers=[0])
    except ValueError as error:
        print(error)  # Says which models it knows.
    ```

    Reference:
        Sanh et al., 2019, DistilBERT, a distilled version of BERT, §3, where a student starts
        from every other layer, https://arxiv.org/abs/1910.01108
    """
    backbone = backbone_of(teacher)
    blocks = getattr(backbone, "transformer_layers", None)
    count = getattr(backbone, "num_layers", None)
    if not blocks or len(blocks) != count:
        raise ValueError(
            "`fewer_layers` takes a KerasHub task or backbone with a row of `transformer_layers`, "
            f"such as BertTextClassifier. Received: {type(teacher).__name__}. Build the student "
            "yourself and hand it to kd.Distiller."
        )
    chosen = [layers] if isinstance(layers, int) else list(layers)
    wrong = [each for each in chosen if isinstance(each, bool) or not isinstance(each, int)]
    if not chosen or wrong or min(chosen) < 0 or max(chosen) >= count:
        raise ValueError(
            f"`layers` takes numbers of the teacher's layers, from 0 to {count - 1}, at least one. "
            f"Received: layers={layers!r}."
        )
    names = [block.name for block in blocks]

    def source(layer):
        # The student's own, called alike, stand at the same places of its row.
        at = names.index(layer.name) if layer.name in names else None
        return layer.name if at is None else names[chosen[at]]

    student, _ = rebuilt_text_model(teacher, {"num_layers": len(chosen)}, source)
    for block, at in zip(backbone_of(student).transformer_layers, chosen, strict=True):
        if _config(block) != _config(blocks[at]):
            raise ValueError(
                "`fewer_layers` takes a teacher whose transformer layers are alike. Received: "
                f"{type(teacher).__name__}, whose layer {names[at]!r} is built otherwise than one "
                f"at the place of {block.name!r}. Build the student yourself and hand it to "
                "kd.Distiller."
            )
    return student


def _config(layer):
    return {key: value for key, value in layer.get_config().items() if key != "name"}
