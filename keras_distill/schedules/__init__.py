"""Schedules: from the step to a weight or a temperature, one class per file."""

from keras_distill.schedules.constant import Constant as Constant
from keras_distill.schedules.cosine import Cosine as Cosine
from keras_distill.schedules.exponential import Exponential as Exponential
from keras_distill.schedules.linear import Linear as Linear
from keras_distill.schedules.step import Step as Step
