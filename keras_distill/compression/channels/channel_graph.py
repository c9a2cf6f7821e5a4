"""Follows every channel of a model through its graph: which ones are tied to which."""

import dataclasses

import keras
import numpy as np

from keras_distill.compression.channels.channel_group import ChannelGroup
from keras_distill.compression.channels.channel_rules import CannotFollow, follow
from keras_distill.models.clone_graph import is_graph

OUTPUT = "they are the model's output"
INPUT = "they meet the channels of the model's input"


@dataclasses.dataclass(frozen=True, eq=False)
class Producer:
    """A layer that makes channels of its own: one filter, one number."""

    path: str
    layer: keras.Layer
    kernel: keras.Variable
    axis: int
    numbers: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class Tied:
    """A group: its producers and the numbers of its channels, each once."""

    group: ChannelGroup
    producers: tuple
    numbers: np.ndarray


class ChannelGraph:
    """Every channel has a number; channels that are tied stand for one another.

    Args:
        model: a built Functional or Sequential model.

    Attributes:
        producers: list of `Producer`.
        normalizations: [(BatchNormalization, numbers of its channels)].
        consumers: [(layer whose kernel sums over channels, numbers of those it is given)].
        slices: {layer: [(variable, axis, numbers along that axis)]}.
        counts: {layer: {argument of its configuration: numbers that it counts}}.
    """

    def __init__(self, model):
        self._parents, self._reasons = [], {}
        self.producers, self.normalizations, self.consumers = [], [], []
        self.slices, self.counts = {}, {}
        self._calls = {}
        self._count_calls(model)
        given = [self._fixed(tensor, INPUT) for tensor in model.inputs]
        for numbers in self._walk(model, given, ""):
            if numbers is not None:
                # Of several reasons the plainest.
                self._reasons.update(dict.fromkeys(self.roots(numbers).tolist(), OUTPUT))

    def new(self, count):
        """Numbers for `count` channels that are tied to nothing yet."""
        numbers = np.arange(len(self._parents), len(self._parents) + count)
        self._parents.extend(numbers.tolist())
        return numbers

    @property
    def size(self):
        """How many numbers there are."""
        return len(self._parents)

    def add_producer(self, path, layer, kernel, axis, numbers):
        """Notes a layer whose filters make these channels, along an axis of its kernel."""
        self.producers.append(Producer(path, layer, kernel, axis, numbers))

    def freeze(self, numbers, reason):
        """No channel of these is dropped."""
        for root in set(self.roots(numbers).tolist()):
            self._reasons.setdefault(root, reason)

    def tie(self, first, second):
        """Channel by channel, these stay or go together."""
        for one, other in zip(self.roots(first).tolist(), self.roots(second).tolist(), strict=True):
            one, other = self._root(one), self._root(other)
            if one == other:
                continue
            one, other = min(one, other), max(one, other)
            self._parents[other] = one
            if other in self._reasons:
                self._reasons.setdefault(one, self._reasons[other])

    def roots(self, numbers):
        """The number that stands for each channel."""
        return np.array([self._root(number) for number in numbers], dtype=int)

    def _root(self, number):
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def tied(self):
        """The groups, in the order of the graph."""
        left = [
            (producer, set(self.roots(producer.numbers).tolist())) for producer in self.producers
        ]
        groups = []
        while left:
            members, roots = [left[0][0]], left.pop(0)[1]
            more = True
            while more:
                more = [each for each in left if each[1] & roots]
                left = [each for each in left if not each[1] & roots]
                members.extend(producer for producer, _ in more)
                roots = roots.union(*(found for _, found in more))
            members.sort(key=self.producers.index)
            numbers = np.concatenate([self.roots(each.numbers) for each in members])
            # In the order in which the producers make them, each once.
            numbers = numbers[np.sort(np.unique(numbers, return_index=True)[1])]
            reasons = [self._reasons[root] for root in numbers.tolist() if root in self._reasons]
            group = ChannelGroup(
                tuple(each.path for each in members), len(numbers), next(iter(reasons), None)
            )
            groups.append(Tied(group, tuple(members), numbers))
        return groups

    def _fixed(self, tensor, reason):
        if not tensor.shape or tensor.shape[-1] is None:
            return None
        numbers = self.new(tensor.shape[-1])
        self.freeze(numbers, reason)
        return numbers

    def _count_calls(self, model):
        for node in _nodes(model):
            self._calls[id(node.operation)] = self._calls.get(id(node.operation), 0) + 1
            if is_graph(node.operation):
                self._count_calls(node.operation)

    def _walk(self, model, given, prefix):
        """Numbers of the channels of a model's outputs, given those of its inputs."""
        known = {id(tensor): numbers for tensor, numbers in zip(model.inputs, given, strict=True)}
        for node in _nodes(model):
            layer, path = node.operation, f"{prefix}{node.operation.name}"
            numbers = [known[id(tensor)] for tensor in node.input_tensors]
            if is_graph(layer) and self._calls[id(layer)] == 1:
                made = self._walk(layer, numbers, f"{path}/")
            else:
                made = self._followed(path, node, numbers)
            known.update(
                (id(tensor), each) for tensor, each in zip(node.outputs, made, strict=True)
            )
        return [known[id(tensor)] for tensor in model.outputs]

    def _followed(self, path, node, numbers):
        try:
            if self._calls[id(node.operation)] > 1:
                raise CannotFollow("is called more than once")
            if any(each is None for each in numbers):
                raise CannotFollow("is given an unknown number of channels")
            return [follow(self, path, node, numbers)]
        except CannotFollow as why:
            kind = type(node.operation).__name__
            reason = f"layer '{path}' ({kind}) {why}"
            for each in numbers:
                if each is not None:
                    self.freeze(each, reason)
            return [self._fixed(tensor, reason) for tensor in node.outputs]


def _nodes(model):
    """The calls of a graph, in order, its inputs left out."""
    functional = model._functional if isinstance(model, keras.Sequential) else model
    for depth in sorted(functional._nodes_by_depth, reverse=True):
        for node in functional._nodes_by_depth[depth]:
            if not node.is_input:
                yield node
