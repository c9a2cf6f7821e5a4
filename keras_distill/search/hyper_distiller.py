"""The search space of distillation, as KerasTuner wants it."""

import contextlib
import weakref

import keras

from keras_distill.distillation.distiller import Distiller
from keras_distill.predictors.output_kind import output_kind
from keras_distill.search.default_point import default_point
from keras_distill.search.loss_choices import LossChoices
from keras_distill.search.ranges import LINEAR, checked_range, is_searched
from keras_distill.search.tuner_package import tuner_package
from keras_distill.teachers import Ensemble


class HyperDistiller(tuner_package().HyperModel):
    """A `keras_tuner.HyperModel` whose models are compiled Distillers.

    `kd.search.search` takes it, and so does every tuner of KerasTuner. Temperature,
    learning rate and the weights of further losses are drawn on a logarithmic scale,
    `student_loss_weight` on a linear one. Every model begins with the same weights and
    sees the same random draws: trials differ by their values alone.

    The names of the values are `distillation_loss` (where there are alternatives),
    `temperature` (where the loss has one), `student_loss_weight`, `learning_rate`, and,
    where losses are used together, `feature_hint_weight` and the like for every loss but the
    first, whose weight is 1.

    Args:
        teacher: As in `kd.Distiller`: a model, a list of them, or precomputed outputs.
        student: A function without arguments that builds the student, or loads it.
        temperature: `(lowest, highest)`, or a number that is kept, or `None`: each loss
            keeps its own. Defaults to `(1.0, 20.0)`.
        student_loss_weight: The same, in [0, 1]. Defaults to `(0.0, 1.0)`.
        learning_rate: The same. Defaults to `(1e-4, 1e-2)`.
        distillation_losses: One loss, or a list of alternatives. Each is the name of a class
            in `kd.losses` such as `"soft_targets"`, a loss, or a list of those that are used
            together. Defaults to `"soft_targets"`.
        distillation_loss_weights: `(lowest, highest)` or a number for every loss but the
            first of those used together. Defaults to `(0.1, 10.0)`.
        default: {name: value} of the point that `kd.search.search` tries first, where it is
            to differ from the Distiller's and Keras's own values: the loss's own temperature,
            0.5, 1e-3, weights of 1, the first alternative; the nearest end where a range
            leaves one of these out.
        optimizer: A function of the learning rate that makes an optimizer. Defaults to
            `keras.optimizers.Adam`.
        loss: Of the labels, as in `compile`. Defaults to cross-entropy with integer labels,
            of logits or probabilities as the student puts them out.
        metrics: A function that makes the list of metrics, or a list of their names.
            Defaults to `["accuracy"]`.
        seed: Of initial weights and training. Defaults to 0.
        **distiller_arguments: Further arguments of every `Distiller`, such as
            `student_inputs`.

    Raises:
        ValueError: A range is none, nothing is left to search, or the default lies outside.
        TypeError: `student` is no function.
        ImportError: KerasTuner is not installed.

    Example:

    ```python
    import keras_tuner

    def student():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])

    space = kd.search.HyperDistiller(student(), student, learning_rate=1e-3)
    values = keras_tuner.HyperParameters()
    distiller = space.build(values)
    assert values.values == {"temperature": 4.0, "student_loss_weight": 0.5}
    assert isinstance(distiller, kd.Distiller) and distiller.compiled
    ```

    Reference:
        O'Malley et al., 2019, KerasTuner, https://github.com/keras-team/keras-tuner
    """

    def __init__(
        self,
        teacher,
        student,
        temperature=(1.0, 20.0),
        student_loss_weight=(0.0, 1.0),
        learning_rate=(1e-4, 1e-2),
        distillation_losses="soft_targets",
        distillation_loss_weights=(0.1, 10.0),
        default=None,
        optimizer=keras.optimizers.Adam,
        loss=None,
        metrics=("accuracy",),
        seed=0,
        **distiller_arguments,
    ):
        super().__init__(name="hyper_distiller")
        if isinstance(student, keras.Model) or not callable(student):
            raise TypeError(
                "`student` must be a function without arguments that builds the student: every "
                "trial trains one from the start. Received: "
                f"{student!r} of type {type(student).__name__}."
            )
        self.teacher = Ensemble(teacher) if isinstance(teacher, (list, tuple)) else teacher
        self.student = student
        self.losses = LossChoices(distillation_losses)
        self.ranges = {
            "temperature": temperature
            if temperature is None
            else checked_range("temperature", temperature),
            "student_loss_weight": checked_range("student_loss_weight", student_loss_weight),
            "learning_rate": checked_range("learning_rate", learning_rate),
        }
        if not self.losses.with_temperature():
            self.ranges["temperature"] = None
        between = checked_range("distillation_loss_weights", distillation_loss_weights)
        self.ranges |= {f"{term}_weight": between for term in self.losses.weighted_terms()}
        self.optimizer, self.loss, self.metrics = optimizer, loss, metrics
        self.seed = seed
        self.distiller_arguments = distiller_arguments
        self.default = default_point(self.losses, self.ranges, default or {})
        self._looked_at_teacher = False
        self._last_student = None
        if not self.searched:
            raise ValueError(
                "Nothing is left to search: every value is one number and there is one "
                "distillation loss. Give two numbers, lowest and highest, for one of them, such "
                "as temperature=(1, 20)."
            )

    @property
    def searched(self):
        """{name: (lowest, highest)} of what is searched; for the losses a list of their names."""
        several = {"distillation_loss": self.losses.labels} if len(self.losses.labels) > 1 else {}
        return several | {name: ends for name, ends in self.ranges.items() if is_searched(ends)}

    def declare_hyperparameters(self, hp):
        """Registers everything that is searched, without building a model."""
        self.values(hp)

    def values(self, hp):
        """What a trial is: {name: value}, with what is not searched.

        Args:
            hp: The `keras_tuner.HyperParameters` of a trial.

        Returns:
            A dict; the temperature of losses that have none is `None`, as is the weight of
            a loss that is not among the trial's.
        """
        labels, ranges = self.losses.labels, self.ranges
        label = labels[0]
        if len(labels) > 1:
            start = self.default["distillation_loss"]
            label = hp.Choice("distillation_loss", labels, default=start)
        found = {"distillation_loss": label}
        found["temperature"] = self._value(hp, "temperature", self.losses.with_temperature(), label)
        for name in ("student_loss_weight", "learning_rate"):
            found[name] = self._value(hp, name, labels, label)
        for term, using in self.losses.weighted_terms().items():
            found[f"{term}_weight"] = self._value(hp, f"{term}_weight", using, label)
        # In this order in tables, whatever was asked first.
        return {name: found[name] for name in ("distillation_loss", *ranges)}

    def build(self, hp):
        """A compiled `Distiller` with a student that begins where every other began."""
        values, student = self.values(hp), self.student_at_start()
        label = values["distillation_loss"]
        weights = [1.0] + [values[f"{term}_weight"] for term in self.losses.terms(label)[1:]]
        distiller = Distiller(
            self.teacher,
            student,
            self.losses.make(label, values["temperature"]),
            weights,
            values["student_loss_weight"],
            **self.distiller_arguments,
        )
        loss = self.loss
        if loss is None:
            logits = output_kind(student) != "probabilities"
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
        metrics = self.metrics() if callable(self.metrics) else list(self.metrics)
        distiller.compile(self.optimizer(values["learning_rate"]), loss=loss, metrics=metrics)
        # Keras would not load an optimizer's moments into one that has no place for them: a
        # tuner that goes on from a checkpoint would begin with none.
        if distiller.built:
            distiller.optimizer.build(distiller.trainable_variables)
        return distiller

    def fit(self, hp, model, *args, **kwargs):
        """`Distiller.fit`; it looks at the teacher once, in the first trial.

        Args:
            hp: The `keras_tuner.HyperParameters` of the trial.
            model: What `build` returned.
            *args: As in `Distiller.fit`.
            **kwargs: As in `Distiller.fit`.

        Returns:
            A `keras.callbacks.History`.
        """
        # A projection drew from the generator in `build`, where another trial has none.
        keras.utils.set_random_seed(self.seed)
        kwargs.setdefault("check_teacher", not self._looked_at_teacher)
        history = model.fit(*args, **kwargs)
        self._looked_at_teacher = True
        return history

    def student_at_start(self):
        """A new student, always with the same initial weights."""
        keras.utils.set_random_seed(self.seed)
        student = self.student()
        last = None if self._last_student is None else self._last_student()
        if student is last:
            raise ValueError(
                "`student` must build a model each time it is called. Received: the same model a "
                "second time, which would go on training where the last trial ended. Return "
                "keras.models.clone_model(model), or build it inside the function."
            )
        if isinstance(student, keras.Model):
            self._last_student = weakref.ref(student)
        return student

    def _value(self, hp, name, using, label):
        """A number that is kept, or KerasTuner's; `None` where the trial's loss takes none."""
        ends = self.ranges[name]
        if not is_searched(ends):
            return ends if label in using else None
        labels = self.losses.labels
        scope = contextlib.nullcontext()
        if set(using) != set(labels):
            scope = hp.conditional_scope("distillation_loss", using)
        with scope:
            sampling = "linear" if name in LINEAR else "log"
            value = hp.Float(name, *ends, sampling=sampling, default=self.default[name])
        # Six digits: a value that is read off a table gives the same model.
        return None if value is None else float(f"{value:.6g}")
