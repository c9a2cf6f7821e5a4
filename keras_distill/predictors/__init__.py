"""One face for anything that predicts: keras.Model, SavedModel, .tflite, callable."""

from keras_distill.predictors.feature_taps import FeatureTaps as FeatureTaps
from keras_distill.predictors.load import load as load
from keras_distill.predictors.output_kind import output_kind as output_kind
from keras_distill.predictors.predictor import Predictor as Predictor
