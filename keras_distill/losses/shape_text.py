"""Shapes as sentences show them, whichever backend traces."""


def shape_text(outputs):
    """`(None, 10)`: unknown sizes, which JAX traces under names of its own, as `None`."""
    return str(tuple(size if isinstance(size, int) else None for size in outputs.shape))
