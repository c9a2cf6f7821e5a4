"""What a saved report holds, file by file."""

import json

from keras_distill.robustness.figures.attack_curves import attack_curves
from keras_distill.robustness.figures.confidence_histograms import confidence_histograms
from keras_distill.robustness.figures.forest import forest
from keras_distill.robustness.figures.pareto import pareto
from keras_distill.robustness.figures.per_class import per_class
from keras_distill.robustness.figures.reliability import reliability
from keras_distill.robustness.figures.severity_curves import severity_curves
from keras_distill.robustness.figures.severity_means import severity_means
from keras_distill.robustness.figures.sheet import sheet
from keras_distill.robustness.page.render import render_html
from keras_distill.robustness.page.render_markdown import render_markdown
from keras_distill.robustness.reports.measurements_csv import measurements_csv
from keras_distill.robustness.reports.model_card import model_card
from keras_distill.robustness.reports.robustbench_csv import robustbench_csv


def written_files(document):
    """`{path inside the folder: text}` of everything that follows from the document."""
    figures = {name: panels for name, panels in _figures(document).items() if panels}
    text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False)
    files = {f"figures/{name}.svg": sheet(document, panels) for name, panels in figures.items()}
    return files | {
        "report.json": text + "\n",
        "report.html": render_html(document, figures),
        "report.md": render_markdown(document),
        "measurements.csv": measurements_csv(document),
        "robustbench.csv": robustbench_csv(document),
        "model_card.yaml": model_card(document),
    }


def _figures(document):
    means = [
        severity_means(document, "ece15", "calibration error (ECE), %"),
        severity_means(document, "agreement", "same answer, %", [document["baseline"]]),
    ]
    return {
        "severity_curves": severity_curves(document),
        "forest": forest(document),
        "pareto": pareto(document),
        "reliability": reliability(document),
        "calibration_by_severity": [panel for panel in means[:1] if panel],
        "agreement_by_severity": [panel for panel in means[1:] if panel],
        "per_class": per_class(document),
        "attacks": attack_curves(document),
        "out_of_distribution": confidence_histograms(document),
    }
