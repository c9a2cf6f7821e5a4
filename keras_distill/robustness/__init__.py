"""Predictors × corruptions → measurements → report."""

from keras_distill.robustness.cell import Cell as Cell
from keras_distill.robustness.evaluate import evaluate as evaluate
from keras_distill.robustness.flip_probability import flip_probability as flip_probability
from keras_distill.robustness.mean_corruption_error import (
    mean_corruption_error as mean_corruption_error,
)
from keras_distill.robustness.report import Report as Report
from keras_distill.robustness.seed_comparison import compare_seeds as compare_seeds
