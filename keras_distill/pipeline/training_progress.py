"""One bar per training, and a line per epoch in the run's log."""

import logging
import math

import keras

LOG = logging.getLogger("keras_distill")


class TrainingProgress(keras.callbacks.Callback):
    """Shows a rich progress bar in a terminal; writes each epoch to the log everywhere.

    Args:
        title: What is trained, such as `"distilled"`.
        epochs: Number of epochs.
        steps: Batches per epoch.
        console: A `rich.console.Console`, or `None` to show nothing.
    """

    def __init__(self, title, epochs, steps, console=None):
        super().__init__()
        self.title = title
        self.epochs, self.steps = epochs, steps
        self.console = console
        self._bar = self._task = None

    def on_train_begin(self, logs=None):
        if self.console is None or not self.console.is_terminal:
            return
        from rich import progress

        self._bar = progress.Progress(
            progress.TextColumn("{task.description:<10}"),
            progress.BarColumn(),
            progress.TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            progress.TextColumn("{task.fields[note]}"),
            progress.TimeRemainingColumn(),
            console=self.console,
        )
        self._task = self._bar.add_task(
            self.title, total=self.epochs * self.steps, epoch=1, epochs=self.epochs, note=""
        )
        self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        if self._bar is not None:
            self._bar.advance(self._task)

    def on_epoch_begin(self, epoch, logs=None):
        if self._bar is not None:
            self._bar.update(self._task, epoch=epoch + 1)

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        written = ", ".join(f"{name} {value:.4f}" for name, value in sorted(logs.items()))
        LOG.info("%s: epoch %d/%d: %s", self.title, epoch + 1, self.epochs, written)
        if self._bar is not None and "val_accuracy" in logs:
            note = f"validation accuracy {logs['val_accuracy']:.3f}"
            self._bar.update(self._task, note=note)
        if not math.isfinite(float(logs.get("loss", 0.0))):
            step = (epoch + 1) * self.steps
            raise ValueError(
                f"The loss of {self.title!r} is not a number by step {step} (epoch {epoch + 1}). "
                "Expected finite images and losses: look for NaN in the data, or lower "
                "`learning_rate`."
            )

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        """Takes the bar off the terminal, also after an interrupt."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
