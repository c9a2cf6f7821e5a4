"""What is known of a model beside its answers."""

import hashlib

from keras_distill.files.sha256 import sha256


def model_facts(predictor, example, given):
    """Parameters, MACs, zeros, bytes and latency: as given, else measured where possible.

    Args:
        predictor: A `Predictor`.
        example: A batch of one example, as models take it.
        given: Facts that are known: not measured again.

    Returns:
        A dict.
    """
    from keras_distill import footprint

    known = dict(given)
    if predictor.model is not None:
        for fact in ("parameters", "macs", "sparsity"):
            if fact not in known and not (fact == "macs" and _uncounted(predictor)):
                known[fact] = getattr(footprint, fact)(predictor.model)
    if predictor.path is not None and not {"bytes", "gzip_bytes"} <= set(known):
        raw, zipped = footprint.file_bytes(predictor.path)
        known = {"bytes": raw, "gzip_bytes": zipped} | known
    if "latency_ms_p50" not in known:
        known["latency_ms_p50"] = float(footprint.latency(predictor.predict, example).p50)
    return known


def identity(predictor):
    """What tells one model from another when a measurement goes on: a hash, or a name.

    A function has nothing to be hashed: of two with one name the second is taken for the first.
    """
    if predictor.model is not None:
        from keras_distill.teachers.fingerprint import fingerprint

        found = fingerprint(predictor.model)
        return found if predictor.preprocessor is None else f"{found} {_words(predictor)}"
    if predictor.path is None:
        return predictor.name
    if predictor.path.is_file():
        return sha256(predictor.path)
    files = sorted(each for each in predictor.path.rglob("*") if each.is_file())
    each = (f"{file.relative_to(predictor.path)} {sha256(file)}" for file in files)
    return hashlib.sha256("\n".join(each).encode()).hexdigest()


def _words(predictor):
    """A hash of what a preprocessor makes numbers of."""
    preprocessor = predictor.preprocessor
    tokenizer = getattr(preprocessor, "tokenizer", preprocessor)
    vocabulary = tokenizer.get_vocabulary() if hasattr(tokenizer, "get_vocabulary") else None
    known = type(preprocessor).__name__, getattr(preprocessor, "sequence_length", None), vocabulary
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _uncounted(predictor):
    """Whether a model of texts multiplies where `footprint.macs` does not count it.

    A transformer's blocks and recurrent layers are many times what is left, and sequences of any
    length have no number: nothing is said then, rather than something far too small.
    """
    if not predictor.texts:
        return False
    import keras

    from keras_distill.footprint.macs import calls, macs_of_call

    if not getattr(predictor.model, "inputs", None):
        return True
    for _, layer, given, made in calls(predictor.model):
        try:
            counted = macs_of_call(layer, given, made)
        except ValueError:
            return True
        wide = any(len(weight.shape) > 1 for weight in getattr(layer, "weights", []))
        if wide and not counted and not isinstance(layer, keras.layers.Embedding):
            return True
    return False
