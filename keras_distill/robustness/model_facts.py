"""What is known of a model beside its answers."""


def model_facts(predictor, image, given):
    """Parameters, MACs, zeros, bytes and latency: as given, else measured where possible."""
    from keras_distill import footprint

    known = dict(given)
    if predictor.model is not None:
        for fact in ("parameters", "macs", "sparsity"):
            if fact not in known:
                known[fact] = getattr(footprint, fact)(predictor.model)
    if predictor.path is not None and not {"bytes", "gzip_bytes"} <= set(known):
        raw, zipped = footprint.file_bytes(predictor.path)
        known = {"bytes": raw, "gzip_bytes": zipped} | known
    if "latency_ms_p50" not in known:
        known["latency_ms_p50"] = float(footprint.latency(predictor.predict, image).p50)
    return known
