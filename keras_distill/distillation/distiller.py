"""Trains a student from a teacher, with Keras's own `fit`."""

import inspect
import os
import threading

import keras
from keras import ops
from keras.src.losses.loss import unscale_loss_for_distribution

from keras_distill.distillation import distillation_terms, first_look
from keras_distill.distillation.arguments import checked_losses, checked_weight, checked_weights
from keras_distill.distillation.feature_taps import FeatureTaps
from keras_distill.distillation.model_inputs import fed
from keras_distill.distillation.non_finite_stop import NonFiniteStop
from keras_distill.distillation.seed_states import seed_states
from keras_distill.distillation.shape_trace import inputs_of, symbolic, traced
from keras_distill.losses import DistillationLoss
from keras_distill.predictors.output_kind import output_kind


class _Untracked:
    """Holds what Keras must neither train, count nor write into weights files."""

    def __init__(self, teacher, teacher_inputs, student_inputs, teacher_taps, student_taps):
        self.teacher = teacher
        self.teacher_inputs = teacher_inputs
        self.student_inputs = student_inputs
        self.teacher_taps = teacher_taps
        self.student_taps = student_taps
        self.kinds = ["unknown", "unknown"]
        # One step's teacher outputs and student features: each replica has its thread.
        self.step = threading.local()


@keras.saving.register_keras_serializable(package="keras_distill")
class Distiller(keras.Model):
    """Trains a student on labels and on what a teacher says, with Keras's own `fit`.

    The total is `w · task + (1 − w) · Σ weightᵢ · lossᵢ + sum(student.losses)`, with
    w = `student_loss_weight`. The teacher runs once per step outside the gradient, the
    student once however many of its layers are compared. Every term is a metric of its
    own. `distiller.student` is a plain model: projections stay here.

    `evaluate` measures the student alone (task and regularizers) and does not run the
    teacher, unless asked with `evaluate(..., distillation=True)`.

    Args:
        teacher: A `keras.Model`. It is not changed, nor is its `trainable`.
        student: A `keras.Model`.
        distillation_losses: One or a list of `kd.losses` or of `keras.distillation`'s
            losses. Defaults to `SoftTargets()`.
        distillation_loss_weights: One for each loss: numbers from 0, or functions of
            the step (a `LearningRateSchedule`). Defaults to 1 for each.
        student_loss_weight: w in [0, 1], or a function of the step. Defaults to 0.5.
        teacher_inputs: What the teacher is fed: `None` for the batch's x, a key or a
            list of keys of a dict x, or a layer or function of x.
        student_inputs: The same for the student.
        name: Defaults to `"distiller"`.
        **kwargs: Other arguments of `keras.Model`.

    Raises:
        ValueError: A layer does not exist, or class counts, features or weights do not fit.
        TypeError: Something other than a `keras.Model` or a loss was given.

    Example:

    ```python
    teacher = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    student = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    distiller = kd.Distiller(teacher, student, kd.losses.SoftTargets(temperature=2.0))
    distiller.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = np.random.rand(32, 4).astype("float32"), np.random.randint(0, 3, 32)
    history = distiller.fit(x, y, verbose=0)
    assert set(history.history) == {"loss", "student_loss", "soft_targets_loss"}
    ```

    Reference:
        Hinton et al., 2015, Distilling the Knowledge in a Neural Network,
        https://arxiv.org/abs/1503.02531
    """

    def __init__(
        self,
        teacher,
        student,
        distillation_losses=None,
        distillation_loss_weights=None,
        student_loss_weight=0.5,
        teacher_inputs=None,
        student_inputs=None,
        name="distiller",
        **kwargs,
    ):
        for who, model in (("teacher", teacher), ("student", student)):
            if not isinstance(model, keras.Model):
                raise TypeError(
                    f"`{who}` must be one keras.Model. "
                    f"Received: {who}={model!r} of type {type(model).__name__}."
                )
        # The student's policy decides on loss scaling; each model casts for itself.
        super().__init__(name=name, **{"dtype": student.dtype_policy, "autocast": False, **kwargs})
        losses = checked_losses(distillation_losses)
        weights = checked_weights(distillation_loss_weights, losses)
        self.student_loss_weight = checked_weight("student_loss_weight", student_loss_weight, 1.0)
        self.student = student
        self.distillation_losses = losses
        self._weights = tuple(weights)
        names = [
            [path for path in (getattr(each, f"{who}_layer_name", None) for each in losses) if path]
            for who in ("teacher", "student")
        ]
        self._untracked = _Untracked(
            teacher,
            teacher_inputs,
            student_inputs,
            FeatureTaps(teacher, names[0], "teacher"),
            FeatureTaps(student, names[1], "student"),
        )
        self._student_loss_tracker = keras.metrics.Mean(name="student_loss")
        self._term_trackers = [
            keras.metrics.Mean(name=each) for each in distillation_terms.term_names(losses)
        ]
        self._step = self.add_weight(
            name="step", shape=(), dtype="int32", initializer="zeros", trainable=False,
            aggregation="only_first_replica",
        )  # fmt: skip
        known = getattr(teacher, "inputs", None) and getattr(student, "inputs", None)
        if known and teacher_inputs is None and student_inputs is None:
            self.build(keras.tree.map_structure(lambda each: each.shape, inputs_of(student)))

    @property
    def teacher(self):
        """The teacher, as the caller gave it."""
        return self._untracked.teacher

    @property
    def distillation_loss_weights(self):
        """One weight, or function of the step, for each distillation loss."""
        return list(self._weights)

    @property
    def output_names(self):
        """The student's, so that dict losses find their outputs."""
        return self.student.output_names

    def __dir__(self):
        # Keras's saving walks `dir()`: the teacher goes into no weights-only file.
        return [each for each in super().__dir__() if each != "teacher"]

    def build(self, input_shape):
        """Builds student and projections; refuses what does not fit, before any step."""
        held = self._untracked

        inputs = symbolic(input_shape, held.student_inputs, self.student)
        # Keras builds a subclassed model by calling it: once before the taps are open.
        for model, own in (
            (held.teacher, held.teacher_inputs),
            (self.student, held.student_inputs),
        ):
            if not model.built:
                traced(lambda x, m=model, i=own: m(fed(x, i, "model")), inputs)

        def trace(x):
            with held.teacher_taps.capture() as teacher_features:
                teacher_outputs = held.teacher(self.fed_to_teacher(x))
            with held.student_taps.capture() as features:
                outputs = self.student(fed(x, held.student_inputs, "student"))
            pairs = self._pairs(teacher_features, teacher_outputs, features, outputs)
            for loss, (teacher, student) in zip(self.distillation_losses, pairs, strict=True):
                if isinstance(loss, DistillationLoss):
                    loss.check(teacher, student)
                    distillation_terms.loss_values(loss, teacher, student, ("logits",) * 2, {"step": 0})
            return outputs

        traced(trace, inputs)
        held.kinds = [output_kind(held.teacher), output_kind(self.student)]
        self.built = True

    def _kinds(self, loss):
        """Logits or probabilities, of the pair that a loss compares."""
        held, kinds = self._untracked, []
        for index, who in enumerate(("teacher", "student")):
            path = getattr(loss, f"{who}_layer_name", None)
            kind = held.kinds[index]
            if path is not None:
                kind = output_kind(getattr(held, f"{who}_taps").layer(path))
            if kind == "unknown":
                raise ValueError(
                    f"Expected to see whether the {who} puts out logits or probabilities. "
                    "Received: a model whose last layer does not tell. Pass from_logits=True or "
                    f"False to {type(loss).__name__}, or end the model in "
                    "keras.layers.Activation('linear') or ('softmax')."
                )
            kinds.append(kind)
        return kinds

    def _pairs(self, teacher_features, teacher_outputs, student_features, student_outputs):
        return [
            (
                teacher_features.get(getattr(loss, "teacher_layer_name", None), teacher_outputs),
                student_features.get(getattr(loss, "student_layer_name", None), student_outputs),
            )
            for loss in self.distillation_losses
        ]

    def call(self, inputs, training=None):
        held = self._untracked
        with held.student_taps.capture() as features:
            x = fed(inputs, held.student_inputs, "student")
            outputs = self.student(x, **_training(self.student, training))
        held.step.student = features
        return outputs

    def fed_to_teacher(self, x):
        """What the teacher is fed when a batch's inputs are `x`."""
        return fed(x, self._untracked.teacher_inputs, "teacher")

    def learn_kinds(self, x):
        """Tells logits from probabilities by values where layers do not; student's outputs.

        Args:
            x: The first examples, numpy.

        Returns:
            The student's outputs on them, numpy.
        """
        held = self._untracked
        own = fed(x, held.student_inputs, "student")
        student = self.student(own, **_training(self.student, False))
        student = keras.tree.map_structure(ops.convert_to_numpy, student)
        if "unknown" in held.kinds and not keras.tree.is_nested(student):
            teacher = ops.convert_to_numpy(self._run_teacher(x)[1])
            held.kinds = [output_kind(held.teacher, teacher), output_kind(self.student, student)]
        return student

    def _run_teacher(self, x):
        held = self._untracked
        with held.teacher_taps.capture() as features:
            outputs = held.teacher(self.fed_to_teacher(x), **_training(held.teacher, False))
        return keras.tree.map_structure(distillation_terms.detached, (features, outputs))

    def train_step(self, *args):
        """Runs the teacher, then hands over to Keras's own step of the active backend."""
        x, y, _ = keras.utils.unpack_x_y_sample_weight(args[-1])
        step = self._untracked.step
        step.teacher = self._run_teacher(x)
        step.absent = [] if self._has_task(y) else [self._student_loss_tracker]
        try:
            return super().train_step(*args)
        finally:
            step.teacher = step.student = step.absent = None

    def _has_task(self, y):
        return y is not None and self._compile_loss is not None

    def test_step(self, *args):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(args[-1])
        step = self._untracked.step
        step.absent = [] if self._has_task(y) else [self._student_loss_tracker]
        if self._evaluates_distillation:
            step.teacher = self._run_teacher(x)
        else:
            step.absent = [*step.absent, *self._term_trackers]
        try:
            return super().test_step(*args)
        finally:
            step.teacher = step.student = step.absent = None

    _evaluates_distillation = False

    def evaluate(self, *args, distillation=False, **kwargs):
        """Keras's `evaluate` of the student; changes no variable but the metrics'.

        Args:
            *args: As in `keras.Model.evaluate`.
            distillation: Whether to run the teacher too and include its terms.
            **kwargs: As in `keras.Model.evaluate`.

        Returns:
            As `keras.Model.evaluate` does.
        """
        if distillation != self._evaluates_distillation:
            self._evaluates_distillation = distillation
            self.test_function = None
        return super().evaluate(*args, **kwargs)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        held, total = self._untracked, ops.zeros((), "float32")
        teacher = getattr(held.step, "teacher", None)
        if teacher is None and training:
            teacher = self._run_teacher(x)
        step = self._step.value
        batch = ops.shape(next(each for each in keras.tree.flatten(x) if each is not None))[0]
        labelled = ops.convert_to_tensor(1.0)
        if teacher is not None:
            labelled = ops.cast(self._at(self.student_loss_weight, step), "float32")
        # Keras's `compute_loss` would add the regularizers, which are not weighted.
        if self._has_task(y):
            task = ops.cast(self._compile_loss(y, y_pred, sample_weight), "float32")
            self._note(self._student_loss_tracker, task, batch)
            total = total + labelled * task
        if teacher is not None:
            features, outputs = teacher
            pairs = self._pairs(features, outputs, held.step.student, y_pred)
            weight = _one_weight(sample_weight)
            for loss, (against, own), factor, tracker in zip(
                self.distillation_losses, pairs, self._weights, self._term_trackers, strict=True
            ):
                kinds = None
                if distillation_terms.is_auto(loss):
                    kinds = self._kinds(loss)
                term = distillation_terms.term_value(
                    loss, against, own, kinds, weight, {"step": step, "labels": y}
                )
                self._note(tracker, term, batch)
                factor = ops.cast(self._at(factor, step), "float32")
                total = total + (1.0 - labelled) * factor * term
        for each in self.losses:
            total = total + ops.cast(self._aggregate_additional_loss(each), "float32")
        if training:
            self._step.assign_add(1)
            # ReLU swallows NaN: without this, broken data would train on in silence.
            for each in keras.tree.flatten(x):
                if each is not None and "float" in keras.backend.standardize_dtype(each.dtype):
                    total = total + ops.where(ops.all(ops.isfinite(each)), 0.0, float("nan"))
        return total

    def _at(self, weight, step):
        return weight(step) if callable(weight) else weight

    def _note(self, tracker, value, batch):
        tracker.update_state(unscale_loss_for_distribution(value), sample_weight=batch)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        if y is None:  # nothing to compare with: the compiled metrics stay as they are
            return self.get_metrics_result()
        return super().compute_metrics(x, y, y_pred, sample_weight)

    def get_metrics_result(self):
        results = super().get_metrics_result()
        for tracker in getattr(self._untracked.step, "absent", None) or ():
            results.pop(tracker.name, None)
        return results

    def fit(self, x=None, y=None, *args, check_teacher=True, **kwargs):
        """Keras's `fit`, after a look at what can be known to be wrong before it.

        The first few hundred examples are looked at (unless `x` is a generator): empty
        data, labels that are no class, softmax under a loss that expects logits, and a
        teacher that is far better when fed another way. A loss that becomes NaN stops
        the run. A data set with an `.epoch` is told the epoch, so that its order, and a
        resumed run, is the same again.

        Args:
            x: As in `keras.Model.fit`.
            y: As in `keras.Model.fit`; leave it out to train from the teacher alone.
            *args: As in `keras.Model.fit`.
            check_teacher: Whether to look at the teacher. Defaults to `True`.
            **kwargs: As in `keras.Model.fit`.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: Something was found; the sentence says how to mend it.
            FloatingPointError: The loss is NaN or infinite; the step is named.
        """
        bound = inspect.signature(super().fit).bind(x, y, *args, **kwargs)
        arguments = bound.arguments
        first_look.look(self, x, y, check_teacher)
        # Keras warns about its own default for data that shuffles itself.
        if not first_look.is_arrays(x):
            arguments.setdefault("shuffle", False)
        added = [NonFiniteStop()]
        if hasattr(x, "epoch"):
            from keras_distill.datasets import SetEpoch

            added.append(SetEpoch(x))
        callbacks = arguments.get("callbacks")
        if isinstance(callbacks, keras.callbacks.CallbackList):
            for each in added:
                callbacks.append(each)
        else:
            given = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
            arguments["callbacks"] = [*added, *(each for each in given if each is not None)]
        return super().fit(**arguments)

    def save_own_variables(self, store):
        """The step, and what Keras leaves out: where the student's random draws stand."""
        store["step"] = self._step
        for index, state in enumerate(seed_states(self.student)):
            store[f"seed_{index}"] = state

    def load_own_variables(self, store):
        self._step.assign(store["step"])
        for index, state in enumerate(seed_states(self.student)):
            state.assign(store[f"seed_{index}"])

    def save_assets(self, inner_path):
        self.teacher.save_weights(os.path.join(inner_path, "teacher.weights.h5"))

    def load_assets(self, inner_path):
        self.teacher.load_weights(os.path.join(inner_path, "teacher.weights.h5"))

    def get_config(self):
        values = {
            "teacher": self.teacher,
            "student": self.student,
            "distillation_losses": list(self.distillation_losses),
            "distillation_loss_weights": list(self._weights),
            "student_loss_weight": self.student_loss_weight,
            "teacher_inputs": self._untracked.teacher_inputs,
            "student_inputs": self._untracked.student_inputs,
        }
        config = {key: keras.saving.serialize_keras_object(each) for key, each in values.items()}
        return {**config, "name": self.name, "trainable": self.trainable}

    @classmethod
    def from_config(cls, config):
        return cls(
            **{key: keras.saving.deserialize_keras_object(each) for key, each in config.items()}
        )


def _training(model, training):
    """`training=` for models whose `call` has it."""
    takes = "training" in inspect.signature(model.call).parameters
    return {"training": training} if takes else {}


def _one_weight(sample_weight):
    """One weight per example: the mean over outputs when each output has its own."""
    weights = [each for each in keras.tree.flatten(sample_weight) if each is not None]
    if not weights:
        return None
    return sum(ops.cast(each, "float32") for each in weights) / len(weights)
