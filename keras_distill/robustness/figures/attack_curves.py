"""Accuracy under attack against the attack's strength."""

from keras_distill.robustness.figures.canvas import canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel


def attack_curves(document):
    """A panel an attack; dashed where it was crafted on another model (a transfer attack)."""
    panels, styles = [], model_styles(document)
    curves = {}
    for row in document.get("attacks", []):
        lines = curves.setdefault(attack_name(row), {})
        lines.setdefault((row["model"], row["crafted_on"]), []).append(row)
    for title, lines in curves.items():
        with canvas(f"attack {title}", (240, 150)) as made:
            for (model, crafted_on), rows in lines.items():
                rows = sorted(rows, key=lambda row: row["epsilon"])
                made.axes.plot(
                    [255 * row["epsilon"] for row in rows],
                    [100 * row["accuracy"] for row in rows],
                    color=styles[model]["colour"],
                    marker=styles[model]["mark"],
                    ls="-" if model == crafted_on else "--",
                )
            made.axes.set_ylim(-3, 103)
            made.axes.set_xlabel("ε, steps of 1/255", labelpad=1)
            made.axes.grid(axis="y")
        panels.append(Panel(f"{title} accuracy", made.svg))
    return panels


def attack_name(row):
    """FGSM, PGD-20: the steps belong to the name, as the result does to them."""
    steps = row["steps"]
    return row["attack"].upper() + (f"-{steps}" if steps and row["attack"] != "fgsm" else "")
