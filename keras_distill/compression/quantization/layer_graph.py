import keras

from keras_distill.compression.graph.prerequisites import is_graph
from keras_distill.compression.quantization.quantization_rules import (
    FOLDING,
    KERNELS,
    OUTPUTS_OF_TFMOT,
    activation_name,
    moves_values,
    reason_to_skip,
)


class LayerGraph:
    """Who feeds whom: {layer: [consumer, ...]} and {layer: [producer, ...]}."""

    chosen, configured = None, ()

    def __init__(self):
        self.consumers = {}
        self.producers = {}

    @classmethod
    def of_model(cls, model):
        """That of a Functional or Sequential model."""
        functional = model._functional if isinstance(model, keras.Sequential) else model
        graph = cls()
        for node in (n for nodes in functional._nodes_by_depth.values() for n in nodes):
            for parent in node.parent_nodes:
                graph.consumers.setdefault(parent.operation, []).append(node.operation)
                graph.producers.setdefault(node.operation, []).append(parent.operation)
        for tensor in keras.tree.flatten(functional.outputs):
            # None stands for the world outside, which sees the output as it is.
            graph.consumers.setdefault(tensor._keras_history.operation, []).append(None)
        return graph

    def takes_indices(self, layer):
        """Whether what a layer gives out are whole numbers that an Embedding looks up."""
        for consumer in self.consumers.get(layer, []):
            if consumer is None:
                continue
            if type(consumer) is keras.layers.Embedding:
                return True
            if moves_values(consumer) and self.takes_indices(consumer):
                return True
            if is_graph(consumer) and len(consumer.inputs) == 1:
                source = consumer.inputs[0]._keras_history.operation
                if LayerGraph.of_model(consumer).takes_indices(source):
                    return True
        return False

    def is_chosen(self, layer):
        return self.chosen is None or layer in self.chosen

    def feeds_chosen(self, layer):
        """Whether a chosen layer is fed by this one alone."""
        return any(
            (consumer in self.chosen or consumer in self.configured)
            and len(self.producers[consumer]) == 1
            for consumer in self.consumers.get(layer, [])
        )

    def sole_consumer(self, layer):
        """The one layer that is fed by this one, if both are to be quantized."""
        consumers = self.consumers.get(layer, [])
        alone = len(consumers) == 1 and self.is_chosen(layer) and self.is_chosen(consumers[0])
        return consumers[0] if alone else None

    def folds(self, normalization):
        """Whether a BatchNormalization folds into the layer before it."""
        producers = self.producers.get(normalization, [])
        return (
            len(producers) == 1
            # TF-MOT allows Dense too, but the converter then leaves the Dense layer float.
            and type(producers[0]) in FOLDING
            and activation_name(producers[0]) == "linear"
            and reason_to_skip(producers[0]) is None
            and self.sole_consumer(producers[0]) is normalization
        )

    def shares_a_range(self, concatenation):
        """Whether a Concatenate quantizes for all that feed it: TF-MOT's rule is all or none."""
        producers = self.producers.get(concatenation, [])
        return 2 <= len(producers) <= 6 and all(
            self.sole_consumer(producer) is concatenation and self._is_known_to_tfmot(producer)
            for producer in producers
        )

    def _is_known_to_tfmot(self, layer):
        if isinstance(layer, keras.layers.InputLayer):
            return True
        if isinstance(layer, keras.layers.BatchNormalization):
            return self.folds(layer)
        known = type(layer) in (*KERNELS, *OUTPUTS_OF_TFMOT) or moves_values(layer)
        return known and reason_to_skip(layer) is None
