"""Panels on one sheet with titles and a legend: a figure that stands alone."""

import re
from xml.sax.saxutils import escape

from keras_distill.robustness.figures.model_styles import model_styles

_TITLE = 16
_GAP = 14
_WIDEST = 720


def sheet(document, panels):
    """SVG text of the panels in lines from the left, below the names of the models."""
    placed, width, x, y, line = [], 0, 0, 0, 0
    for panel in panels:
        wide, high = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', panel.svg).groups())
        if x and x + wide > _WIDEST:
            x, y, line = 0, y + line + _GAP, 0
        placed.append(_text(x + 4, y + 11, panel.title))
        at = f'<svg x="{x}" y="{y + _TITLE}" width="{wide}" height="{high}" '
        placed.append(panel.svg.replace("<svg ", at, 1))
        x, line = x + wide + _GAP, max(line, high + _TITLE)
        width = max(width, x - _GAP)
    legend, below = _legend(document, width)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{below + y + line}"'
    size = f' viewBox="0 0 {width} {below + y + line}" color="#666">'
    body = f'<g transform="translate(0 {below})">' + "\n".join(placed) + "</g>"
    return "\n".join([head + size, *legend, body, "</svg>\n"])


def _legend(document, width):
    """The lines of the legend and the height it takes."""
    parts, x, y = [], 4, 14
    for name, style in model_styles(document).items():
        wide = 24 + 7 * len(name)
        if x > 4 and x + wide > width:
            x, y = 4, y + 16
        parts.append(_text(x, y, style["glyph"], style["colour"]))
        parts.append(_text(x + 14, y, name))
        x += wide
    return parts, y + 14


def _text(x, y, words, colour="currentColor"):
    font = 'font-family="system-ui, sans-serif" font-size="11"'
    return f'<text x="{x}" y="{y}" {font} fill="{colour}">{escape(words)}</text>'
