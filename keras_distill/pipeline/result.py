"""What a finished run hands back."""

import dataclasses
import pathlib

import keras


@dataclasses.dataclass(frozen=True)
class Result:
    """The student, its files and the report of a finished run.

    Made by `kd.compress`; all of it also lies in `folder`.

    Args:
        student: The last float student (distilled, and pruned if that was asked for), a
            plain `keras.Model` of stock layers.
        artefacts: {name: artefact} of what was exported: `"saved_model"`, a float32
            `.tflite` by the name of each model, and `"int8"`.
        report: The `kd.robustness` report.
        table: A list of dicts, one row for each model.
        folder: The run's folder.

    Example:

    ```python
    result = kd.pipeline.Result(None, {}, None, [{"model": "teacher"}], "runs/flowers")
    assert result.table[0]["model"] == "teacher"
    ```
    """

    student: keras.Model
    artefacts: dict
    report: object
    table: list
    folder: pathlib.Path
