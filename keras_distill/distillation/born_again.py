"""Born-again networks: the same network learns from itself, generation by generation."""

import keras

from keras_distill.distillation.teacher_assistants import teacher_assistants


def born_again(teacher, generations, train, seed=0, **distiller_arguments):
    """Trains fresh copies of a model, each from the generation before it.

    The student is as large as the teacher and often better; the generations together, as
    `kd.teachers.Ensemble([teacher, *generations])`, better again.

    Args:
        teacher: A trained Functional or Sequential `keras.Model`.
        generations: How many, at least 1.
        train: A function of a `Distiller` that compiles it and fits it.
        seed: Of the fresh weights, which differ between generations. Defaults to 0.
        **distiller_arguments: Of every `Distiller`, as in `teacher_assistants`.

    Returns:
        The generations, the last one last.

    Raises:
        ValueError: `generations` is below 1.

    Example:

    ```python
    teacher = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])

    def train(distiller):
        distiller.compile("sgd")
        distiller.fit(np.random.rand(32, 4), verbose=0)

    first, second = kd.distillation.born_again(teacher, 2, train)
    ```

    Reference:
        Furlanello et al., 2018, Born-Again Neural Networks, https://arxiv.org/abs/1805.04770
    """
    if not isinstance(generations, int) or generations < 1:
        raise ValueError(
            f"`generations` must be at least 1. Received: generations={generations!r}."
        )
    students = []
    for generation in range(generations):
        keras.utils.set_random_seed(seed + generation)
        students.append(keras.models.clone_model(teacher, clone_function=_fresh(seed, generation)))
    return teacher_assistants(teacher, students, train, **distiller_arguments)


def _fresh(seed, generation):
    """Copies layers with initial weights of their own, also where they carry a seed."""
    count = iter(range(10**9))

    def copied(layer):
        config = layer.get_config()
        for name, value in config.items():
            if name.endswith("_initializer") and isinstance(value, dict):
                if "seed" in value.get("config", {}):
                    drawn = (seed * 1009 + generation) * 10_007 + next(count)
                    value["config"]["seed"] = drawn
        return type(layer).from_config(config)

    return copied
