"""The Distiller: Keras's own `fit`, with a teacher in it."""

from keras_distill.distillation.distiller import Distiller as Distiller
