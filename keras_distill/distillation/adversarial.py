"""Distilling robustness: the student is attacked, the teacher sees the clean input."""

import keras

from keras_distill.distillation.distiller import Distiller
from keras_distill.losses import SoftTargets
from keras_distill.predictors import output_kind


def adversarial(teacher, student, attack, clean_weight=1 / 6, temperature=1.0):
    """Makes a `Distiller` whose student sees each example clean and attacked.

    Both times it is to say what the teacher says of the clean one. With
    `attack=kd.attacks.PGD(student, against="teacher")` this is RSLAD; with
    `against="labels"` and `clean_weight=0` it is ARD (with its α = 1). Compile without a
    loss; `student` is the model that is trained, and the one to evaluate and to save.

    Args:
        teacher: A `keras.Model` that is robust itself, or the student will hardly be.
        student: A Functional or Sequential `keras.Model`.
        attack: From `kd.attacks`, on `student`: a function of `(x, labels=,
            teacher_outputs=)`. Inputs are attacked in training only.
        clean_weight: Share of the clean examples in the loss, in [0, 1]; the attacked have
            the rest. Defaults to 1/6, as in RSLAD.
        temperature: Of both `SoftTargets`. Defaults to 1.0 (RSLAD); 30 in ARD.

    Returns:
        A `Distiller`. It cannot be saved whole (the attack holds the student): save the
        student.

    Raises:
        ValueError: `clean_weight` is outside [0, 1], or the two models do not both end in
            logits or both in softmax.

    Example:

    ```python
    teacher, student = (
        keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]) for _ in "ab")
    attack = kd.attacks.PGD(student, epsilon=0.1, steps=3, against="teacher")
    distiller = kd.distillation.adversarial(teacher, student, attack)
    distiller.compile("sgd")
    distiller.fit(np.random.rand(32, 4), verbose=0)
    ```

    Reference:
        Zi et al., 2021, Revisiting Adversarial Robustness Distillation (RSLAD),
        https://arxiv.org/abs/2108.07969; Goldblum et al., 2020, Adversarially Robust
        Distillation (ARD), https://arxiv.org/abs/1905.09747
    """
    if not 0 <= clean_weight <= 1:
        raise ValueError(
            f"`clean_weight` must be between 0 and 1. Received: clean_weight={clean_weight!r}."
        )
    kinds = [output_kind(teacher), output_kind(student)]
    if kinds[0] != kinds[1] or "unknown" in kinds:
        raise ValueError(
            "Teacher and student must both end in logits or both in softmax. "
            f"Received: a teacher with {kinds[0]} and a student with {kinds[1]}."
        )
    shape = student.input_shape[1:]
    inputs = {key: keras.Input(shape, name=key) for key in ("clean", "attacked")}
    outputs = {
        key: keras.layers.Identity(name=f"on_{key}")(student(each)) for key, each in inputs.items()
    }
    both = keras.Model(inputs, outputs, name="clean_and_attacked")
    shown = keras.Sequential([teacher, keras.layers.Identity(name="says")], name="teacher")
    losses = [
        SoftTargets(
            temperature,
            from_logits=kinds[0] == "logits",
            teacher_layer_name="says",
            student_layer_name=f"on_{key}",
            name=f"{key}_soft_targets",
        )
        for key in ("clean", "attacked")
    ]

    return Distiller(
        shown,
        both,
        losses,
        [clean_weight, 1.0 - clean_weight],
        student_loss_weight=0.0,
        student_inputs=_CleanAndAttacked(attack),
    )


class _CleanAndAttacked:
    """What the student is fed: each example twice, the second time attacked in training."""

    def __init__(self, attack):
        self._attack = attack

    def __call__(self, x, labels=None, teacher_outputs=None, training=None):
        moved = x
        if training:
            moved = self._attack(x, labels=labels, teacher_outputs=teacher_outputs)
        return {"clean": x, "attacked": moved}

    def get_config(self):
        raise NotImplementedError(
            "A Distiller with an attack cannot be saved whole: the attack holds the student. "
            "Save the student (student.save(...)), and make the Distiller again."
        )
