"""Data in one convention: float32 images in [0, 1] or texts, integer labels, three splits."""

from keras_distill.datasets.corrupted_dataset import CorruptedDataset as CorruptedDataset
from keras_distill.datasets.load import load as load
from keras_distill.datasets.load_corrupted import load_corrupted as load_corrupted
from keras_distill.datasets.set_epoch import SetEpoch as SetEpoch
from keras_distill.datasets.splits import Splits as Splits
from keras_distill.datasets.tokenized import tokenized as tokenized
from keras_distill.datasets.truncation import Truncation as Truncation
