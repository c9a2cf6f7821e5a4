"""Execute the notebooks afresh and keep their outputs.

Each notebook is a pair: the script (NAME.py, the source that is reviewed) and
NAME.ipynb (what the web shows). A cell that raises ends the run with its error.
"""

import os
import pathlib
import sys

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = pathlib.Path(__file__).resolve().parent


def main(names):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    scripts = [HERE / f"{n}.py" for n in names] or sorted(HERE.glob("[0-9][0-9]_*.py"))
    for script in scripts:
        notebook = jupytext.read(script)
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        # Cell names come from their position, so that a re-run changes outputs alone.
        for i, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{i:02d}"
        NotebookClient(notebook, timeout=1200, kernel_name="python3").execute(cwd=str(HERE))
        for cell in notebook.cells:
            cell.get("metadata", {}).pop("execution", None)
            # What libraries write to stderr while they start says nothing about the page.
            outputs = cell.get("outputs", [])
            cell_outputs = [o for o in outputs if o.get("name") != "stderr"]
            if outputs:
                cell["outputs"] = cell_outputs
        nbformat.write(notebook, script.with_suffix(".ipynb"))
        print(f"{script.stem}: {len(notebook.cells)} cells executed")


if __name__ == "__main__":
    main(sys.argv[1:])
