"""The words that models without a tokenizer of their own know."""

from keras_distill.files.atomic_path import atomic_path

KEYS = ("data",)
FILE = "words.txt"


def needs(configuration):
    return ()


def wanted(configuration):
    sections = [*configuration.teachers, configuration.student]
    # A model from a file may read them too: nobody knows before it is loaded.
    return any(each.architecture or each.model for each in sections)


def run(journey):
    import keras

    layer = keras.layers.TextVectorization(max_tokens=journey.configuration.data.vocabulary_size)
    layer.adapt(journey.splits.train.map(lambda texts, labels: texts))
    known = layer.get_vocabulary(include_special_tokens=False)
    with atomic_path(journey.folder / "models" / FILE) as temporary:
        temporary.write_text("".join(f"{word}\n" for word in known), encoding="utf-8", newline="\n")
    return [f"models/{FILE}"], {"words": len(known)}


def layer(journey):
    """The layer that makes ids of texts: 0 is padding, 1 a word that it does not know."""
    import keras

    path = journey.folder / "models" / FILE
    with path.open(encoding="utf-8", newline="\n") as file:
        known = file.read().split("\n")[:-1]
    return keras.layers.TextVectorization(
        vocabulary=known, output_sequence_length=journey.configuration.data.sequence_length
    )
