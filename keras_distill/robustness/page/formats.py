"""Numbers as the report writes them."""

import numpy as np

UNKNOWN = "–"
# Cividis at seven points: read alike with and without colour vision.
_SCALE = np.array(
    [(0, 34, 77), (42, 63, 109), (87, 93, 109), (124, 123, 120), (165, 155, 115), (210, 191, 96),
     (253, 231, 55)]
)  # fmt: skip


def percent(value, digits=1):
    """A fraction in hundredths, without a sign for them."""
    return UNKNOWN if value is None else f"{100 * value:.{digits}f}"


def percent_interval(interval):
    """A 95 % interval in hundredths: "70.2–74.1"."""
    return UNKNOWN if interval is None else "–".join(percent(value) for value in interval)


def decimal(value, digits=3):
    """A plain number."""
    return UNKNOWN if value is None else f"{value:.{digits}f}".replace("-", "−")


def signed(value, digits=1):
    """With its sign, also where rounding leaves 0: an interval up to −0.0 excludes 0."""
    return f"{value:+.{digits}f}".replace("-", "−") if value else f"{0:.{digits}f}"


def points(value):
    """A difference of fractions in percentage points."""
    return UNKNOWN if value is None else signed(100 * value)


def points_interval(interval):
    """Its 95 % interval: "−0.4 to +0.2"."""
    return UNKNOWN if interval is None else " to ".join(points(value) for value in interval)


def p_value(value):
    """Down to a thousandth."""
    return UNKNOWN if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"


def size(count):
    """Bytes as KiB or MiB."""
    if count is None:
        return UNKNOWN
    return f"{count / 1024:,.0f} KiB" if count < 10 * 2**20 else f"{count / 2**20:,.1f} MiB"


def duration(milliseconds):
    """Time of one example: three digits."""
    return UNKNOWN if milliseconds is None else f"{milliseconds:.3g} ms"


def words(name):
    """A name of a corruption or a group as words."""
    return name.replace("_", " ")


def shade(value):
    """Background and text colour of a heat map's cell, as CSS; "" for what is unknown."""
    if value is None:
        return ""
    at = np.linspace(0, 1, len(_SCALE))
    red, green, blue = (round(float(np.interp(value, at, _SCALE[:, i]))) for i in range(3))
    bright = 0.299 * red + 0.587 * green + 0.114 * blue > 125
    return f"background:rgb({red},{green},{blue});color:{'#000' if bright else '#fff'}"
