"""Accuracy under attack, a row a model and attack, a column a strength."""

from keras_distill.robustness.figures.attack_curves import attack_name


def attack_table(document):
    """Strengths in ascending order, and rows of dicts whose `cells` stand under them."""
    attacks = document.get("attacks", [])
    strengths = sorted({row["epsilon"] for row in attacks})
    rows = {}
    for row in attacks:
        key = row["model"], attack_name(row), row["crafted_on"], row["n"]
        rows.setdefault(key, {})[row["epsilon"]] = row
    return strengths, [
        {
            "model": model,
            "attack": name,
            "crafted_on": None if crafted_on == model else crafted_on,
            "n": n,
            "cells": [cells.get(strength) for strength in strengths],
        }
        for (model, name, crafted_on, n), cells in rows.items()
    ]
