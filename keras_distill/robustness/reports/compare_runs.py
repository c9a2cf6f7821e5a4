"""Several runs, one table: mean ± sd over seeds, and what can be told apart."""

import numpy as np

from keras_distill.robustness.reports.run_table import RunTable
from keras_distill.robustness.statistics.intervals import holm, percentiles
from keras_distill.robustness.statistics.resample_counts import resample_counts
from keras_distill.robustness.statistics.seed_comparison import compare_seeds

KINDS = ("clean", "corrupted")


def compare_runs(reports, against=None, seed=0):
    """Merges reports of the same models, trained with other seeds, into one table.

    A model of one name in several reports is one way of training, each report one seed of it.
    The difference to `against` is taken seed by seed and example by example; its interval counts
    the choice of both (see `kd.robustness.compare_seeds`); with a single run, of examples alone.

    Args:
        reports: A list of `Report`s on the same data, corruptions and severities.
        against: Name of the model that the others are compared with. Defaults to the baseline
            of the first report.
        seed: Seed of the bootstrap.

    Returns:
        A `RunTable`: `.rows`, `.markdown()`, `.latex()`.

    Raises:
        ValueError: If there is no report, they were not measured on the same data, or `against`
            is in none of them.

    Example:

    ```python
    data = np.random.default_rng(0).random((20, 8, 8, 3), "float32"), np.zeros(20, int)
    models = {"teacher": lambda x: x.mean(axis=(1, 2)), "student": lambda x: x[:, 0, 0]}
    reports = [kd.robustness.evaluate(models, data, [], progress=False) for _ in range(2)]
    assert [row["runs"] for row in kd.robustness.compare_runs(reports).rows] == [2, 2]
    ```
    """
    if not reports:
        raise ValueError("There is no report to compare. Expected at least one.")
    _check_alike(reports)
    against = reports[0].document["baseline"] if against is None else against
    names = list(
        dict.fromkeys(model["name"] for each in reports for model in each.document["models"])
    )
    if against not in names:
        raise ValueError(
            f"There is no model {against!r} in these runs. Expected one of: {', '.join(names)}."
        )
    rows = [_row(name, reports, against, seed) for name in names]
    for kind in KINDS:
        told = [row for row in rows if row[f"{kind}_p"] is not None]
        corrected = holm([row[f"{kind}_p"] for row in told])
        for row, p in zip(told, corrected, strict=True):
            row[f"{kind}_p_holm"] = p
    return RunTable(rows, against, reports[0].document, len(reports))


def _row(name, reports, against, seed):
    mine = [each for each in reports if name in _aggregates(each)]
    row = {"model": name, "runs": len(mine)}
    for kind, key in zip(KINDS, ("clean_accuracy", "mean_corrupted_accuracy"), strict=True):
        values = [_aggregates(each)[name][key] for each in mine]
        known = None not in values
        row[f"{kind}_mean"] = float(np.mean(values)) if known else None
        row[f"{kind}_sd"] = float(np.std(values, ddof=1)) if known and len(values) > 1 else None
        both = [each for each in mine if against in _aggregates(each) and each.correct is not None]
        row |= {f"{kind}_{what}": None for what in ("difference", "ci95", "p", "p_holm")}
        if name != against and both and known:
            shares = [np.stack([_share(each, m, kind) for each in both]) for m in (against, name)]
            row |= {f"{kind}_{what}": value for what, value in _told(*shares, seed).items()}
    return row


def _told(control, treated, seed):
    if len(control) > 1:
        found = compare_seeds(control, treated, seed)
        return {"difference": found["difference"], "ci95": found["ci95"], "p": found["p"]}
    each = treated[0] - control[0]
    draws = np.einsum("j,ij->i", each, resample_counts(len(each), seed)) / len(each)
    # The share of resamples on the other side of zero, twice: never smaller than they can tell.
    beyond = min((draws <= 0).mean(), (draws >= 0).mean())
    p = min(1.0, max(2 * float(beyond), 2 / (len(draws) + 1)))
    return {"difference": float(each.mean()), "ci95": percentiles(draws), "p": p}


def _share(report, name, kind):
    correct = report.correct[name]
    return correct[0].astype("float64") if kind == "clean" else correct[1:].mean(axis=0)


def _aggregates(report):
    return {row["model"]: row for row in report.aggregates}


def _check_alike(reports):
    first = reports[0].document
    for number, each in enumerate(reports[1:], 2):
        document = each.document
        for where, key, what in (
            ("data", "labels_sha256", "labels"),
            ("data", "n", "number of examples"),
            ("suite", "corruptions", "corruptions"),
            ("suite", "severities", "severities"),
            ("suite", "source", "source of the corrupted data"),
        ):
            if document[where][key] != first[where][key]:
                raise ValueError(
                    f"Runs can be compared on the same data only. Run {number} differs from run 1 "
                    f"in its {what}: {str(document[where][key])[:60]} instead of "
                    f"{str(first[where][key])[:60]}. Measure both alike with `keras-distill "
                    "evaluate`."
                )
