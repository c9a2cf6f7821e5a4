"""Accuracies in the form of RobustBench's table of unaggregated results."""

import csv
import io


def robustbench_csv(document):
    """Two header rows, corruption and severity, then one row a model: accuracy of each cell.

    The form of `model_info/*/corruptions/unaggregated_results.csv` in RobustBench's repository:
    an empty first cell in both headers, accuracies as fractions. `pandas.read_csv(path,
    header=[0, 1], index_col=0)` reads it. Without corruptions there are no columns.
    """
    cells = [cell for cell in document["cells"] if cell["severity"] > 0]
    names = [model["name"] for model in document["models"]]
    columns = [(c["corruption"], c["severity"]) for c in cells if c["model"] == names[0]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["", *[corruption for corruption, _ in columns]])
    writer.writerow(["", *[severity for _, severity in columns]])
    for name in names:
        writer.writerow([name, *[cell["accuracy"] for cell in cells if cell["model"] == name]])
    return text.getvalue()
