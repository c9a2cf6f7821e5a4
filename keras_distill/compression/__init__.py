"""Pruning and 8-bit quantization of Keras 3 models by TF-MOT's own algorithms."""

from keras_distill.compression.channels.channel_group import ChannelGroup as ChannelGroup
from keras_distill.compression.channels.channel_groups import channel_groups as channel_groups
from keras_distill.compression.channels.prune_channels import prune_channels as prune_channels
from keras_distill.compression.clustering.centroid_initialization import (
    CentroidInitialization as CentroidInitialization,
)
from keras_distill.compression.clustering.cluster_weights import cluster_weights as cluster_weights
from keras_distill.compression.clustering.clustered_composite import (
    ClusteredComposite as ClusteredComposite,
)
from keras_distill.compression.clustering.clustered_layer import ClusteredLayer as ClusteredLayer
from keras_distill.compression.clustering.strip_clustering import (
    strip_clustering as strip_clustering,
)
from keras_distill.compression.compression_summary import CompressionSummary as CompressionSummary
from keras_distill.compression.quantization.activation_quantizer import (
    ActivationQuantizer as ActivationQuantizer,
)
from keras_distill.compression.quantization.all_values_quantizer import (
    AllValuesQuantizer as AllValuesQuantizer,
)
from keras_distill.compression.quantization.calibrate import calibrate as calibrate
from keras_distill.compression.quantization.last_value_quantizer import (
    LastValueQuantizer as LastValueQuantizer,
)
from keras_distill.compression.quantization.moving_average_quantizer import (
    MovingAverageQuantizer as MovingAverageQuantizer,
)
from keras_distill.compression.quantization.quantize_annotate import (
    QuantizeAnnotate as QuantizeAnnotate,
)
from keras_distill.compression.quantization.quantize_annotate_layer import (
    quantize_annotate_layer as quantize_annotate_layer,
)
from keras_distill.compression.quantization.quantize_annotate_model import (
    quantize_annotate_model as quantize_annotate_model,
)
from keras_distill.compression.quantization.quantize_apply import quantize_apply as quantize_apply
from keras_distill.compression.quantization.quantize_config import QuantizeConfig as QuantizeConfig
from keras_distill.compression.quantization.quantize_model import quantize_model as quantize_model
from keras_distill.compression.quantization.quantize_scope import quantize_scope as quantize_scope
from keras_distill.compression.quantization.quantize_wrapper import (
    QuantizeWrapper as QuantizeWrapper,
)
from keras_distill.compression.quantization.quantized_composite import (
    QuantizedComposite as QuantizedComposite,
)
from keras_distill.compression.quantization.quantized_input import QuantizedInput as QuantizedInput
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer as QuantizedLayer
from keras_distill.compression.quantization.strip_quantization import (
    strip_quantization as strip_quantization,
)
from keras_distill.compression.sparsity.constant_sparsity import (
    ConstantSparsity as ConstantSparsity,
)
from keras_distill.compression.sparsity.polynomial_decay import PolynomialDecay as PolynomialDecay
from keras_distill.compression.sparsity.prune_for_latency_on_xnnpack import (
    PruneForLatencyOnXNNPack as PruneForLatencyOnXNNPack,
)
from keras_distill.compression.sparsity.prune_low_magnitude import (
    prune_low_magnitude as prune_low_magnitude,
)
from keras_distill.compression.sparsity.pruned_composite import PrunedComposite as PrunedComposite
from keras_distill.compression.sparsity.pruned_layer import PrunedLayer as PrunedLayer
from keras_distill.compression.sparsity.pruning_summaries import (
    PruningSummaries as PruningSummaries,
)
from keras_distill.compression.sparsity.strip_pruning import strip_pruning as strip_pruning
from keras_distill.compression.sparsity.update_pruning_step import (
    UpdatePruningStep as UpdatePruningStep,
)
from keras_distill.compression.summary import summary as summary
