"""What a model costs: parameters, work, bytes, milliseconds."""

from keras_distill.footprint.file_bytes import file_bytes as file_bytes
from keras_distill.footprint.latency import Latency as Latency
from keras_distill.footprint.latency import latency as latency
from keras_distill.footprint.macs import macs as macs
from keras_distill.footprint.macs_by_layer import macs_by_layer as macs_by_layer
from keras_distill.footprint.parameters import parameters as parameters
from keras_distill.footprint.sparsity import sparsity as sparsity
