"""What a file's own metadata say of its inputs and outputs."""

import keras


def metadata_of(serving, labels, licence, version):
    """The arguments of `keras_distill.export.contents.metadata.embed` for a model, as a dict.

    Args:
        serving: The `Serving`.
        labels: Names of the classes: a list, or {output: list}; or None.
        licence, version: Strings, or None.
    """
    return {
        "name": serving.model.name,
        "version": version,
        "licence": licence,
        "inputs": [_input(end, serving) for end in serving.ends.inputs],
        "outputs": [{"name": end.name} for end in serving.ends.outputs],
        "labels": labels,
    }


def _input(end, serving):
    is_float = keras.backend.is_float_dtype(end.dtype)
    picture = is_float and len(end.shape) == 3 and end.shape[-1] in (1, 3)
    said = {"name": end.name, "content": "image" if picture else "feature"}
    if end.name in serving.pixels:
        # The app has nothing to do to the pixels.
        said |= {"description": "raw pixels", "mean": 0.0, "std": 1.0, "min": 0.0, "max": 255.0}
    return said
