import pytest

from keras_distill.robustness.page.formats import (
    decimal,
    duration,
    p_value,
    percent,
    percent_interval,
    points,
    points_interval,
    shade,
    signed,
    size,
    words,
)


@pytest.mark.parametrize(
    "written, expected",
    [
        (percent(0.7123), "71.2"),
        (percent(0.7123, 0), "71"),
        (percent(None), "–"),
        (percent_interval([0.702, 0.741]), "70.2–74.1"),
        (percent_interval(None), "–"),
        (decimal(0.04567), "0.046"),
        (decimal(-0.5, 2), "−0.50"),
        (decimal(None), "–"),
        (signed(2.0), "+2.0"),
        (signed(0.0), "0.0"),
        # An interval that ends just below 0 excludes it, and must not read as if it did not.
        (signed(-0.04), "−0.0"),
        (points(-0.0012), "−0.1"),
        (points_interval([-0.004, 0.002]), "−0.4 to +0.2"),
        (points_interval(None), "–"),
        (p_value(0.0004), "< 0.001"),
        (p_value(0.0412), "0.041"),
        (size(96_544), "94 KiB"),
        (size(300 * 2**20), "300.0 MiB"),
        (size(None), "–"),
        (duration(0.3149), "0.315 ms"),
        (duration(None), "–"),
        (words("jpeg_compression"), "jpeg compression"),
    ],
)
def test_as_written(written, expected):
    assert written == expected


def test_shades_are_those_of_cividis():
    matplotlib = pytest.importorskip("matplotlib")
    theirs = matplotlib.colormaps["cividis"]
    for value in (0.0, 1 / 6, 0.5, 1.0):
        red, green, blue, _ = theirs(value, bytes=True)
        found = shade(value)
        ours = [int(part) for part in found[found.index("(") + 1 : found.index(")")].split(",")]
        assert ours == [int(red), int(green), int(blue)]
    assert shade(0.1).endswith("color:#fff") and shade(0.9).endswith("color:#000")
    assert shade(None) == ""
