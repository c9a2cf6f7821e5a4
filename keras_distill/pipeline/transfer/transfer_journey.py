"""One run of the transfer recipe: its stages in order, each done once."""

import keras

from keras_distill.pipeline.journey import Journey
from keras_distill.pipeline.result import Result
from keras_distill.pipeline.transfer import (
    control,
    distillation,
    ensemble,
    export,
    fine_tuning,
    robustness,
    student,
    words,
)
from keras_distill.pipeline.transfer.teacher import TeacherStage


class TransferJourney(Journey):
    """Walks a `TransferConfiguration`'s stages, in one folder; resumes as `Journey` does.

    Every model reads tokens of its own: a KerasHub task those of its preprocessor, an
    architecture of kd.models words. A batch's x is a dict of them, by the names of `entry`.

    Args:
        configuration: A `TransferConfiguration`.
        overwrite: Whether a finished run in the folder is deleted first.
        console: A `rich.console.Console` for progress, or `None` for silence.
    """

    def __init__(self, configuration, overwrite=False, console=None):
        super().__init__(configuration, overwrite=overwrite, console=console)
        self._tokens = {}
        self._words = None
        self._precomputed = None

    @property
    def stages(self):
        """The stages of this journey, in order."""
        teachers = [TeacherStage(name, place) for place, name in enumerate(self.teacher_names)]
        more = [ensemble] if len(teachers) > 1 else []
        rest = (student, control, distillation, fine_tuning, export, robustness)
        return (words, *teachers, *more, *rest)

    @property
    def splits(self):
        """The texts, loaded when a stage first asks for them."""
        if self._splits is None:
            from keras_distill.datasets.load import load

            data = self.configuration.data
            self._splits = load(
                data.name,
                batch_size=data.batch_size,
                data_dir=data.data_dir,
                seed=self.configuration.seed,
            )
            if self._splits.input_shape != ():
                raise ValueError(
                    "`recipe: transfer` is for texts. Received: "
                    f"`data.name: {self._splits.name}` with examples of shape "
                    f"{self._splits.input_shape}. Leave `recipe` out for images."
                )
        return self._splits

    @property
    def teacher_names(self):
        """Names of the single teachers' models."""
        number = len(self.configuration.teachers)
        return ["teacher"] if number == 1 else [f"teacher_{i + 1}" for i in range(number)]

    @property
    def final_float(self):
        """Name of the student that is exported."""
        return "distilled" if self.configuration.fine_tuning is None else "fine_tuned"

    @property
    def float_models(self):
        """Names of the float models of this run that are measured, in their order."""
        settings = self.configuration
        wanted = {
            "control": settings.control,
            "distilled": settings.distillation is not None,
            "fine_tuned": settings.fine_tuning is not None,
        }
        return ["teacher", *(name for name, each in wanted.items() if each)]

    @property
    def training_seconds(self):
        """Seconds of training behind each model; a student's include its earlier stages."""
        taken = {name: record["seconds"] for name, record in self.records.items()}
        distilled = taken.get("distillation", 0.0)
        return {
            "teacher": sum(taken[name] for name in self.teacher_names),
            "control": taken.get("control"),
            "distilled": distilled,
            "fine_tuned": distilled + taken.get("fine_tuning", 0.0),
        }

    def keep(self, name, model):
        """Remembers a model before its file is written, so that `data_for` knows its tokens."""
        self._models[name] = model

    def preprocessor(self, name):
        """What makes the model of this name its tokens, out of texts."""
        if name == "teacher" and len(self.teacher_names) > 1:
            each = {self.entry(one): self.preprocessor(one) for one in self.teacher_names}
            return lambda texts: {key: make(texts) for key, make in each.items()}
        own = getattr(self.model(name), "preprocessor", None)
        return self.words if own is None else own

    def entry(self, name):
        """Under which key of a batch's x the model of this name finds its tokens."""
        if getattr(self.model(name), "preprocessor", None) is None:
            return "words"
        return name if name in self.teacher_names else "student"

    @property
    def words(self):
        """The `TextVectorization` of the models that have no tokenizer of their own."""
        if self._words is None:
            self._words = words.layer(self)
        return self._words

    def tokens(self, *names):
        """The data with every text as tokens of these models, `{entry: tokens}`."""
        from keras_distill.datasets.tokenized import tokenized

        makers = {self.entry(name): self.preprocessor(name) for name in names}
        key = tuple(sorted(makers))
        if key not in self._tokens:
            made = tokenized(self.splits, verbose=False, **makers)
            for entry, found in made.truncation.items():
                self.say(f"  {entry}: {found}")
            self._tokens[key] = made
        return self._tokens[key]

    def data_for(self, title):
        """Training and validation set of what is trained under a title."""
        if title == "distilled":
            train, validation, _ = self.tokens(*self.teacher_names, "student_untrained")
            return (train if self._precomputed is None else self._precomputed), validation
        name = title if title in self.teacher_names else "student_untrained"
        entry = self.entry(name)
        train, validation, _ = self.tokens(name)

        def own(x, y):
            return x[entry], y

        mapped = train.map(own)
        mapped.epoch = train.epoch
        return mapped, validation.map(own)

    @property
    def distiller_arguments(self):
        """The teacher, and what it and the student are fed of a batch of `data_for`."""
        fed = {"student_inputs": self.entry("student_untrained")}
        entries = [self.entry(name) for name in self.teacher_names]
        own = entries[0] if len(entries) == 1 else list(dict.fromkeys(entries))
        if not self.configuration.distillation.precompute:
            return {"teacher": self.model("teacher"), "teacher_inputs": own, **fed}
        if self._precomputed is None:
            from keras_distill import teachers

            train, _, _ = self.tokens(*self.teacher_names, "student_untrained")
            folder = self.folder / "teacher_outputs"
            teachers.precompute(
                self.model("teacher"),
                train,
                folder,
                teacher_inputs=own,
                verbose=self.console is not None,
            )
            self._precomputed = teachers.attach(train, folder)
        return {"teacher": self._precomputed.teacher, **fed}

    def build(self, architecture, arguments):
        """An architecture of kd.models for the words and the classes of the data."""
        from keras_distill import models

        maker = getattr(models, architecture, None)
        if maker is None or not callable(maker):
            raise ValueError(
                f"`architecture` must be the name of one in kd.models. Received: {architecture!r}. "
                "For words there are bag_of_embeddings, bilstm and text_cnn."
            )
        return maker(
            **arguments,
            vocabulary_size=self.words.vocabulary_size(),
            sequence_length=self.configuration.data.sequence_length,
            num_classes=len(self.splits.class_names),
        )

    def plain(self, model):
        """The same layers and weights, without the preprocessor that a KerasHub task runs."""
        if getattr(model, "preprocessor", None) is None:
            return model
        return keras.Model(model.inputs, model.outputs)

    def result(self):
        """What the finished run made."""
        from keras_distill.robustness.reports.report import Report

        report = Report.load(self.folder / "report" / "report.json")
        student_model = self.model(self.final_float)
        return Result(student_model, export.artefacts(self), report, report.rows(), self.folder)
