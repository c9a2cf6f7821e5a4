"""Whether a file still gives its golden outputs."""

import numpy as np


def check_golden(interpreter, page):
    """Runs the inputs of FILE.golden.json, one by one, and compares the outputs.

    Args:
        interpreter: The LiteRT interpreter of the file.
        page: What the golden file holds, a dict: format 2, or 1 of a single input and output.

    Returns:
        (a list of sentences, one for each output that differs; the number of examples; the
        largest difference as a share of what is tolerated).

    Raises:
        ValueError: The golden file is damaged, or of another format.
    """
    given, wanted = _parts(page)
    count = {len(part["values"]) for part in [*given, *wanted]}
    runner = interpreter.get_signature_runner()
    known = {part["name"] for part in given}, {part["name"] for part in wanted}
    real = set(runner.get_input_details()), set(runner.get_output_details())
    if known != real or len(count) != 1:
        raise ValueError(
            f"it has the inputs {sorted(known[0])} and outputs {sorted(known[1])} with "
            f"{sorted(count)} examples, the model {sorted(real[0])} and {sorted(real[1])}."
        )
    worst = {part["name"]: (0.0, 0) for part in wanted}
    for example in range(*count):
        inputs = {part["name"]: _values(part, example)[None] for part in given}
        outputs = runner(**inputs)
        for part in wanted:
            expected = _values(part, example).astype("float64")
            received = np.asarray(outputs[part["name"]][0], "float64")
            difference = float(np.max(np.abs(received - expected), initial=0.0))
            if np.isnan(difference):
                difference = float("inf")
            if difference > worst[part["name"]][0]:
                worst[part["name"]] = difference, example
    sentences, most = [], 0.0
    for part in wanted:
        (difference, example), tolerance = worst[part["name"]], part["tolerance"]
        most = max(most, difference / tolerance if tolerance else float(difference > 0))
        if difference > tolerance:
            sentences.append(
                f"Its output {part['name']!r} differs from the golden one by {difference:.6g} on "
                f"example {example + 1} of {max(count)}; {tolerance:.6g} is tolerated: it is not "
                "the model that was exported, or this processor computes otherwise."
            )
    return sentences, max(count), most


def _parts(page):
    try:
        if page["format"] == 1:
            parts = [page["input"]], [page["output"] | {"tolerance": page["tolerance"]}]
        elif page["format"] == 2:
            parts = page["inputs"], page["outputs"]
        else:
            raise ValueError(f"its format is {page['format']!r}; 1 and 2 are known.")
        for part in [*parts[0], *parts[1]]:
            for example in range(len(part["values"])):
                _values(part, example)
        for part in parts[1]:
            float(part["tolerance"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"it lacks {error}.") from error
    return parts


def _values(part, example):
    return np.array(part["values"][example], part["dtype"]).reshape(part["shape"])
