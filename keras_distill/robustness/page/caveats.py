"""What a reader must not conclude."""

from keras_distill.robustness.page.verdict import noun


def caveats(document):
    """Sentences, filled in from what was measured and how."""
    n, margin = document["data"]["n"], 100 * document["margin"]
    things = noun(document)
    lines = [
        f"Measured on {n:,} {things}. The 95 % intervals cover the choice of {things}, not the "
        "seed of training: another training run may differ by more.",
        "Intervals of single cells are Wilson's; those of means and differences are bootstraps "
        f"over {things} that carry all their cells along ({document['resamples']:,} resamples).",
        f"“As good” means that a loss of more than {margin:.1f} points is excluded, not that "
        "there is none. “Not told apart” means that these data cannot decide, not that the "
        "models are equal.",
        f"Where no {things[:-1]} was judged differently, up to {300 / n:.1f} in 100 others still "
        "may be.",
    ]
    if document["comparisons"]:
        lines.append(
            "Many comparisons find differences by chance: the p-values are corrected for their "
            "number after Holm; the intervals are not."
        )
    lines += _texts(document) + _suite(document) + _probes(document)
    return lines


def _texts(document):
    lines, data = [], document["data"]
    empty, n = data.get("empty_texts"), data["n"]
    if empty:
        lines.append(
            f"Empty texts: {empty:,} of {n:,}. What a model says of them is its answer to nothing."
        )
    cut = [(model["name"], model.get("texts_cut")) for model in document["models"]]
    long = [f"{name} {count:,}" for name, count in cut if count]
    if long:
        lines.append(
            "The end of texts longer than a model's sequences is cut off. That was so, of the "
            f"{n:,} clean ones, for {', '.join(long)}."
        )
    return lines


def _suite(document):
    suite, data = document["suite"], document["data"]
    if not suite["corruptions"]:
        return ["Only clean data were measured: nothing here speaks of corrupted ones."]
    lines = [
        f"One draw of each corruption, seed {document['seed']}. Accuracy need not fall with every "
        "step of severity"
        + (": in the published data it does not either." if data["modality"] == "image" else ".")
    ]
    if data["modality"] == "text":
        lines.append(
            "The corrupted texts were generated here, at rates of our own: compare them with those "
            "of this package alone. Texts of fewer than 10 characters stay as they are."
        )
    elif suite["source"] == "generated":
        lines.append(
            "The corrupted data were generated here. Compare with figures of papers only within "
            "a few tenths of a point; the published files themselves can be measured instead."
        )
    else:
        lines.append(f"The corrupted data are the published ones: {suite['source']}.")
    if suite["approximate"]:
        names = ", ".join(name.replace("_", " ") for name in suite["approximate"])
        lines.append(f"Approximations of the reference, not equal to it: {names}.")
    alexnet = any(row["mce_alexnet"] is not None for row in document["aggregates"])
    if data["modality"] == "image" and not alexnet:
        lines.append(
            f"CE relative to {document['baseline']} is not ImageNet-C's mCE, whose baseline is "
            "AlexNet."
        )
    if data["bits"] and data["bits"] != 8:
        lines.append(f"The examples have {data['bits']} bits a channel, the corruptions assume 8.")
    return lines


def _probes(document):
    lines = []
    if document.get("attacks"):
        lines.append(
            "FGSM and PGD are weak probes: they bound from above what a stronger attacker would "
            "leave. A transfer attack was crafted on another model and is weaker still."
        )
    if document.get("out_of_distribution"):
        lines.append(
            "Out-of-distribution figures hold for the other data named, scored by the largest "
            "softmax output, and for no others."
        )
    return lines
