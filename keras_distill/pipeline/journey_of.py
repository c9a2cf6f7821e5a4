"""The journey that a configuration describes."""


def journey_of(configuration, **arguments):
    """A `Journey`, or with `recipe: transfer` a `TransferJourney`.

    Args:
        configuration: A `Configuration` or a `TransferConfiguration`.
        **arguments: `overwrite`, `console`.
    """
    from keras_distill.pipeline.transfer_configuration import TransferConfiguration

    if isinstance(configuration, TransferConfiguration):
        from keras_distill.pipeline.transfer.transfer_journey import TransferJourney

        return TransferJourney(configuration, **arguments)
    from keras_distill.pipeline.journey import Journey

    return Journey(configuration, **arguments)
