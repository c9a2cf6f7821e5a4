"""Epochs go to the log; a loss that is not a number stops the training by name."""

import logging

import keras
import numpy as np
import pytest
from rich.console import Console

from keras_distill.pipeline.training_progress import TrainingProgress


def fit(x, callback, epochs=2):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((8, 1)), batch_size=4, epochs=epochs, verbose=0, callbacks=[callback])


def test_each_epoch_is_logged(caplog):
    with caplog.at_level(logging.INFO, logger="keras_distill"):
        fit(np.ones((8, 2)), TrainingProgress("control", 2, 2))
    assert [record.message.split(": loss")[0] for record in caplog.records] == [
        "control: epoch 1/2",
        "control: epoch 2/2",
    ]


def test_a_loss_that_is_not_a_number_names_the_step():
    with pytest.raises(ValueError) as error:
        fit(np.full((8, 2), np.nan), TrainingProgress("control", 2, 2))
    assert str(error.value) == (
        "The loss of 'control' is not a number by step 2 (epoch 1). Expected finite images and "
        "losses: look for NaN in the data, or lower `learning_rate`."
    )


def test_a_bar_is_shown_in_a_terminal_only(tmp_path):
    for terminal in (True, False):
        path = tmp_path / f"{terminal}.txt"
        with path.open("w") as file:
            console = Console(file=file, force_terminal=terminal, width=100)
            fit(np.ones((8, 2)), TrainingProgress("control", 2, 2, console))
        assert ("control" in path.read_text()) == terminal
