"""One run: its stages in order, each done once."""

import logging
import pathlib
import time

from keras_distill.files.atomic_path import atomic_path
from keras_distill.pipeline import fingerprints
from keras_distill.pipeline.adapt_student import adapt_student
from keras_distill.pipeline.load_model import load_model
from keras_distill.pipeline.result import Result
from keras_distill.pipeline.run_data import load_data
from keras_distill.pipeline.run_folder import RunFolder, digest
from keras_distill.pipeline.run_log import RunLog
from keras_distill.pipeline.stages import (
    control,
    distillation,
    export,
    pruning,
    quantization,
    robustness,
    student,
    teacher,
)
from keras_distill.teachers.adapt import adapt


class Journey:
    """Walks a configuration's stages, in one folder, and can be broken off and gone on with.

    Args:
        configuration: A `Configuration`.
        teacher: A `keras.Model`, in place of the one the configuration names.
        student: A `keras.Model`, in place of the one the configuration names.
        splits: `(train, validation, test)`, in place of the configuration's data.
        overwrite: Whether a finished run in the folder is deleted first.
        console: A `rich.console.Console` for progress, or `None` for silence.
    """

    def __init__(
        self,
        configuration,
        teacher=None,
        student=None,
        splits=None,
        overwrite=False,
        console=None,
    ):
        self.configuration = configuration
        self.given_teacher, self.given_student = teacher, student
        self.console = console
        self._splits = splits
        self._models = {}
        self._steps = None
        self.folder = pathlib.Path(configuration.output)
        inputs = fingerprints.of(configuration, teacher, student, splits)
        self._run_folder = RunFolder(
            self.folder, configuration.model_dump(mode="json"), inputs, overwrite
        )
        self.records = {}

    @property
    def stages(self):
        """The stages of this journey, in order."""
        return (teacher, student, control, distillation, pruning, quantization, export, robustness)

    def run(self, until=None):
        """Does what is not done yet; `until` names the last stage wanted."""
        (self.folder / "models").mkdir(exist_ok=True)
        (self.folder / "artefacts").mkdir(exist_ok=True)
        with RunLog(self.folder / "run.log"):
            for stage in self.stages:
                if stage.wanted(self.configuration):
                    self._do(stage)
                if _name(stage) == until:
                    break
        return self

    def result(self):
        """What the finished run made."""
        from keras_distill.robustness.reports.report import Report

        report = Report.load(self.folder / "report" / "report.json")
        student = self.model(self.final_float)
        return Result(student, export.artefacts(self), report, report.rows(), self.folder)

    def _do(self, stage):
        name = _name(stage)
        values = self.configuration.model_dump(mode="json")
        stamp = digest(
            {key: values[key] for key in stage.KEYS},
            [self._made(need) for need in stage.needs(self.configuration)],
        )
        record = self._run_folder.finished(name, stamp)
        if record is not None:
            self.say(f"{name}: finished before")
        else:
            self.log(f"{name}: begins")
            start = time.perf_counter()
            try:
                files, results = stage.run(self)
            except KeyboardInterrupt:
                self.log(f"{name}: interrupted")
                raise
            except Exception:
                logging.getLogger("keras_distill").exception("%s: failed", name)
                raise
            seconds = time.perf_counter() - start
            record = self._run_folder.finish(name, stamp, files, seconds, results)
            self.say(f"{name}: {seconds:.0f} s")
        self.records[name] = record

    def _made(self, stage):
        # With the files: a stage done again with another outcome is another stage to the next.
        return [self.records[stage]["digest"], self.records[stage]["files"]]

    @property
    def splits(self):
        """The data, loaded when a stage first asks for it."""
        if self._splits is None:
            self._splits = load_data(self.configuration)
        return self._splits

    @property
    def steps(self):
        """Batches in one epoch of the training set."""
        if self._steps is None:
            train, _, _ = self.splits
            count = int(train.cardinality())
            self._steps = count if count >= 0 else sum(1 for _ in train)
            if self._steps == 0:
                raise ValueError(
                    "The training set is empty. Expected at least one batch of labelled images."
                )
        return self._steps

    def data_for(self, title):
        """Training and validation set of what is trained under a title."""
        train, validation, _ = self.splits
        return train, validation

    @property
    def distiller_arguments(self):
        """The teacher, and what it and the student are fed of a batch of `data_for`."""
        return {"teacher": self.model("teacher")}

    @property
    def final_float(self):
        """Name of the last student before quantization."""
        return "distilled" if self.configuration.pruning is None else "pruned"

    @property
    def float_models(self):
        """Names of the float models of this run, in the order of the journey."""
        settings = self.configuration
        wanted = {"control": settings.control, "pruned": settings.pruning is not None}
        names = ("teacher", "control", "distilled", "pruned")
        return [name for name in names if wanted.get(name, True)]

    @property
    def training_seconds(self):
        """Seconds of training behind each model; a student's include its earlier stages."""
        taken = {name: record["seconds"] for name, record in self.records.items()}
        distilled = taken["distillation"]
        pruned = distilled + taken.get("pruning", 0.0)
        trained_here = self.given_teacher is None and self.configuration.teacher.model is None
        seconds = {
            "control": taken.get("control"),
            "distilled": distilled,
            "pruned": pruned,
            "int8": pruned + taken.get("quantization", 0.0),
        }
        return {**seconds, "teacher": taken["teacher"]} if trained_here else seconds

    @property
    def teacher_as_given(self):
        """The teacher without the adapter."""
        given = self.folder / "models" / "teacher_as_given.keras"
        return self.model("teacher_as_given" if given.exists() else "teacher")

    def model(self, name):
        """A model of this run, from memory or from its file."""
        if name not in self._models:
            self._models[name] = load_model(self.folder / "models" / f"{name}.keras", name)
        return self._models[name]

    def fresh(self, name):
        """A copy of a model of this run, to be trained without changing the original."""
        return load_model(self.folder / "models" / f"{name}.keras", name)

    def plain(self, model):
        """A model as a Distiller is given it."""
        return model

    def fresh_student(self):
        """The student with its initial weights: the same for every arm."""
        return self.fresh("student_untrained")

    def save(self, name, model):
        """Writes a model whole or not at all; returns its name in the folder."""
        with atomic_path(self.folder / "models" / f"{name}.keras") as temporary:
            model.save(temporary)
        self._models[name] = model
        return f"models/{name}.keras"

    def build(self, architecture, arguments):
        """An architecture of kd.models for the shape and the classes of the data."""
        from keras_distill import models

        maker = getattr(models, architecture)
        return maker(
            **arguments,
            input_shape=tuple(self.splits.input_shape),
            num_classes=len(self.splits.class_names),
        )

    def adapt(self, model, flat=False):
        """The model behind the adapter that the configuration asks for."""
        settings = self.configuration.teacher
        if flat:
            return adapt_student(model, settings.input_scale, settings.channels)
        return adapt(model, settings.input_scale, settings.channels, settings.class_map)

    def say(self, text):
        """A line for the person and the log."""
        self.log(text)
        if self.console is not None:
            self.console.print(text, highlight=False, soft_wrap=True)

    def warn(self, text):
        """A line that should not be missed."""
        logging.getLogger("keras_distill").warning(text)
        if self.console is not None:
            self.console.print(f"Note: {text}", highlight=False, soft_wrap=True)

    def log(self, text):
        """A line for the log."""
        logging.getLogger("keras_distill").info(text)


def _name(stage):
    return stage.__name__.rsplit(".", 1)[-1]
