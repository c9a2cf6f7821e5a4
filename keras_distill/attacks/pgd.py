"""Projected gradient descent inside an L∞ ball around each input."""

import keras
from keras import ops

from keras_distill.attacks.input_gradient import input_gradient
from keras_distill.losses.soft_targets import soft_target_divergence
from keras_distill.predictors.output_kind import output_kind

AGAINST = ("labels", "teacher")


class PGD:
    """Looks for the change of at most `epsilon` a pixel that hurts a classifier most.

    Each step goes `step_size` along the sign of the gradient and is brought back into the ball
    and into `bounds`. The model predicts in inference mode and is not changed.

    Args:
        model: A `keras.Model` that ends in logits or softmax, `(batch, classes)`.
        epsilon: Largest change of an input, in its own units. Defaults to 8/255.
        step_size: Defaults to 2/255.
        steps: At least 1. Defaults to 10.
        against: What the model is moved away from: `"labels"` (default, cross-entropy) or
            `"teacher"` (KL to the outputs of a teacher, as in RSLAD).
        random_start: Whether to start anywhere in the ball. Defaults to `True`.
        bounds: Lowest and highest input. Defaults to `(0.0, 1.0)`.
        seed: Of the random start. Defaults to 0.

    Returns:
        When called on `(x, labels=, teacher_outputs=)`: perturbed inputs of the shape of `x`.

    Raises:
        ValueError: On an argument out of range, or when what it goes against is missing.

    Example:

    ```python
    dense = keras.layers.Dense(2, kernel_initializer="identity")
    model = keras.Sequential([keras.Input((2,)), dense])
    attack = kd.attacks.PGD(model, epsilon=0.1, step_size=0.05, steps=4, random_start=False)
    moved = attack(np.array([[0.6, 0.5]], "float32"), labels=np.array([0]))
    assert np.allclose(moved, [[0.5, 0.6]], atol=1e-6)  # away from class 0, to the edge of the ball
    ```

    Reference:
        Madry et al., 2018, Towards Deep Learning Models Resistant to Adversarial Attacks,
        https://arxiv.org/abs/1706.06083
    """

    def __init__(
        self,
        model,
        epsilon=8 / 255,
        step_size=2 / 255,
        steps=10,
        against="labels",
        random_start=True,
        bounds=(0.0, 1.0),
        seed=0,
    ):
        for name, value in (("epsilon", epsilon), ("step_size", step_size)):
            if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
                raise ValueError(
                    f"`{name}` must be a number of 0 or more. Received: {name}={value!r}."
                )
        if not isinstance(steps, int) or steps < 1:
            raise ValueError(f"`steps` must be at least 1. Received: steps={steps!r}.")
        if against not in AGAINST:
            raise ValueError(
                f'`against` must be "labels" or "teacher". Received: against={against!r}.'
            )
        self.model = model
        self.epsilon, self.step_size, self.steps = epsilon, step_size, steps
        self.against, self.random_start, self.bounds = against, random_start, bounds
        self._seeds = keras.random.SeedGenerator(seed)
        self._softmax = output_kind(model) == "probabilities"

    def __call__(self, x, labels=None, teacher_outputs=None):
        target = {"labels": labels, "teacher": teacher_outputs}[self.against]
        if target is None:
            raise ValueError(
                f"This attack goes against the {self.against}. Received: none. Pass "
                f"{'labels=...' if self.against == 'labels' else 'teacher_outputs=...'}, or train "
                "on data that has them."
            )
        x = ops.cast(x, "float32")
        moved = x
        if self.random_start:
            moved = x + keras.random.uniform(
                ops.shape(x), -self.epsilon, self.epsilon, seed=self._seeds
            )
            moved = ops.clip(moved, *self.bounds)
        for _ in range(self.steps):
            gradient = input_gradient(lambda each: self._damage(each, target), moved)
            moved = moved + self.step_size * ops.sign(gradient)
            moved = ops.clip(moved, x - self.epsilon, x + self.epsilon)
            moved = ops.clip(moved, *self.bounds)
        return ops.stop_gradient(moved)

    def _damage(self, x, target):
        """What the attack makes as large as it can, summed over the batch."""
        logits = self.model(x, training=False)
        if self._softmax:
            logits = ops.log(ops.maximum(logits, 1e-30))
        if self.against == "teacher":
            return ops.sum(soft_target_divergence(ops.stop_gradient(target), logits, 1.0))
        values = keras.losses.sparse_categorical_crossentropy(target, logits, from_logits=True)
        return ops.sum(values)
