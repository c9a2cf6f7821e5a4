"""The Distiller: Keras's own `fit`, with a teacher in it; and the recipes over it."""

from keras_distill.distillation.adversarial import adversarial as adversarial
from keras_distill.distillation.born_again import born_again as born_again
from keras_distill.distillation.distiller import Distiller as Distiller
from keras_distill.distillation.mutual_learning import mutual_learning as mutual_learning
from keras_distill.distillation.teacher_assistants import (
    teacher_assistants as teacher_assistants,
)
