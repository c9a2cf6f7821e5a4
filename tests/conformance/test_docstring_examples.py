"""Every example in a docstring runs as it stands, in an empty folder."""

import ast
import inspect
import pathlib
import re
import textwrap

import keras
import numpy as np
import pytest

import keras_distill as kd

PACKAGE = pathlib.Path(kd.__file__).resolve().parent
FENCE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def examples():
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                text = inspect.cleandoc(ast.get_docstring(node) or "")
                for i, code in enumerate(FENCE.findall(text)):
                    name = getattr(node, "name", "module")
                    yield pytest.param(
                        textwrap.dedent(code), id=f"{path.relative_to(PACKAGE)}-{name}-{i}"
                    )


@pytest.mark.parametrize("code", list(examples()))
def test_example_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    exec(compile(code, "example", "exec"), {"kd": kd, "keras": keras, "np": np})
