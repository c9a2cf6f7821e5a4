"""How many numbers a model is made of."""


def parameters(model):
    """Number of weights of a model, trainable or not, as `model.summary()` counts them.

    Args:
        model: A built `keras.Model`.

    Returns:
        A whole number. Masks, ranges and counters that preparing for pruning or
        quantization adds are counted too: ask the stripped model.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    assert kd.footprint.parameters(model) == 4 * 3 + 3
    ```
    """
    return int(model.count_params())
