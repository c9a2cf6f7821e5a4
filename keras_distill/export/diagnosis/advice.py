"""What to do about a quantized file, in words."""


def advice(before, expected, after, mended, needed, kept, ranges, recipe, layers):
    """One paragraph.

    Args:
        before: `(agreement, signal to noise, bytes)` of the file.
        expected: Agreement with the layers in float and the file's own ranges, or None.
        after: As `before`, of the file exported anew, or None.
        mended: Whether that file is good enough.
        needed: What was asked for, in words; None if it is reached.
        kept: The layers to keep in float.
        ranges: `"training"` or `"calibration"`.
        recipe: The file's recipe.
        layers: The `LayerDiagnosis` records, worst first.
    """
    if needed is None:
        return "It is good enough: no layer needs to stay in float."
    if not kept:
        first = layers[0]
        if first.operator == "INPUT":
            return (
                f"It does not reach {needed}, and the rounding of its input alone leaves "
                f'{first.output_snr_db:.1f} dB. Export it with input="float32".'
            )
        return (
            f"It does not reach {needed}, and no choice of layers in float would make it. "
            "Calibrate with more data like these, train with fake quantization "
            '(keras_distill.compression.quantize_model), or export it with recipe="int16x8".'
        )
    if recipe != "int8":
        return (
            f"It does not reach {needed}. It would, at an agreement of {expected:.1%}, with {kept} "
            f"in float, but keep_float is for int8: export it as float16, or as int8 "
            f"with keep_float={kept}."
        )
    if ranges == "training":
        return (
            f"Its ranges come from training: leave {kept} out when quantizing (annotate the other "
            "layers with keras_distill.compression.quantize_annotate_layer) and train again. With "
            f"these layers in float and all other ranges as they are, the agreement would be "
            f"{expected:.1%} (now {before[0]:.1%})."
        )
    still = "" if mended else f", which still does not reach {needed}"
    return (
        f"Export it with keep_float={kept}. A file exported so, calibrated on these examples, "
        f"has an agreement of {after[0]:.1%} (before {before[0]:.1%}){still}, a signal to noise "
        f"of {after[1]:.1f} dB (before {before[1]:.1f}) and {after[2]:,} bytes (before "
        f"{before[2]:,})."
    )
