"""A report as one page of HTML."""

import pathlib

from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.per_class import class_name
from keras_distill.robustness.page import formats
from keras_distill.robustness.page.attack_table import attack_table
from keras_distill.robustness.page.caveats import caveats
from keras_distill.robustness.page.first_screen import first_screen
from keras_distill.robustness.page.fold_notes import fold_notes
from keras_distill.robustness.page.heat_map import heat_map
from keras_distill.robustness.page.verdict import further, headline, kind_of, noun

_TEMPLATES = pathlib.Path(__file__).parent
_FORMATS = (
    "percent", "percent_interval", "decimal", "points", "points_interval", "p_value", "size",
    "duration", "words", "shade",
)  # fmt: skip
_PARTS = (
    "error_consistency", "per_class", "classification", "attacks", "out_of_distribution",
    "stability", "gallery", "tests",
)  # fmt: skip


def render_html(document, figures):
    """The single-file page; `figures` are `{name: [Panel]}`, SVG of our own making."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {name: getattr(formats, name) for name in _FORMATS}
    environment.filters["class_name"] = lambda number: class_name(document, number)
    environment.filters["groupby_in_order"] = _in_order
    strengths, attack_rows = attack_table(document)
    found = {name: document.get(name) or [] for name in _PARTS}
    return environment.get_template("report.html.jinja").render(
        document=document,
        figures=figures,
        styles=model_styles(document),
        screen=first_screen(document),
        heat=heat_map(document),
        notes=fold_notes(document),
        headline=headline(document),
        further=further(document),
        caveats=caveats(document),
        noun=noun(document),
        kind=kind_of(document),
        attack_strengths=strengths,
        attack_rows=attack_rows,
        **found,
    )


def _in_order(members, key):
    """Members by a key or an attribute; jinja's own groupby sorts the groups."""
    groups = {}
    for member in members:
        value = member[key] if isinstance(member, dict) else getattr(member, key)
        groups.setdefault(value, []).append(member)
    return groups.items()
