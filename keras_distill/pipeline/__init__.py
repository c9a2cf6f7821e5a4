"""The whole journey from one validated configuration, and the command line."""

from keras_distill.pipeline.compress import compress as compress
from keras_distill.pipeline.configuration import Configuration as Configuration
from keras_distill.pipeline.load_configuration import load_configuration as load_configuration
from keras_distill.pipeline.result import Result as Result
from keras_distill.pipeline.transfer_configuration import (
    TransferConfiguration as TransferConfiguration,
)
