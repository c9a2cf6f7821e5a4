"""Trains a student from a teacher, with Keras's own `fit`."""

import contextlib
import inspect
import os
import threading

import keras
from keras import ops
from keras.src.backend import get_keras_mask
from keras.src.losses.loss import unscale_loss_for_distribution

from keras_distill.distillation import distillation_terms, first_look
from keras_distill.distillation.arguments import (
    checked_losses,
    checked_model,
    checked_weight,
    checked_weights,
    deserialized,
    layer_paths,
)
from keras_distill.distillation.non_finite_stop import NonFiniteStop
from keras_distill.distillation.online_teacher import OnlineTeacher, training_of
from keras_distill.distillation.padding_mask import padding_mask
from keras_distill.distillation.seed_states import seed_states
from keras_distill.distillation.shape_trace import inputs_of, symbolic, traced
from keras_distill.distillation.stored_teacher import StoredTeacher
from keras_distill.losses import DistillationLoss
from keras_distill.predictors import FeatureTaps, output_kind
from keras_distill.teachers import Ensemble, Precomputed
from keras_distill.teachers.attached_batch import detached
from keras_distill.teachers.model_inputs import fed


class _Untracked:
    """Holds what Keras must neither train, count nor write into weights files."""

    def __init__(self, teacher, student_inputs, student_taps):
        self.teacher = teacher
        self.student_inputs = student_inputs
        self.student_taps = student_taps
        self.student_kind = "unknown"
        # One step's batch, teacher outputs and student features: each replica has its thread.
        self.step = threading.local()


@keras.saving.register_keras_serializable(package="keras_distill")
class Distiller(keras.Model):
    """Trains a student on labels and on what a teacher says, with Keras's own `fit`.

    The total is `w · task + (1 − w) · Σ weightᵢ · lossᵢ + sum(student.losses)`, with
    w = `student_loss_weight`. The teacher runs once per step outside the gradient, the
    student once however many of its layers are compared. Every term is a metric of its
    own. `distiller.student` is a plain model: projections stay here.

    Padding leaves every term over tokens: by Keras's own mask, or by the `"padding_mask"`
    of the dict that a KerasHub student is fed. `sample_weight` may be given per token.

    `evaluate` measures the student alone (task and regularizers) and does not run the
    teacher, unless asked with `evaluate(..., distillation=True)`.

    Args:
        teacher: A `keras.Model`, a list of them (an `Ensemble` with equal weights), or what
            `kd.teachers.precompute` or `from_arrays` returned. It is not changed, nor is
            its `trainable`.
        student: A `keras.Model`.
        distillation_losses: One or a list of `kd.losses` or of `keras.distillation`'s
            losses. Defaults to `SoftTargets()`.
        distillation_loss_weights: One for each loss: numbers from 0, or functions of
            the step (a `LearningRateSchedule`). Defaults to 1 for each.
        student_loss_weight: w in [0, 1], or a function of the step. Defaults to 0.5.
        teacher_inputs: What the teacher is fed: `None` for the batch's x, a key or a
            list of keys of a dict x, or a layer or function of x.
        student_inputs: The same for the student. A function may also name `labels`,
            `teacher_outputs` and `training` among its arguments.
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
        if isinstance(teacher, (list, tuple)):
            teacher = Ensemble(teacher)
        checked_model("teacher", teacher, (keras.Model, Precomputed))
        checked_model("student", student, keras.Model)
        # The student's policy decides on loss scaling; each model casts for itself.
        super().__init__(name=name, **{"dtype": student.dtype_policy, "autocast": False, **kwargs})
        losses = checked_losses(distillation_losses)
        weights = checked_weights(distillation_loss_weights, losses)
        self.student_loss_weight = checked_weight("student_loss_weight", student_loss_weight, 1.0)
        self.student = student
        self.distillation_losses = losses
        self._weights = tuple(weights)
        if isinstance(teacher, Precomputed):
            held = StoredTeacher(teacher, layer_paths(losses, "teacher"))
        else:
            held = OnlineTeacher(teacher, teacher_inputs, layer_paths(losses, "teacher"))
        taps = FeatureTaps(student, layer_paths(losses, "student"), "student")
        self._untracked = _Untracked(held, student_inputs, taps)
        self._student_loss_tracker = keras.metrics.Mean(name="student_loss")
        self._term_trackers = [
            keras.metrics.Mean(name=each) for each in distillation_terms.term_names(losses)
        ]
        self._step = self.add_weight(
            name="step", shape=(), dtype="int32", initializer="zeros", trainable=False,
            aggregation="only_first_replica",
        )  # fmt: skip
        known = isinstance(teacher, Precomputed) or getattr(teacher, "inputs", None)
        if known and getattr(student, "inputs", None) and not (teacher_inputs or student_inputs):
            self.build(keras.tree.map_structure(lambda each: each.shape, inputs_of(student)))

    @property
    def teacher(self):
        """The teacher, as the caller gave it."""
        return self._untracked.teacher.model

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
        inputs = symbolic(
            input_shape, held.student_inputs, self.student, held.teacher.inputs, self.teacher
        )

        def own(x):
            return fed(x, held.student_inputs, "student", training=False)

        # Keras builds a subclassed model by calling it: once before the taps are open.
        if not self.student.built:
            traced(lambda x: self.student(own(x)), inputs)
        if isinstance(self.teacher, keras.Model) and not self.teacher.built:
            traced(lambda x: self.teacher(held.teacher.fed(x)), inputs)

        def trace(given):
            x, stored = given
            features, outputs = held.teacher.trace(x, stored)
            with held.student_taps.capture() as own_features:
                own_outputs = self.student(own(x))
            pairs = distillation_terms.pairs(
                self.distillation_losses, (features, outputs), (own_features, own_outputs)
            )
            for loss, (teacher, student) in zip(self.distillation_losses, pairs, strict=True):
                if isinstance(loss, DistillationLoss):
                    loss.check(teacher, student)
                    distillation_terms.loss_values(loss, teacher, student, ("logits",) * 2, None)
            return own_outputs

        traced(trace, (inputs, held.teacher.symbolic()))
        held.teacher.learn_kind()
        held.student_kind = output_kind(self.student)
        self.built = True

    def _kinds(self, loss):
        """Logits or probabilities, of the pair that a loss compares."""
        held = self._untracked
        own = loss.student_layer_name
        kinds = (
            held.teacher.kind(loss.teacher_layer_name),
            held.student_kind if own is None else output_kind(held.student_taps.layer(own)),
        )
        for who, kind in zip(("teacher", "student"), kinds, strict=True):
            if kind == "unknown":
                raise ValueError(
                    f"Expected to see whether the {who} puts out logits or probabilities. "
                    "Received: a model whose last layer does not tell. Pass from_logits=True or "
                    f"False to {type(loss).__name__}, or end the model in "
                    "keras.layers.Activation('linear') or ('softmax')."
                )
        return kinds

    def call(self, inputs, training=None):
        held = self._untracked
        x, _, _ = detached(inputs)
        outputs = getattr(held.step, "teacher", None)
        context = {
            "labels": getattr(held.step, "labels", None),
            "teacher_outputs": None if outputs is None else outputs[1],
            "training": training,
        }
        with held.student_taps.capture() as features:
            x = fed(x, held.student_inputs, "student", **context)
            held.step.padding = padding_mask(x, self.student)
            outputs = self.student(x, **training_of(self.student, training))
        held.step.student = features
        return outputs

    def fed_to_teacher(self, x):
        """What the teacher is fed when a batch's inputs are `x`."""
        return self._untracked.teacher.fed(x)

    def fed_to_student(self, x):
        """What the student is fed when a batch's inputs are `x`, nothing else known."""
        return fed(x, self._untracked.student_inputs, "student", training=False)

    def learn_kinds(self, x):
        """Tells logits from probabilities by values where layers do not; student's outputs.

        Args:
            x: The first examples, numpy, nothing attached.

        Returns:
            The student's outputs on them, numpy.
        """
        held = self._untracked
        own = self.fed_to_student(x)
        student = self.student(own, **training_of(self.student, False))
        student = keras.tree.map_structure(ops.convert_to_numpy, student)
        if not keras.tree.is_nested(student):
            held.student_kind = output_kind(self.student, student)
            if held.teacher.kind() == "unknown" and isinstance(self.teacher, keras.Model):
                held.teacher.learn_kind(ops.convert_to_numpy(held.teacher.run(x)[1]))
        return student

    def train_step(self, *args):
        """Runs the teacher, then hands over to Keras's own step of the active backend."""
        with self._batch(args, with_teacher=True):
            return super().train_step(*args)

    def test_step(self, *args):
        with self._batch(args, with_teacher=self._evaluates_distillation):
            return super().test_step(*args)

    @contextlib.contextmanager
    def _batch(self, arguments, with_teacher):
        """Keeps what a step needs of its batch for as long as the step lasts."""
        *state, data = arguments
        if state:  # JAX: trainable and other variables come first
            own = self.trainable_variables, self.non_trainable_variables
            state = [
                pair
                for each in zip(own, state[0], strict=False)
                for pair in zip(*each, strict=True)
            ]
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        x, sample_ids, stored = detached(x)
        held, step = self._untracked, self._untracked.step
        step.labels, step.sample_ids = y, sample_ids
        step.teacher = held.teacher.run(x, stored, state) if with_teacher else None
        step.absent = [] if self._has_task(y) else [self._student_loss_tracker]
        step.absent += [] if with_teacher else self._term_trackers
        try:
            yield
        finally:
            vars(step).clear()

    def _has_task(self, y):
        return y is not None and self._compile_loss is not None

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
        x, sample_ids, stored = detached(x)
        teacher = getattr(held.step, "teacher", None)
        if teacher is None and training:
            teacher = held.teacher.run(x, stored)
        step = self._schedule_step()
        batch = ops.shape(next(each for each in keras.tree.flatten(x) if each is not None))[0]
        labelled = ops.convert_to_tensor(1.0)
        if teacher is not None:
            labelled = ops.cast(_at(self.student_loss_weight, step), "float32")
        # Keras's `compute_loss` would add the regularizers, which are not weighted.
        if self._has_task(y):
            task = ops.cast(self._compile_loss(y, y_pred, sample_weight), "float32")
            _note(self._student_loss_tracker, task, batch)
            total = total + labelled * task
        if teacher is not None:
            context = {
                "step": step,
                "labels": None if keras.tree.is_nested(y) else y,
                "sample_ids": sample_ids,
                "training": training,
            }
            for value, factor in self._terms(teacher, y_pred, sample_weight, context, batch):
                total = total + (1.0 - labelled) * factor * value
        for each in self.losses:
            total = total + ops.cast(self._aggregate_additional_loss(each), "float32")
        if training:
            self._step.assign_add(1)
            # ReLU swallows NaN: without this, broken data would train on in silence.
            for each in keras.tree.flatten(x):
                if each is not None and "float" in keras.backend.standardize_dtype(each.dtype):
                    total = total + ops.where(ops.all(ops.isfinite(each)), 0.0, float("nan"))
        return total

    def _terms(self, teacher, y_pred, sample_weight, context, batch):
        """(value, weight) of each distillation loss."""
        made = self._untracked.step
        student, context = (made.student, y_pred), {**context, "mask": self._mask(y_pred)}
        pairs = distillation_terms.pairs(self.distillation_losses, teacher, student)
        weight = distillation_terms.one_weight(sample_weight)
        for loss, (against, own), factor, tracker in zip(
            self.distillation_losses, pairs, self._weights, self._term_trackers, strict=True
        ):
            kinds = self._kinds(loss) if distillation_terms.is_auto(loss) else None
            value = distillation_terms.term_value(loss, against, own, kinds, weight, context)
            _note(tracker, value, batch)
            yield value, ops.cast(_at(factor, context["step"]), "float32")

    def _mask(self, y_pred):
        """Which tokens are real: by the student's outputs, else by what it was fed."""
        made = self._untracked.step
        known = [*keras.tree.flatten(y_pred), *keras.tree.flatten(made.student)]
        own = [mask for mask in map(get_keras_mask, known) if mask is not None]
        return own[0] if own else made.padding

    def _schedule_step(self):
        """The optimizer's step: accumulated gradients are one step together."""
        accumulated = getattr(self.optimizer, "gradient_accumulation_steps", None) or 1
        return self._step.value // accumulated

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        if y is None:  # nothing to compare with: the compiled metrics stay as they are
            return self.get_metrics_result()
        y_pred = distillation_terms.labelled_only(self.loss, y, y_pred)
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
        if isinstance(self.teacher, keras.Model) and self.teacher is not self.student:
            self.teacher.save_weights(os.path.join(inner_path, "teacher.weights.h5"))
            for layer, folder in _with_assets(self.teacher, inner_path):
                os.makedirs(folder)
                layer.save_assets(folder)

    def load_assets(self, inner_path):
        if isinstance(self.teacher, keras.Model) and self.teacher is not self.student:
            for layer, folder in _with_assets(self.teacher, inner_path):
                # Files written by older versions have weights alone.
                if os.path.isdir(folder):
                    layer.load_assets(folder)
            self.teacher.load_weights(os.path.join(inner_path, "teacher.weights.h5"))

    def get_config(self):
        values = {
            # Students that teach each other are one model, and are to stay one.
            "teacher": None if self.teacher is self.student else self.teacher,
            "student": self.student,
            "distillation_losses": list(self.distillation_losses),
            "distillation_loss_weights": list(self._weights),
            "student_loss_weight": self.student_loss_weight,
            "teacher_inputs": self._untracked.teacher.inputs,
            "student_inputs": self._untracked.student_inputs,
        }
        config = {key: keras.saving.serialize_keras_object(each) for key, each in values.items()}
        return {**config, "name": self.name, "trainable": self.trainable}

    @classmethod
    def from_config(cls, config):
        config = {key: deserialized(key, each) for key, each in config.items()}
        return cls(**{**config, "teacher": config["teacher"] or config["student"]})


def _with_assets(model, folder):
    """Layers that keep files beside their weights (vocabularies), each with a folder for them."""
    kept = [each for each in model._flatten_layers(False) if hasattr(each, "save_assets")]
    return [(each, os.path.join(folder, f"teacher_{i}")) for i, each in enumerate(kept)]


def _at(weight, step):
    return weight(step) if callable(weight) else weight


def _note(tracker, value, batch):
    tracker.update_state(unscale_loss_for_distribution(value), sample_weight=batch)
