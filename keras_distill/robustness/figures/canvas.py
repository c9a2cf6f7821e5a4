"""An empty panel to draw on, which becomes SVG."""

import contextlib
import io
import re

# Stands for the colour of the text around the figure, which differs on light and dark pages.
INK = "#123456"
_POINTS = 72
_RC = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.16,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.0,
}


class Canvas:
    """What `canvas` yields: `axes` to draw on; `svg`, text, once the block has ended."""

    def __init__(self, axes):
        self.axes, self.svg = axes, ""


@contextlib.contextmanager
def canvas(salt, size=(172, 128), margins=(30, 6, 30, 6)):
    """A panel of `size` points with `margins` (left, right, bottom, top) around its axes.

    `salt` is the figure's own: references inside the SVG start from it, so that figures on one
    page do not meet, and equal drawings are equal bytes.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    width, height = size
    left, right, bottom, top = margins
    with rc_context(_RC | {"svg.hashsalt": salt}):
        figure = Figure(figsize=(width / _POINTS, height / _POINTS))
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        box = (left / width, bottom / height, 1 - (left + right) / width)
        axes = figure.add_axes((*box, 1 - (bottom + top) / height))
        axes.patch.set_visible(False)
        axes.tick_params(length=2.5, width=0.6, pad=2.5)
        made = Canvas(axes)
        yield made
        text = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", metadata=nothing)
        made.svg = _lean(text.getvalue(), width, height)


def _lean(svg, width, height):
    svg = svg[svg.index("<svg") :]
    # What matplotlib writes for other readers: comments, metadata, a style that would hold for
    # the whole page, and names of parts that nothing refers to.
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    used = set(re.findall(r"(?:url\(|href=\")#([^)\"]+)", svg))
    svg = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r"('DejaVu Sans'|DejaVu Sans)[^;\"]*sans-serif", "system-ui, sans-serif", svg)
    head = f'<svg viewBox="0 0 {width} {height}" color="#666" role="img"'
    head += ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    svg = head + svg[svg.index(">") + 1 :]
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\.\d\d)\d+", r"\1", tag[0]), svg)
    svg = re.sub(r"\s*\n\s*", "\n", re.sub(r"<defs>\s*</defs>", "", svg))
    return svg.replace(INK, "currentColor").strip()
