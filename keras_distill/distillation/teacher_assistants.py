"""A chain of teachers: each model learns from the one before it."""

from keras_distill.distillation.distiller import Distiller


def teacher_assistants(teacher, students, train, **distiller_arguments):
    """Trains models one after the other, each with the one before for its teacher.

    For a student so much smaller than the teacher that it learns better from something
    between them: `students` is the assistants, largest first, and the student. Each link is
    a `Distiller` like any other.

    Args:
        teacher: A trained `keras.Model`.
        students: `keras.Model`s, from the first assistant to the student.
        train: A function of a `Distiller` that compiles it and fits it.
        **distiller_arguments: Of every `Distiller`: `distillation_losses`, …; a function
            is called for each link's own (losses with weights belong to one link).

    Returns:
        The trained models, the student last.

    Raises:
        ValueError: There are no students.

    Example:

    ```python
    def build(width):
        return keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(width, "relu"), keras.layers.Dense(3)])

    def train(distiller):
        distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        distiller.fit(np.random.rand(32, 4), np.arange(32) % 3, verbose=0)

    assistant, student = kd.distillation.teacher_assistants(build(32), [build(8), build(2)], train)
    ```

    Reference:
        Mirzadeh et al., 2020, Improved Knowledge Distillation via Teacher Assistant,
        https://arxiv.org/abs/1902.03393
    """
    students = list(students)
    if not students:
        raise ValueError(
            "`students` must hold the assistants and the student. Received: an empty list."
        )
    for student in students:
        made = {
            key: each() if callable(each) and key == "distillation_losses" else each
            for key, each in distiller_arguments.items()
        }
        train(Distiller(teacher, student, **made))
        teacher = student
    return students
