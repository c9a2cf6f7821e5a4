"""Students and small architectures, all ending in logits."""

from keras_distill.models.cifar_resnet import cifar_resnet as cifar_resnet
from keras_distill.models.narrow import narrow as narrow
