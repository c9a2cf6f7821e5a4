"""One small figure."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Panel:
    """SVG text with the words that stand above it.

    Args:
        title: What the panel shows.
        svg: The `<svg>` element.
        group: Panels of one group stand together, under its name; "" for none.
    """

    title: str
    svg: str
    group: str = ""
