"""Accuracy of each model on each corruption."""

import numpy as np


def heat_map(document):
    """Rows `(name, is_group, [accuracy of each model])`: clean, then groups and their members.

    A corruption's accuracy is the mean over its severities, a group's that over its members.
    """
    found = {}
    for cell in document["cells"]:
        found.setdefault((cell["corruption"], cell["model"]), []).append(cell["accuracy"])
    models = [model["name"] for model in document["models"]]

    def row(name, members, is_group):
        means = [
            float(np.mean([share for member in members for share in found[member, model]]))
            for model in models
        ]
        return name, is_group, means

    rows, left = [row("clean", ["clean"], True)], list(document["suite"]["corruptions"])
    for group, names in document["suite"]["groups"].items():
        members = [name for name in names if name in left]
        if members:
            rows.append(row(group, members, True))
            rows += [row(name, [name], False) for name in members]
            left = [name for name in left if name not in members]
    return rows + [row(name, [name], False) for name in left]
