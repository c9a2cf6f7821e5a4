"""Ties the order of a training set to the epoch that begins."""

import keras


class SetEpoch(keras.callbacks.Callback):
    """Tells a training set of `load` which epoch begins.

    With it a run that resumes at epoch k sees the order that the unbroken run saw
    there. A `Distiller` adds it by itself; a plain `fit` is given it.

    Args:
        train: The training set that `kd.datasets.load` made: it has `.epoch`.

    Raises:
        ValueError: `train` has no `.epoch`.

    Example:

    ```python
    train, _, _ = kd.datasets.load("fashion_mnist", batch_size=1000)
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    model.fit(train, callbacks=[kd.datasets.SetEpoch(train)], shuffle=False, verbose=0)
    ```
    """

    def __init__(self, train):
        super().__init__()
        if not hasattr(train, "epoch"):
            raise ValueError(
                "SetEpoch wants the training set that kd.datasets.load made, as it came. "
                f"Received: {type(train).__name__} without `.epoch` (a data set that was mapped "
                "or batched afterwards has lost it)."
            )
        self.train = train

    def on_epoch_begin(self, epoch, logs=None):
        self.train.epoch.assign(epoch)
