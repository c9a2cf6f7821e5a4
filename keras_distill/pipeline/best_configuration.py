"""The configuration with what a search found, to be run as it is."""

import yaml

HEADING = (
    "# Written by `keras-distill search`: the same configuration with the values of its best\n"
    "# trial, and the teacher that was trained already. `keras-distill run` takes it as it is;\n"
    "# what it makes goes into the folder {output}/ beside this file.\n"
)
OUTPUT = "best"


def best_configuration(journey, best):
    """YAML of the journey's configuration, with other values of `distillation`.

    Args:
        journey: A `Journey` that has a teacher.
        best: {name: value}, `SearchResult.best`.

    Returns:
        Text for a file in the run's folder.
    """
    values = journey.configuration.model_dump(mode="json")
    values |= {"output": OUTPUT, "search": None}
    found = {name: best[name] for name in _NAMES if best.get(name) is not None}
    label = best.get("distillation_loss")
    if label is not None:
        names = label.split(":")[0].split("+")
        found["losses"] = names
    else:
        names = values["distillation"]["losses"] or ["soft_targets"]
    if len(names) > 1:
        found["loss_weights"] = [1.0] + [best.get(f"{name}_weight", 1.0) for name in names[1:]]
    values["distillation"] |= found
    if "teachers" in values:
        for name, section in zip(journey.teacher_names, values["teachers"], strict=True):
            _finished(journey, section, name)
    else:
        given = (journey.folder / "models" / "teacher_as_given.keras").exists()
        _finished(journey, values["teacher"], "teacher_as_given" if given else "teacher")
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    return HEADING.format(output=OUTPUT) + text


_NAMES = ("temperature", "student_loss_weight", "learning_rate")


def _finished(journey, section, name):
    """A teacher that was trained here is read from its file, and not trained again."""
    if section["model"] is None:
        section |= {"model": f"models/{name}.keras", "architecture": None, "arguments": {}}
        if "preset" in section:
            section |= {"preset": None, "epochs": 0}
