"""From records of every example to everything in the report that is a number."""

RESAMPLES = 1000


def judge(
    records,
    cells,
    labels,
    names,
    baseline,
    pairs,
    seed,
    margin=0.005,
    resamples=RESAMPLES,
    groups=None,
    alexnet=False,
):
    """Cells, aggregates, comparisons and the rest of the numbers of `report.json`.

    All intervals but Wilson's come from one bootstrap over examples: a resampled example carries
    all its cells and all models with it, so means over cells are as uncertain as the examples make
    them and differences between models are paired.

    Args:
        records: Function `(model, cell_index) → record`, a record being what `example_scores`
            returns. Called cell by cell, each model's record once (the baseline's first).
        cells: `[(corruption, severity), …]`; the first is `("clean", 0)`.
        labels: Integer labels, `(n,)`.
        names: Names of the models, in the order of the report.
        baseline: One of them.
        pairs: `[(model, against), …]`; each is compared as model − against.
        seed: Seed of the bootstrap.
        margin: Loss that still counts as "as good", a fraction.
        resamples: Number of resamples.
        groups: `{group: [corruptions]}` for `by_group`; those that were not measured are left out.
        alexnet: Whether the cells are ImageNet-C's own at 224 px, so that `mce_alexnet` may be
            computed. It needs all 15 corruptions at all five severities.

    Returns:
        A dict ready for the document: `cells` (a list of `Cell`), `aggregates`, `comparisons`,
        `error_consistency`, `per_class`, `calibration`, `tests`, `margin` and `resamples`.
    """
    raise NotImplementedError
