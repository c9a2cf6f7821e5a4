"""Reads a configuration file: YAML, safely, with the line of whatever is wrong."""

import pathlib

import pydantic
import yaml

from keras_distill.pipeline import configuration_errors
from keras_distill.pipeline.configuration import Configuration
from keras_distill.pipeline.transfer_configuration import TransferConfiguration


class _UniqueKeyLoader(yaml.SafeLoader):
    """`yaml.safe_load` that refuses a key written twice, where YAML lets the last one win."""

    def construct_mapping(self, node, deep=False):
        seen = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if isinstance(key, str) and key in seen:
                raise _DuplicateKeyError(key, seen[key], line)
            seen[str(key)] = line
        return super().construct_mapping(node, deep=deep)


class _DuplicateKeyError(Exception):
    def __init__(self, key, first, second):
        super().__init__(key, first, second)
        self.key, self.first, self.second = key, first, second


def load_configuration(path):
    """Reads and validates a YAML configuration.

    What the run writes stays with its configuration: `output` is relative to the
    file's folder and may not lead out of it. What it reads (`data.name`, a teacher's
    `model` or `preset`, `student.model`, `data.data_dir`) may lie anywhere: a relative
    path is taken from the file's folder.

    Args:
        path: The file.

    Returns:
        A `Configuration`, or with `recipe: transfer` a `TransferConfiguration`, with
        absolute paths.

    Raises:
        ValueError: naming file, line, key and the accepted values, if the file is not
            YAML, has a tab, a key twice, an unknown key, a wrong type or an impossible
            value.
        FileNotFoundError: if there is no such file.

    Example:

    ```python
    with open("flowers.yaml", "w") as file:
        file.write("output: runs/flowers\\npruning: {sparsity: 0.5}\\n")
    configuration = kd.pipeline.load_configuration("flowers.yaml")
    assert configuration.pruning.sparsity == 0.5
    ```
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"Expected a configuration file. Received: {str(path)!r}, which does not exist. "
            "`keras-distill init` writes one."
        )
    values, lines = _read(path)
    configuration = validate(values, path.name, lines)
    return _with_paths(configuration, path, lines)


def validate(values, source, lines=None):
    """A configuration of a dict, or a ValueError of one sentence that names `source`.

    `recipe: transfer` makes it a `TransferConfiguration`.
    """
    kind = TransferConfiguration if "recipe" in values else Configuration
    try:
        return kind.model_validate(values)
    except pydantic.ValidationError as error:
        raise ValueError(configuration_errors.sentence(error, source, lines, kind)) from None


def _read(path):
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: expected a YAML file in UTF-8; this is not text.") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise ValueError(
                f"{path.name}, line {number}: a tab. YAML is indented with spaces only: "
                "replace the tab by two spaces."
            )
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.load(text, Loader=_UniqueKeyLoader)
    except _DuplicateKeyError as error:
        raise ValueError(
            f"{path.name}, line {error.second}: the key `{error.key}` stands there a second time "
            f"(first on line {error.first}). Keep one of the two."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise ValueError(f"{path.name}{place}: this is not YAML: {problem}.") from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ValueError(
            f"{path.name}: expected keys and values, such as `output: runs/flowers`. "
            f"Received: {type(values).__name__}."
        )
    stranger = next((key for key in values if not isinstance(key, str)), None)
    if stranger is not None:
        raise ValueError(f"{path.name}: expected keys that are words. Received: {stranger!r}.")
    lines = {}
    if root is not None:
        _note_lines(root, (), lines)
    return values, lines


def _note_lines(node, path, lines):
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*path, key.value)] = key.start_mark.line + 1
            _note_lines(value, (*path, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            lines[(*path, place)] = value.start_mark.line + 1
            _note_lines(value, (*path, place), lines)


def _with_paths(configuration, path, lines):
    folder = path.resolve().parent
    output = (folder / configuration.output).resolve()
    if pathlib.Path(configuration.output).is_absolute() or not output.is_relative_to(folder):
        place = f", line {lines[('output',)]}" if ("output",) in lines else ""
        raise ValueError(
            f"{path.name}{place}: `output` must stay inside the configuration's own folder, as a "
            f"relative path. Received: {configuration.output!r}. For another place, give it on the "
            "command line: `keras-distill run CONFIG.yaml --output DIR`."
        )

    def absolute(value):
        return None if value is None else str((folder / pathlib.Path(value).expanduser()).resolve())

    def read(value):
        # A name is no path, unless there is something of that name.
        found = absolute(value)
        return found if found is not None and pathlib.Path(found).exists() else value

    def model(section):
        return section.model_copy(update={"model": absolute(section.model)})

    data = configuration.data
    update = {
        "output": str(output),
        "data": data.model_copy(
            update={"name": read(data.name), "data_dir": absolute(data.data_dir)}
        ),
        "student": model(configuration.student),
    }
    if isinstance(configuration, TransferConfiguration):
        update["teachers"] = [
            model(each).model_copy(update={"preset": read(each.preset)})
            for each in configuration.teachers
        ]
    else:
        update["teacher"] = model(configuration.teacher)
    return configuration.model_copy(update=update)
