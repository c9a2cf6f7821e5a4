"""What pip installs is the package, its data, and nothing beside it."""

import pathlib
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # A copy, because setuptools leaves a build folder beside what it builds.
    source = folder / "source"
    source.mkdir()
    tracked = subprocess.run(
        ["git", "ls-files", "keras_distill", "setup.py", "pyproject.toml", "README.md",
         "MANIFEST.in", "LICENSE", "tests/conftest.py", "export", "notebooks/execute.py"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in tracked:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", str(folder), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    (built,) = folder.glob("keras_distill-*.whl")
    return built


def test_wheel_holds_one_package(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (listing,) = [n for n in archive.namelist() if n.endswith("top_level.txt")]
        assert archive.read(listing).decode().split() == ["keras_distill"]
        folders = {n.split("/")[0] for n in archive.namelist()}
    assert {f for f in folders if not f.endswith(".dist-info")} == {"keras_distill"}


def test_wheel_carries_every_data_file_that_is_tracked(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "keras_distill"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert {name for name in tracked if name} - inside == set()


def test_wheel_installs_in_a_clean_environment(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    site = next((tmp_path / "venv").rglob("site-packages"))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(site), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    python = tmp_path / "venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", "from importlib.metadata import version; print(version('keras-distill'))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "0.1.0"
