"""Colour and mark of each model: the same in every figure."""

# Okabe and Ito's palette without its black and yellow, which vanish on dark or light pages.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKS = "osD^vP"
_GLYPHS = "●■◆▲▼✚"


def model_styles(document):
    """`{model: {"colour", "mark", "glyph"}}`; the glyph is the mark as a character."""
    styles = {}
    for index, model in enumerate(document["models"]):
        # Colours come round after six models, marks one later: the pair stays its own.
        turn = (index + index // len(_COLOURS)) % len(_MARKS)
        styles[model["name"]] = {
            "colour": _COLOURS[index % len(_COLOURS)],
            "mark": _MARKS[turn],
            "glyph": _GLYPHS[turn],
        }
    return styles
