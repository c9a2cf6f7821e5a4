"""What can be known to be wrong before the first step: looked at once, by `fit`."""

import itertools

import keras
import numpy as np

from keras_distill.losses import DistillationLoss
from keras_distill.models.check_token_ids import check_token_ids
from keras_distill.predictors.output_kind import output_kind
from keras_distill.teachers.attached_batch import detached

EXAMPLES = 512


def look(distiller, x, y, check_teacher):
    """Builds the distiller if need be and refuses what cannot train well.

    Args:
        distiller: A compiled `Distiller`.
        x: What `fit` was given.
        y: What `fit` was given.
        check_teacher: Whether to look at how the teacher is fed.

    Raises:
        ValueError: What was received, what was expected, how to mend it.
    """
    examples = first_examples(x, y)
    if examples is None:
        return
    first_x, first_y = examples
    first_x, sample_ids, _ = detached(first_x)
    for loss in distiller.distillation_losses:
        if isinstance(loss, DistillationLoss):
            loss.check_ids(sample_ids)
    if first_y is None and distiller.loss is not None:
        raise ValueError(
            f"The Distiller was compiled with loss={_named(distiller.loss)}, which needs labels. "
            "Received: data without labels. Pass y (or a data set of (x, y)), or compile without a "
            "loss to train from the teacher alone."
        )
    if not distiller.built:
        shapes = keras.tree.map_structure(lambda each: (None, *each.shape[1:]), first_x)
        distiller.build(shapes)
    # Beyond its embeddings TensorFlow stops in the middle of an epoch, or goes on with zeros.
    check_token_ids(distiller.student, distiller.fed_to_student(first_x))
    if isinstance(distiller.teacher, keras.Model):
        check_token_ids(distiller.teacher, distiller.fed_to_teacher(first_x))
    student_outputs = distiller.learn_kinds(first_x)
    # An `x` of arrays comes with all labels, which are looked at to the last.
    labels = y if is_arrays(x) else first_y
    _refuse(distiller, first_x, first_y, labels, student_outputs, check_teacher)
    _create_variables(distiller, first_x, first_y, student_outputs)


def _refuse(distiller, first_x, first_y, labels, student_outputs, check_teacher):
    task_loss = distiller.loss
    if task_loss is None or keras.tree.is_nested(task_loss):
        return
    check_task_loss(task_loss, output_kind(distiller.student, student_outputs))
    if first_y is None or keras.tree.is_nested(student_outputs):
        return
    check_labels(task_loss, labels, student_outputs.shape[-1])
    online = isinstance(distiller.teacher, keras.Model)
    labelled = (np.asarray(first_y) >= 0).any()  # else there is nothing to judge it by
    if (
        online
        and labelled
        and check_teacher
        and is_classification(task_loss)
        and student_outputs.ndim == 2
    ):
        from keras_distill.teachers import examine

        def teacher(batch):
            return distiller.teacher(batch, training=False)

        examination = examine(teacher, _numpy(distiller.fed_to_teacher(first_x)), first_y)
        if examination.finding is not None:
            raise ValueError(examination.sentence)


def _create_variables(distiller, x, y, student_outputs):
    """The optimizer's and the metrics' own: TensorFlow traces a step twice that creates them.

    Keras creates them itself on the other backends and for several replicas.
    """
    replicas = getattr(distiller, "distribute_strategy", None)
    if replicas is None or replicas.num_replicas_in_sync > 1 or distiller.optimizer is None:
        return
    if not distiller.optimizer.built:
        distiller.optimizer.build(distiller.trainable_variables)
    if y is not None:
        distiller.compute_loss(x, y, student_outputs, training=False)
        distiller.compute_metrics(x, y, student_outputs)
        distiller.reset_metrics()


def _named(loss):
    return repr(loss) if isinstance(loss, str) else type(loss).__name__


def is_arrays(x):
    """Whether `x` is arrays or tensors (of which Keras takes batches itself)."""
    leaves = keras.tree.flatten(x)
    return bool(leaves) and all(
        hasattr(leaf, "shape") and hasattr(leaf, "dtype") for leaf in leaves
    )


def first_examples(x, y=None):
    """The first few hundred `(x, y)` as numpy; `None` where looking would use them up.

    Raises:
        ValueError: There are none.
    """
    if is_arrays(x):
        if any(len(leaf) == 0 for leaf in keras.tree.flatten(x)):
            raise ValueError(_empty())
        return _numpy(_each(lambda leaf: leaf[:EXAMPLES], (x, y)))
    if isinstance(x, keras.utils.PyDataset):
        batches = (x[index] for index in range(x.num_batches or 0))
    elif iter(x) is x:
        return None
    else:
        batches = iter(x)
    taken, number = [], 0
    for batch in itertools.islice(batches, EXAMPLES):
        each_x, each_y, _ = keras.utils.unpack_x_y_sample_weight(batch)
        made = _numpy((each_x, each_y))
        # Sentences padded batch by batch are of other lengths: one length is looked at.
        if taken and _lengths(made) != _lengths(taken[0]):
            break
        taken.append(made)
        number += len(keras.tree.flatten(taken[-1])[0])
        if number >= EXAMPLES:
            break
    if number == 0:
        raise ValueError(_empty())
    return _each(lambda *parts: np.concatenate(parts), *taken)


def _lengths(made):
    return [leaf.shape[1:] for leaf in keras.tree.flatten(made) if leaf is not None]


def _empty():
    return (
        "The training data is empty. Received: a data set without a single example; expected at "
        "least one batch. Check the path, the split and any filter before `fit`."
    )


def _numpy(structure):
    return _each(keras.ops.convert_to_numpy, structure)


def _each(function, *structures):
    def kept(*leaves):
        return None if leaves[0] is None else function(*leaves)

    return keras.tree.map_structure(kept, *structures)


def check_task_loss(task_loss, kind):
    """Refuses softmax outputs under a task loss that expects logits."""
    if kind == "probabilities" and getattr(task_loss, "from_logits", False):
        raise ValueError(
            "The student puts out probabilities, and the task loss expects logits. Received: "
            f"{type(task_loss).__name__}(from_logits=True) for a student that ends in softmax or "
            "sigmoid. Pass from_logits=False, or end the student without the activation."
        )


def check_labels(task_loss, y, classes):
    """Refuses integer labels that are no class of the student's.

    All of them where `y` is an array, else those of the first few hundred examples.
    """
    sparse = isinstance(task_loss, keras.losses.SparseCategoricalCrossentropy) or (
        isinstance(task_loss, str) and task_loss.startswith("sparse_categorical_crossentropy")
    )
    if not sparse or y is None or isinstance(y, (list, tuple, dict)) or classes is None:
        return
    labels = keras.ops.convert_to_numpy(y)
    if labels.size == 0 or labels.dtype.kind not in "iuf":
        return
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ValueError(
            f"Labels must be integers in 0 … {classes - 1}. Received: NaN or infinity among them."
        )
    ignored = getattr(task_loss, "ignore_class", None)
    bad = (labels < 0) | (labels >= classes)
    if ignored is not None:
        bad &= labels != ignored
    if bad.any():
        values = ", ".join(str(value) for value in np.unique(labels[bad])[:5])
        raise ValueError(
            f"Labels must be integers in 0 … {classes - 1}, the student's {classes} outputs. "
            f"Received: {values}. Number the classes from 0, widen the student's head, or mark "
            "missing labels with the loss's `ignore_class`."
        )


def is_classification(task_loss):
    """Whether accuracy is what a task loss is about."""
    name = task_loss if isinstance(task_loss, str) else getattr(task_loss, "name", "")
    return "crossentropy" in name.lower() if isinstance(name, str) else False
