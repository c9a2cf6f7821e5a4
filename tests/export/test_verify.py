"""Whatever is changed after the export is found."""

import json
import re
import shutil

import pytest

import keras_distill as kd
from keras_distill.export import verify
from keras_distill.export.contents.tflite_contents import read

HINT = "Export it again, or copy all its files anew from where it was made."


@pytest.fixture
def shipped(float_artefact, tmp_path):
    """A copy of a file with its two companions."""
    for end in ("", ".manifest.json", ".golden.json"):
        shutil.copy(f"{float_artefact.path}{end}", tmp_path / f"net.tflite{end}")
    return tmp_path / "net.tflite"


@pytest.fixture
def folder(saved_model_artefact, tmp_path):
    shutil.copytree(saved_model_artefact.path, tmp_path / "net")
    return tmp_path / "net"


def refused(path, *sentences):
    message = "\n".join([f"'{path}' is not as it was made:", *(f"- {s}" for s in sentences), HINT])
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        verify(path)


def rewrite(file, change):
    page = json.loads(file.read_text())
    change(page)
    file.write_text(json.dumps(page))


@pytest.mark.parametrize("which", ["float_artefact", "int8_artefact"])
def test_a_file_as_it_was_made(which, request):
    artefact = request.getfixturevalue(which)
    assert verify(artefact) == {
        "kind": "tflite",
        "bytes": artefact.path.stat().st_size,
        "sha256": artefact.manifest["sha256"],
        "examples": 8,
        "difference": 0.0,
    }


def test_a_folder_as_it_was_made(saved_model_artefact):
    found = verify(saved_model_artefact)
    assert (found["kind"], found["examples"]) == ("saved_model", 0)
    assert found["sha256"] == saved_model_artefact.manifest["sha256"]


def test_a_file_of_another_training(shipped):
    """Same layers, other weights: same size and signature; the checksum and the outputs tell."""
    content = bytearray(shipped.read_bytes())
    constants = [t.data for t in read(shipped).tensors if t.data is not None and t.data.ndim == 4]
    place = bytes(content).index(constants[0].tobytes())
    content[place : place + constants[0].nbytes] = (-constants[0]).tobytes()
    shipped.write_bytes(content)
    with pytest.raises(RuntimeError) as error:
        verify(shipped)
    lines = str(error.value).splitlines()
    assert re.match(
        r"- Its SHA-256 is \w{64}, but its manifest says \w{64}: it is not the one that was "
        r"exported, or was changed since\.$",
        lines[1],
    )
    assert re.match(
        r"- Its output 'output' differs from the golden one by [\d.e-]+ on example \d of 8; "
        r"[\d.e-]+ is tolerated: it is not the model that was exported, or this processor computes "
        r"otherwise\.$",
        lines[2],
    )
    assert len(lines) == 4


def test_bytes_appended(shipped):
    before = shipped.stat().st_size
    with shipped.open("ab") as file:
        file.write(b"\0" * 16)
    digest = json.loads(shipped.with_name("net.tflite.manifest.json").read_text())["sha256"]
    refused(
        shipped,
        f"It has {before + 16:,} bytes, but its manifest says {before:,}.",
        f"Its SHA-256 is {kd.files.sha256(shipped)}, but its manifest says {digest}: it is not "
        "the one that was exported, or was changed since.",
    )


def test_manifest_of_another_model(shipped):
    def other(page):
        page["signature"]["inputs"][0]["dtype"] = "uint8"
        page["signature"]["outputs"][0]["name"] = "probabilities"

    rewrite(shipped.with_name("net.tflite.manifest.json"), other)
    refused(
        shipped,
        "The dtype of its input 'input' is float32, but its manifest says uint8.",
        "Its outputs are output, but its manifest names probabilities.",
    )


def test_golden_file_of_another_model(shipped):
    def other(page):
        for part in page.get("inputs", [page.get("input")]):
            part["name"] = "pixels"

    golden = shipped.with_name("net.tflite.golden.json")
    rewrite(golden, other)
    refused(
        shipped,
        f"The golden file '{golden}' does not fit: it has the inputs ['pixels'] and outputs "
        "['output'] with [8] examples, the model ['input'] and ['output'].",
    )


def test_a_file_laid_into_a_folder(folder):
    before = json.loads((folder / "manifest.json").read_text())
    (folder / "assets").mkdir(exist_ok=True)
    (folder / "assets" / "words.txt").write_text("one")
    digest = kd.files.sha256(folder, without=("manifest.json",))
    refused(
        folder,
        f"It has {before['bytes'] + 3:,} bytes, but its manifest says {before['bytes']:,}.",
        f"Its SHA-256 is {digest}, but its manifest says {before['sha256']}: it is not the one "
        "that was exported, or was changed since.",
    )


def test_a_weight_of_a_folder_changed(folder):
    """TensorFlow keeps checksums of its own there, and does not load it."""
    file = next((folder / "variables").glob("*.data-*"))
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="^Could not read .* as a SavedModel with the signature "):
        verify(folder)


@pytest.mark.parametrize("missing", ["manifest", "golden"])
def test_companion_missing(shipped, missing):
    shipped.with_name(f"net.tflite.{missing}.json").unlink()
    message = (
        f"There is no net.tflite.{missing}.json with '{shipped}', so it cannot be verified. An "
        "export writes it: copy it along with the artefact."
    )
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        verify(shipped)


def test_companions_damaged(shipped):
    manifest = shipped.with_name("net.tflite.manifest.json")
    manifest.write_text("[1]")
    message = (
        f"Expected an object in '{manifest}', but it holds a list. Copy it again from where the "
        "artefact was made."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        verify(shipped)
    manifest.write_text("{")
    with pytest.raises(ValueError, match=f"^Could not read '{re.escape(str(manifest))}' as JSON: "):
        verify(shipped)


def test_nothing_there_and_no_artefact(tmp_path):
    message = f"There is no artefact at '{tmp_path / 'x'}': check the path."
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        verify(tmp_path / "x")
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ValueError, match="^Could not read .* as a SavedModel with the signature "):
        verify(tmp_path)
