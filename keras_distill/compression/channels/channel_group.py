import dataclasses


@dataclasses.dataclass(frozen=True)
class ChannelGroup:
    """Channels that can only be dropped together, and whether they can be.

    `keras_distill.compression.channel_groups` makes them. Printed, it is one line.

    Args:
        layers: paths of the layers that make the channels, such as the two convolutions
            whose outputs a residual block adds.
        channels: how many channels there are to choose from.
        reason: why `prune_channels` leaves the group alone, or `None` where it does not.

    Example:

    ```python
    print(kd.compression.ChannelGroup(("conv_1", "conv_2"), 64))  # conv_1, conv_2: 64 channels
    ```
    """

    layers: tuple
    channels: int
    reason: str | None = None

    def __str__(self):
        text = f"{', '.join(self.layers)}: {self.channels:,} channels"
        return f"{text}, left alone: {self.reason}" if self.reason else text
