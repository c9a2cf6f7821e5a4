"""What a saved report holds, file by file."""

import json

from keras_distill.robustness.figures import severity_curves
from keras_distill.robustness.measurements_csv import measurements_csv
from keras_distill.robustness.model_card import model_card
from keras_distill.robustness.render import render_html, render_markdown
from keras_distill.robustness.robustbench_csv import robustbench_csv


def written_files(report):
    """`{path inside the folder: text}` of everything that follows from the document."""
    curves = severity_curves(report)
    text = json.dumps(report.document, indent=1, allow_nan=False, ensure_ascii=False)
    figures = {"figures/severity_curves.svg": curves} if curves else {}
    return figures | {
        "report.json": text + "\n",
        "report.html": render_html(report, curves),
        "report.md": render_markdown(report),
        "measurements.csv": measurements_csv(report.document),
        "robustbench.csv": robustbench_csv(report.document),
        "model_card.yaml": model_card(report.document),
    }
