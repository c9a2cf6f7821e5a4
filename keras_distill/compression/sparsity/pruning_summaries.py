import pathlib

import keras
import numpy as np

from keras_distill.compression.sparsity.pruned_layer import PrunedLayer


class PruningSummaries(keras.callbacks.Callback):
    """TF-MOT's callback of that name: writes sparsity and thresholds for TensorBoard.

    For each mask the fraction of zeros, as `PATH/mask/sparsity`, and for each threshold its
    value, as `PATH/threshold/threshold`, against the optimizer's iterations, in the folder
    `metrics` of `log_dir`. Losses and metrics are the business of `keras.callbacks.TensorBoard`,
    which may stand beside it. TensorBoard is not needed to write, only to look.

    Args:
        log_dir: folder for the event files.
        update_freq: "epoch" to write at the beginning of each epoch, "batch" for each batch,
            or an integer for every so many batches. The state after the last batch is written
            in each case. Defaults to "epoch".
        **kwargs: none; TF-MOT hands them to TensorBoard's own callback, this one refuses them.

    Raises:
        ValueError: for an empty `log_dir`, another `update_freq`, or further arguments.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    pruned = kd.compression.prune_low_magnitude(model)
    pruned.compile("sgd", "mse")
    callbacks = [kd.compression.PruningSummaries("logs")]
    pruned.fit(np.ones((4, 8)), np.ones((4, 4)), callbacks=callbacks, verbose=0)
    ```
    """

    def __init__(self, log_dir, update_freq="epoch", **kwargs):
        if not log_dir or not isinstance(log_dir, str | pathlib.Path):
            raise ValueError(
                "`log_dir` is the folder for the event files. Received: "
                f"log_dir={log_dir!r}. Pass a path, for example 'logs'."
            )
        counts = type(update_freq) is int and update_freq > 0
        if update_freq not in ("epoch", "batch") and not counts:
            raise ValueError(
                "`update_freq` is 'epoch', 'batch' or a number of batches. Received: "
                f"update_freq={update_freq!r}. Pass 'epoch' to write once in each."
            )
        if kwargs:
            raise ValueError(
                "`PruningSummaries` writes sparsities and thresholds only. Received: "
                f"{', '.join(sorted(kwargs))}. Pass these to a `keras.callbacks.TensorBoard` of "
                "the same `log_dir` beside it."
            )
        super().__init__()
        self.log_dir = str(log_dir)
        self.update_freq = {"epoch": None, "batch": 1}.get(update_freq, update_freq)
        self._writer = None
        self._written = None

    def on_epoch_begin(self, epoch, logs=None):
        if self.update_freq is None:
            self._write()

    def on_train_batch_end(self, batch, logs=None):
        if self.update_freq and self._iterations() % self.update_freq == 0:
            self._write()

    def on_train_end(self, logs=None):
        if self._written != self._iterations():
            self._write()
        if self._writer is not None:
            self._writer.close()
        self._writer = self._written = None

    def _iterations(self):
        return int(self.model.optimizer.iterations)

    def _write(self):
        import tensorflow as tf

        # What `tf.summary.scalar` writes; that function itself asks for TensorBoard's package.
        plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        kind = tf.compat.v1.SummaryMetadata(plugin_data=plugin, data_class=1)
        if self._writer is None:
            self._writer = tf.summary.create_file_writer(f"{self.log_dir}/metrics")
        self._written = self._iterations()
        with self._writer.as_default(), tf.summary.record_if(True):
            for layer in self.model._flatten_layers():
                if isinstance(layer, PrunedLayer):
                    for mask, threshold in zip(layer.masks, layer.thresholds, strict=True):
                        for tag, value in (
                            (f"{mask.path}/sparsity", 1 - np.mean(np.asarray(mask))),
                            (f"{threshold.path}/threshold", np.asarray(threshold)),
                        ):
                            scalar = tf.constant(value, tf.float32)
                            tf.summary.write(tag, scalar, self._written, kind)
        self._writer.flush()
