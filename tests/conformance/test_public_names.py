"""Walks the rooms: every public name is documented, tested, and in a file of its name."""

import ast
import importlib
import inspect
import pathlib
import re

import pytest

import keras_distill as kd

PACKAGE = pathlib.Path(kd.__file__).resolve().parent
TESTS = pathlib.Path(__file__).resolve().parents[1]
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py")
)


def public_names():
    """(room, module, name) of what each room's `__init__`, or that of a room inside, hands out."""
    for room in sorted(kd._ROOMS):
        for path in sorted((PACKAGE / room).rglob("__init__.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        yield room, node.module, alias.name


NAMES = sorted(set(public_names()))


def registered_classes():
    """(module, name) of every class that Keras saves by name."""
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", [])]
            if any("register_keras_serializable" in mark for mark in marks):
                yield module_of(path), node.name


def module_of(path):
    return ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts))


def identity(case):
    return f"{case[0]}.{case[2]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_module_has_a_test_file_of_its_name(path):
    wanted = TESTS / path.relative_to(PACKAGE).parent / f"test_{path.stem}.py"
    assert wanted.exists(), f"{path.relative_to(PACKAGE)} has no test: write {wanted.name}"
    text = wanted.read_text(encoding="utf-8")
    assert re.search(r"^    def test_|^def test_", text, re.MULTILINE), (
        f"{wanted.name} tests nothing"
    )


def test_the_walk_reaches_the_rooms_inside():
    modules = {module for _, module, _ in NAMES}
    rooms = {path.parent.relative_to(PACKAGE) for path in MODULES}
    inside = {room for room in rooms if len(room.parts) > 1}
    assert {pathlib.Path("compression", "sparsity"), pathlib.Path("corruptions", "image")} <= inside
    for room in rooms:
        # Without it setuptools leaves the room out of the wheel.
        assert (PACKAGE / room / "__init__.py").exists(), f"{room} has no __init__.py"
    for room in ("sparsity", "clustering", "channels", "quantization"):
        start = f"keras_distill.compression.{room}."
        assert any(module.startswith(start) for module in modules), f"{room} hands out nothing"


@pytest.mark.parametrize("module, name", sorted(registered_classes()))
def test_registered_class_is_handed_out(module, name):
    assert (module, name) in {case[1:] for case in NAMES}, f"no __init__.py hands out {name}"


@pytest.mark.parametrize("case", NAMES, ids=identity)
def test_public_name_appears_in_the_test_of_its_module(case):
    room, module, name = case
    path = PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    wanted = TESTS / path.relative_to(PACKAGE).parent / f"test_{path.stem}.py"
    assert name in wanted.read_text(encoding="utf-8"), f"{wanted.name} never mentions {name}"


@pytest.mark.parametrize("case", NAMES, ids=identity)
def test_public_name_is_documented(case):
    room, module, name = case
    thing = getattr(importlib.import_module(module), name)
    text = inspect.getdoc(thing) or ""
    assert len(text.splitlines()) > 1, f"{name} needs a docstring of more than its first line"
    if inspect.isfunction(thing) and inspect.signature(thing).parameters:
        assert "Args:" in text, f"{name}'s docstring has no Args:"
    assert "```python" in text, f"{name}'s docstring has no example that runs"


@pytest.mark.parametrize("room", sorted(kd._ROOMS))
def test_room_defines_no_public_class_beside_the_one_its_file_is_named_for(room):
    for path in sorted((PACKAGE / room).rglob("*.py")):
        classes = [
            node.name
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        ]
        handed_out = [name for _, module, name in NAMES if module == module_of(path)]
        strangers = [name for name in classes if name in handed_out]
        assert len(strangers) <= 1, f"{path.relative_to(PACKAGE)} hands out {strangers}"
        if strangers and path.name != "__init__.py":
            assert strangers[0].lower() == path.stem.replace("_", ""), path.relative_to(PACKAGE)


def test_names_that_say_nothing_are_not_used():
    for path in MODULES:
        assert path.stem not in ("utils", "helpers", "common", "misc", "base"), path
