import keras


class LayerWrapper(keras.layers.Wrapper):
    """What stands for one layer of a model, whose weights it holds among its own.

    It is called with the layer's inputs and a training flag, never with a mask; `rebuild` calls
    it so, and copies weights from and to the layer within. What stands for a composite layer is a
    `CompositeWrapper`.
    """
