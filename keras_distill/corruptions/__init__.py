"""Stateless corruptions: how data gets worse between the lab and the phone."""

from keras_distill.corruptions.corrupt_dataset import corrupt_dataset as corrupt_dataset
from keras_distill.corruptions.corruption import Corruption as Corruption
from keras_distill.corruptions.get import get as get
from keras_distill.corruptions.image.image_corruption import ImageCorruption as ImageCorruption
from keras_distill.corruptions.names import names as names
from keras_distill.corruptions.random_corruption import RandomCorruption as RandomCorruption
from keras_distill.corruptions.sequence import sequence as sequence
from keras_distill.corruptions.text.text_corruption import TextCorruption as TextCorruption
