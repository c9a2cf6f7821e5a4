"""Attacks: the small change of an input that hurts a model most."""

from keras_distill.attacks.fgsm import FGSM as FGSM
from keras_distill.attacks.pgd import PGD as PGD
