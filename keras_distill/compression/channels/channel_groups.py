from keras_distill.compression.channels.channel_graph import ChannelGraph
from keras_distill.compression.graph.prerequisites import check_model


def channel_groups(model):
    """Which channels of a model `prune_channels` can drop, and why not the others.

    Channels that meet again, in a residual sum or in a gate, are one group: they stay or go
    together. A depthwise convolution, a normalization or a Concatenate behind them follows.

    Args:
        model: a built Functional or Sequential `keras.Model`.

    Returns:
        A list of `keras_distill.compression.ChannelGroup` in the order of the graph: `layers`,
        `channels`, and `reason` where a group is left alone.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model.

    Example:

    ```python
    for group in kd.compression.channel_groups(kd.models.cifar_resnet(8, width=4)):
        print(group)  # the first: stem, stage_1_block_1_2: 4 channels
    ```
    """
    check_model("channel_groups", model)
    return [tied.group for tied in ChannelGraph(model).tied()]
