"""`keras-distill`: the journey and its parts from a terminal."""

import os

# Before TensorFlow is imported: its chatter at start-up is nothing a person can act on.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer

from keras_distill.pipeline.file_commands import describe, export, verify
from keras_distill.pipeline.journey_commands import check, demo, init, run
from keras_distill.pipeline.latency_command import latency
from keras_distill.pipeline.readable import readable
from keras_distill.pipeline.robustness_commands import compare, evaluate, report
from keras_distill.pipeline.search_command import search

app = typer.Typer(
    help=(
        "From a heavy Keras model to a small, proven one on a phone.\n\n"
        "First look:       keras-distill demo\n\n"
        "Your own model:   keras-distill init --teacher MODEL.keras --data FOLDER\n\n"
        "                  keras-distill check CONFIG.yaml\n\n"
        "                  keras-distill run CONFIG.yaml"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# `--help` lists them in this order.
for command in (
    demo,
    init,
    check,
    run,
    search,
    evaluate,
    report,
    compare,
    export,
    describe,
    verify,
    latency,
):
    app.command()(readable(command))


def main():
    """The console script."""
    app()
