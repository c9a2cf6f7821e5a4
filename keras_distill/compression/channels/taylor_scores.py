"""How much the loss would change without a channel, to first order."""

import contextlib
import functools

import keras
import numpy as np


def taylor_scores(graph, model, data, loss=None):
    """|activation times its gradient|, as the layers behind a channel see it.

    A gate of ones is put on every channel that a kernel sums over; the gradient of an
    example's loss to the gate is what dropping the channel would change. Gates of one
    channel, where several layers read it, are added before the absolute value is taken.

    Args:
        graph: the model's `ChannelGraph`.
        model: the model, run as at inference; nothing in it changes.
        data: `(x, y)` arrays, or batches of that: a `tf.data.Dataset` or another iterable.
        loss: a Keras loss, its name or a function of `(y_true, y_pred)`, or `None` for the
            loss that the model is compiled with.

    Returns:
        An array by channel number, the mean over the examples; 0 for a channel that nothing
        reads.

    Reference:
        - [Molchanov et al., 2017](https://arxiv.org/abs/1611.06440)
        - [Molchanov et al., 2019](https://arxiv.org/abs/1906.10771)
    """
    import tensorflow as tf

    if loss is not None:
        loss = keras.losses.get(loss)
    totals, examples = np.zeros(graph.size), 0
    for x, y in _batches(data):
        with tf.GradientTape() as tape, _gates(graph, tape) as gates:
            outputs = model(x, training=False)
            if loss is None:
                value = model.compute_loss(x, y, outputs, training=False)
            else:
                value = tf.reduce_mean(loss(y, outputs))
        read = [each for each in graph.consumers if each[0] in gates]
        gradients = tape.gradient(value, [gates[layer] for layer, _ in read])
        count = len(keras.tree.flatten(y)[0])
        batch = np.zeros((count, graph.size))
        for (_, numbers), gradient in zip(read, gradients, strict=True):
            if gradient is not None:
                # The loss is a mean over the batch; each example's own is `count` times that.
                np.add.at(batch, (slice(None), graph.roots(numbers)), count * np.array(gradient))
        totals += np.abs(batch).sum(0)
        examples += count
    return totals / max(examples, 1)


def _batches(data, size=32):
    # A list of two can be x and y, or two batches.
    pair = isinstance(data, tuple) or (
        isinstance(data, list) and not isinstance(data[0], tuple | list)
    )
    if not pair:
        for batch in data:
            yield batch[0], batch[1]
        return
    x, y = data[:2]
    for start in range(0, len(keras.tree.flatten(y)[0]), size):
        cut = slice(start, start + size)
        yield keras.tree.map_structure(lambda each, cut=cut: np.asarray(each)[cut], (x, y))


@contextlib.contextmanager
def _gates(graph, tape):
    """While it is open, each consumer multiplies what it is given by a gate of ones."""
    gates = {}

    def gated(layer, call):
        @functools.wraps(call)
        def through_gate(inputs, *args, **kwargs):
            inputs = keras.ops.convert_to_tensor(inputs)
            batch, channels = inputs.shape[0], inputs.shape[-1]
            gate = keras.ops.ones((batch, channels), dtype=inputs.dtype)
            tape.watch(gate)
            gates[layer] = gate
            shape = (batch, *([1] * (len(inputs.shape) - 2)), channels)
            return call(inputs * keras.ops.reshape(gate, shape), *args, **kwargs)

        return through_gate

    try:
        for layer, _ in graph.consumers:
            layer.call = gated(layer, layer.call)
        yield gates
    finally:
        for layer, _ in graph.consumers:
            layer.__dict__.pop("call", None)
