"""The whole journey in one call: what `keras-distill run` does, from Python."""

import pathlib

import keras
import numpy as np

from keras_distill.pipeline.journey import Journey
from keras_distill.pipeline.load_configuration import validate


def compress(
    teacher,
    train,
    validation,
    test,
    student=0.25,
    sparsity=0.75,
    quantize="int8",
    corruptions="quick",
    output="runs/run",
    seed=0,
    epochs=None,
    overwrite=False,
    verbose=True,
):
    """Distils, prunes, quantizes, exports and measures.

    Also trains the student once without the teacher, as a control. Every finished stage is
    kept in `output`: the same call again goes on where the last one ended.

    Args:
        teacher: A trained classifier, a `keras.Model` that takes images in [0, 1] (wrap it
            with `kd.teachers.adapt` if it wants them otherwise).
        train: Training data: a `tf.data.Dataset` of batches (images float32 in [0, 1],
            integer labels), or a pair of arrays `(images, labels)`.
        validation: Likewise; every choice is made on it.
        test: Likewise; looked at once, for the report.
        student: A `keras.Model`, or the width of a narrower copy of the teacher, above 0 and
            at most 1. Defaults to 0.25.
        sparsity: Share of each kernel that becomes zero, above 0 and below 1, or `None` to
            leave pruning out. Defaults to 0.75.
        quantize: `"int8"`, or `None` to leave it out. Defaults to `"int8"`.
        corruptions: Name of a suite or a list of corruptions, or `None` for clean test
            images only. Defaults to `"quick"`.
        output: Folder of the run.
        seed: Of initial weights, data order and corruptions. Defaults to 0.
        epochs: {stage: epochs} for `"distillation"`, `"pruning"`, `"quantization"`, to
            differ from the defaults (10, 4, 2).
        overwrite: Whether a run that is in `output` already is deleted first.
        verbose: Whether progress is shown.

    Returns:
        A `Result`: `.student`, `.artefacts`, `.report`, `.table`, `.folder`.

    Raises:
        ValueError: if a value is impossible, the teacher is fed wrongly or at chance, or
            `output` holds anything but this very run; each sentence says how to mend it.

    Example:

    ```python
    try:
        kd.compress(teacher=None, train=None, validation=None, test=None, sparsity=1.0)
    except ValueError as error:
        assert "`pruning.sparsity` must be a number above 0 and below 1" in str(error)
    ```
    """
    epochs = dict(epochs or {})
    unknown = sorted(set(epochs) - {"distillation", "pruning", "quantization"})
    if unknown:
        raise ValueError(
            "`epochs` must be a dict with the keys 'distillation', 'pruning', 'quantization'. "
            f"Received the unknown key {unknown[0]!r}."
        )

    def section(name, **values):
        return {**values, **({"epochs": epochs[name]} if name in epochs else {})}

    given = isinstance(student, keras.Model)
    configuration = validate(
        {
            "output": str(pathlib.Path(output)),
            "seed": seed,
            "data": {"name": "given in Python"},
            "student": {} if given else {"width": student},
            "distillation": section("distillation"),
            "pruning": None if sparsity is None else section("pruning", sparsity=sparsity),
            "quantization": None if quantize is None else section("quantization", scheme=quantize),
            "robustness": None if corruptions is None else {"corruptions": corruptions},
        },
        "kd.compress",
    )
    if not isinstance(teacher, keras.Model):
        raise ValueError(f"Expected a trained keras.Model as teacher. Received: {teacher!r}.")
    splits = tuple(
        _dataset(split, name, seed if name == "train" else None)
        for name, split in (("train", train), ("validation", validation), ("test", test))
    )
    console = None
    if verbose:
        from rich.console import Console

        console = Console()
    journey = Journey(
        configuration,
        teacher=teacher,
        student=student if given else None,
        splits=splits,
        overwrite=overwrite,
        console=console,
    )
    return journey.run().result()


def _dataset(split, name, seed):
    """Arrays become batches; what is a data set stays one."""
    if not isinstance(split, tuple):
        if hasattr(split, "cardinality"):
            return split
        raise ValueError(
            f"`{name}` must be a tf.data.Dataset of (images, labels) batches, or a pair of arrays. "
            f"Received: {type(split).__name__}."
        )
    import tensorflow as tf

    images, labels = np.asarray(split[0], "float32"), np.asarray(split[1], "int32")
    if len(images) != len(labels) or len(images) == 0:
        raise ValueError(
            f"`{name}` must hold as many labels as images, at least one. Received: "
            f"{len(images)} images and {len(labels)} labels."
        )
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    if seed is not None:
        dataset = dataset.shuffle(len(images), seed=seed)
    return dataset.batch(128)
