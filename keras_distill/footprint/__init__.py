"""What a model costs: parameters, work, bytes, milliseconds."""

from keras_distill.footprint.compare_latency import compare_latency as compare_latency
from keras_distill.footprint.file_bytes import file_bytes as file_bytes
from keras_distill.footprint.file_kernels import FileKernels as FileKernels
from keras_distill.footprint.file_latency import FileLatency as FileLatency
from keras_distill.footprint.latency import Latency as Latency
from keras_distill.footprint.latency import latency as latency
from keras_distill.footprint.latency_report import LatencyReport as LatencyReport
from keras_distill.footprint.macs import macs as macs
from keras_distill.footprint.macs_by_layer import macs_by_layer as macs_by_layer
from keras_distill.footprint.paired_ratio import PairedRatio as PairedRatio
from keras_distill.footprint.parameters import parameters as parameters
from keras_distill.footprint.sparsity import sparsity as sparsity
