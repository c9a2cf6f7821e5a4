import keras

from keras_distill.compression.sparsity.pruned_layer import PrunedLayer


class UpdatePruningStep(keras.callbacks.Callback):
    """TF-MOT's callback of that name: masks the kernels again at the end of each epoch.

    The step of pruning advances by itself in every training forward pass, with this callback or
    without it, and is never counted twice. What the callback adds is what TF-MOT's adds: after
    each epoch the kernels hold their zeros, so that weights saved then are sparse as they lie.
    Training itself is the same. A model with no layer that is being pruned is left alone.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    schedule = kd.compression.ConstantSparsity(0.5, begin_step=0, frequency=1)
    pruned = kd.compression.prune_low_magnitude(model, schedule)
    pruned.compile("sgd", "mse")
    callbacks = [kd.compression.UpdatePruningStep()]
    pruned.fit(np.ones((4, 8)), np.ones((4, 4)), callbacks=callbacks, verbose=0)
    print(float(np.mean(pruned.layers[0].layer.get_weights()[0] == 0)))  # 0.5
    ```
    """

    def on_epoch_end(self, epoch, logs=None):
        # Through wrappers too: a Distiller's student is a layer of the model that is trained.
        for layer in self.model._flatten_layers():
            if isinstance(layer, PrunedLayer):
                layer.mask_kernels()
