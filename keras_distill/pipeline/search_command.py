"""`search`: the values of a distillation, found on the validation data."""

import pathlib

from keras_distill.pipeline.journey_commands import Config, Output, Overwrite

SHOWN = 5


def search(config: Config, output: Output = None, overwrite: Overwrite = False):
    """Finds temperature, weights, learning rate and losses, by KerasTuner.

    The configuration is that of `run`, with a section more; what is left out is as here:

    \b
      search:
        method: bayesian               # or random, hyperband
        trials: 20
        epochs: null                   # of a trial; null: as under distillation
        temperature: [1, 20]           # null keeps what stands under distillation
        student_loss_weight: [0, 1]
        learning_rate: [0.0001, 0.01]
        losses: \\[soft_targets]         # alternatives; [\\[soft_targets, dist]] uses both
        loss_weights: [0.1, 10]        # of every loss but the first

    The teacher is trained if it has to be, once. The first trial is what stands under
    `distillation`, so that the best is no worse; nothing is chosen on the test data. Broken off,
    the same command goes on; with more trials it goes further.

    The run's folder then has search.csv, search.png and best.yaml, which `run` takes as it is.

    Several machines: set KERASTUNER_TUNER_ID=chief on one and worker1, worker2 ... on the others,
    KERASTUNER_ORACLE_IP and KERASTUNER_ORACLE_PORT of the chief on all, and an --output of its own
    for each. The chief has the result.

    Example: keras-distill search flowers.yaml && keras-distill run runs/flowers/best.yaml
    """
    from rich.console import Console

    from keras_distill.pipeline.journey_of import journey_of
    from keras_distill.pipeline.load_configuration import load_configuration
    from keras_distill.pipeline.search_distillation import search_distillation

    configuration = load_configuration(config)
    if output is not None:
        configuration = configuration.model_copy(update={"output": str(output.resolve())})
    journey = journey_of(configuration, overwrite=overwrite, console=Console())
    result = search_distillation(journey)
    if result is None:
        print("Nothing is left to do for this worker: the chief has the result.")
        return
    for line in lines(result):
        print(line)
    folder = pathlib.Path(configuration.output)
    here = pathlib.Path.cwd()
    shown = folder.relative_to(here) if folder.is_relative_to(here) else folder
    print(f"Trials: {shown / 'search.csv'}, {shown / 'search.png'}")
    print(f"Next:   keras-distill run {shown / 'best.yaml'}")


def lines(result):
    """The best trials and the default as a table, and the gain in a sentence."""
    from keras_distill.pipeline.text_table import text_table

    rows = result.table()[:SHOWN]
    first = result.trials[0]
    if all(row["trial"] != 1 for row in rows):
        rows = [*rows, first]
    names = ["trial", *result.searched, "epochs", result.objective]
    shown = [{name.replace("_", " "): _cell(row[name]) for name in names} for row in rows]
    found = text_table(shown, left=("distillation loss",))
    if first["status"] != "completed":
        return [*found, "Trial 1 is the default; its loss is not a number."]
    best = result.best_trial
    said = f"{result.objective} {best[result.objective]:.4f} in trial {best['trial']}, "
    return [*found, f"{said}{first[result.objective]:.4f} in trial 1, which is the default."]


def _cell(value):
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
