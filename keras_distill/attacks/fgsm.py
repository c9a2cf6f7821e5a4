"""The fast gradient sign method: one step to the edge of the ball."""

from keras_distill.attacks.pgd import PGD


class FGSM(PGD):
    """Moves every input by `epsilon` along the sign of the gradient, once.

    Cheap, and weaker than `PGD`: good for training against, not for judging.

    Args:
        model: A `keras.Model` that ends in logits or softmax, `(batch, classes)`.
        epsilon: Change of an input, in its own units. Defaults to 8/255.
        against: `"labels"` (default) or `"teacher"`, as in `PGD`.
        bounds: Lowest and highest input. Defaults to `(0.0, 1.0)`.

    Returns:
        When called on `(x, labels=, teacher_outputs=)`: perturbed inputs of the shape of `x`.

    Example:

    ```python
    dense = keras.layers.Dense(2, kernel_initializer="identity")
    model = keras.Sequential([keras.Input((2,)), dense])
    moved = kd.attacks.FGSM(model, epsilon=0.1)(np.array([[0.6, 0.5]]), labels=np.array([0]))
    assert np.allclose(moved, [[0.5, 0.6]], atol=1e-6)
    ```

    Reference:
        Goodfellow et al., 2015, Explaining and Harnessing Adversarial Examples,
        https://arxiv.org/abs/1412.6572
    """

    def __init__(self, model, epsilon=8 / 255, against="labels", bounds=(0.0, 1.0)):
        super().__init__(model, epsilon, epsilon, 1, against, False, bounds)
