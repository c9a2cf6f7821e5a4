"""Deep mutual learning: students that teach each other."""

import keras

from keras_distill.distillation.distiller import Distiller
from keras_distill.losses import SoftTargets
from keras_distill.predictors import output_kind


def mutual_learning(students, temperature=1.0, student_loss_weight=0.5):
    """Makes one `Distiller` that trains two or more students at once, without a teacher.

    Each learns from the labels and from what the others think; all see one batch and
    are updated together. The others' predictions are taken in inference mode, outside the
    gradient. The `Distiller`'s student puts out a dict of all of them under their names,
    so compile it with a loss for each and give the labels under each name:

        distiller.compile("adam", loss={name: loss for name in names})
        distiller.fit(train.map(lambda x, y: (x, {name: y for name in names})))

    Args:
        students: Two or more Functional or Sequential `keras.Model`s with the same input
            and classes, of different names.
        temperature: Of the `SoftTargets` between them. Defaults to 1.0, as in the paper.
        student_loss_weight: Weight of the labels in [0, 1]. Defaults to 0.5: labels and
            the mean over the others count alike, as in the paper.

    Returns:
        A `Distiller`. The students given are the ones trained.

    Raises:
        ValueError: Fewer than two students, or two of one name.

    Example:

    ```python
    def build(name, width):
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(width, "relu"),
                                 keras.layers.Dense(3)], name=name)

    distiller = kd.distillation.mutual_learning([build("wide", 16), build("narrow", 4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss={"wide": loss, "narrow": loss})
    y = np.arange(32) % 3
    distiller.fit(np.random.rand(32, 4), {"wide": y, "narrow": y}, verbose=0)
    ```

    Reference:
        Zhang et al., 2018, Deep Mutual Learning, https://arxiv.org/abs/1706.00384
    """
    students = list(students)
    names = [student.name for student in students]
    if len(students) < 2 or len(set(names)) < len(names):
        raise ValueError(
            "`students` must be two or more models of different names. "
            f"Received: {', '.join(map(repr, names)) or 'none'}."
        )
    inputs = keras.Input(students[0].input_shape[1:], name="shared_input")
    heads = {
        name: keras.layers.Identity(name=f"{name}_output")(student(inputs))
        for name, student in zip(names, students, strict=True)
    }
    cohort = keras.Model(inputs, heads, name="cohort")
    kinds = dict(zip(names, map(output_kind, students), strict=True))
    if len(set(kinds.values()) | {"unknown"}) > 2 or "unknown" in kinds.values():
        listed = ", ".join(f"'{name}' {kind}" for name, kind in kinds.items())
        raise ValueError(
            "Students that teach each other must all end in logits or all in softmax. "
            f"Received: {listed}."
        )
    losses = [
        SoftTargets(
            temperature,
            from_logits=kinds[one] == "logits",
            teacher_layer_name=f"{other}_output",
            student_layer_name=f"{one}_output",
            name=f"{other}_to_{one}",
        )
        for one in names
        for other in names
        if one != other
    ]
    weights = [1.0 / (len(names) - 1)] * len(losses)
    return Distiller(cohort, cohort, losses, weights, student_loss_weight)
