"""Predictors × corruptions → measurements → report."""

from keras_distill.robustness.evaluate import evaluate as evaluate
from keras_distill.robustness.reports.compare_runs import compare_runs as compare_runs
from keras_distill.robustness.reports.report import Report as Report
from keras_distill.robustness.reports.run_table import RunTable as RunTable
from keras_distill.robustness.statistics.alexnet_errors import alexnet_errors as alexnet_errors
from keras_distill.robustness.statistics.cell import Cell as Cell
from keras_distill.robustness.statistics.fit_temperature import fit_temperature as fit_temperature
from keras_distill.robustness.statistics.flip_probability import (
    flip_probability as flip_probability,
)
from keras_distill.robustness.statistics.mean_corruption_error import (
    mean_corruption_error as mean_corruption_error,
)
from keras_distill.robustness.statistics.out_of_distribution import (
    out_of_distribution as out_of_distribution,
)
from keras_distill.robustness.statistics.relative_mean_corruption_error import (
    relative_mean_corruption_error as relative_mean_corruption_error,
)
from keras_distill.robustness.statistics.seed_comparison import compare_seeds as compare_seeds
