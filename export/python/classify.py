"""Names what a picture shows: python export/python/classify.py student.tflite picture.jpg

Needs ai-edge-litert, NumPy and Pillow; neither TensorFlow nor keras_distill. Copy this file and
make it yours. `--check` runs FILE.golden.json instead and exits with 1 if an output is wrong.
"""

import argparse
import json
import pathlib
import sys
import zipfile

import flatbuffers
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from flatbuffers.number_types import Float32Flags, Uint8Flags, UOffsetTFlags
from flatbuffers.table import Table

_NORMALIZATION = 1  # ProcessUnitOptions.NormalizationOptions of metadata_schema.fbs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path, help="a .tflite file")
    parser.add_argument("picture", nargs="?", help="a picture that Pillow opens")
    parser.add_argument("--check", action="store_true", help="run FILE.golden.json")
    parser.add_argument("--top", type=int, default=3, help="how many labels to print")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--mean", type=float, nargs="+", help="of a pixel's values in 0…255")
    parser.add_argument("--std", type=float, nargs="+", help="(pixel - mean) / std is fed")
    given = parser.parse_args()
    if given.check == (given.picture is not None) or (given.mean is None) != (given.std is None):
        parser.error("Give a picture or --check, one of the two; and --mean with --std.")
    try:
        interpreter = Interpreter(model_path=str(given.model), num_threads=given.threads)
        if given.check:
            return check(interpreter, beside(given.model, "golden"))
        scale = (given.mean, given.std) if given.mean else normalization(given.model)
        scores = classify(interpreter, given.picture, scale)
        if (beside(given.model, "manifest") or {}).get("outputs") == "logits":
            scores = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        names = labels(given.model) or [f"class {i}" for i in range(len(scores))]
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    for i in np.argsort(-scores, kind="stable")[: given.top]:
        print(f"{scores[i]:.4f}  {names[i]}")
    return 0


def classify(interpreter, picture, scale):
    """The outputs for one picture, as float32, one for each class."""
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.allocate_tensors()
    values = pixels(picture, source["shape"])
    # Bytes without a scale, or of scale 1, are the pixels themselves.
    if source["dtype"] is not np.uint8 or source["quantization"][0] not in (0, 1):
        if scale is None:
            raise ValueError(
                f"The file takes {source['dtype'].__name__} and does not say how pixels become "
                "its inputs. Give --mean and --std (0 and 255 for a model that was trained on "
                '[0, 1]), or export it with preprocess="include".'
            )
        values = (values - np.float32(scale[0])) / np.float32(scale[1])
        values = quantize(values, source)
    interpreter.set_tensor(source["index"], values.astype(source["dtype"])[None])
    interpreter.invoke()
    return dequantize(interpreter.get_tensor(target["index"])[0], target)


def pixels(picture, shape):
    """The picture in the file's size: array `(height, width, channels)` in 0…255."""
    from PIL import Image

    if len(shape) != 4 or shape[-1] not in (1, 3):
        raise ValueError(f"The file takes shape {tuple(shape)}, which is not a picture's.")
    image = Image.open(picture).convert("L" if shape[-1] == 1 else "RGB")
    image = image.resize((int(shape[2]), int(shape[1])), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(shape[1:])


def quantize(values, tensor):
    scale, zero_point = tensor["quantization"]
    if not scale:
        return values
    scaled = (values / np.float32(scale)).astype("float64")
    limits = np.iinfo(tensor["dtype"])
    # Halves away from zero, as TFLite's own QUANTIZE rounds them.
    rounded = np.trunc(scaled + np.copysign(0.5, scaled)) + zero_point
    return np.clip(rounded, limits.min, limits.max)


def dequantize(values, tensor):
    scale, zero_point = tensor["quantization"]
    if not scale:
        return values.astype("float32")
    return (values.astype("int32") - zero_point).astype("float32") * np.float32(scale)


def labels(path):
    """From the metadata (a zip behind the model), or else from the manifest; or None."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "labels.txt" in archive.namelist():
                return archive.read("labels.txt").decode().splitlines()
    return (beside(path, "manifest") or {}).get("labels")


def beside(path, what):
    page = path.with_name(f"{path.name}.{what}.json")
    return json.loads(page.read_text(encoding="utf-8")) if page.exists() else None


def normalization(path):
    """`(mean, std)` of the first input by the file's metadata, or None."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.Model.GetRootAs(path.read_bytes(), 0)
    for entry in map(model.Metadata, range(model.MetadataLength())):
        if entry.Name() != b"TFLITE_METADATA":
            continue
        content = model.Buffers(entry.Buffer()).DataAsNumpy().tobytes()
        # The fields' numbers are those of metadata_schema.fbs: a model's subgraph_metadata, of
        # that the input_tensor_metadata, of that the process_units; a unit's kind and options.
        tensor = Table(content, flatbuffers.encode.Get(UOffsetTFlags.packer_type, content, 0))
        for field in (3, 2):
            tensor = next(iter(_tables(tensor, field)), None)
            if tensor is None:
                return None
        for unit in _tables(tensor, 4):
            if unit.GetSlot(4, 0, Uint8Flags) == _NORMALIZATION:
                options = Table(content, 0)
                unit.Union(options, unit.Offset(6))
                return tuple(
                    options.GetVectorAsNumpy(Float32Flags, options.Offset(slot)) for slot in (4, 6)
                )
    return None


def _tables(table, field):
    """The tables in a vector of tables."""
    offset = table.Offset(4 + 2 * field)
    for i in range(table.VectorLen(offset) if offset else 0):
        yield Table(table.Bytes, table.Indirect(table.Vector(offset) + 4 * i))


def check(interpreter, page):
    """Runs the golden examples; prints what is wrong and returns the exit code."""
    if page is None or page.get("format") != 2:
        raise ValueError("There is no FILE.golden.json of format 2 beside the file.")
    run, wrong = interpreter.get_signature_runner("serving_default"), 0
    number = len(page["outputs"][0]["values"])
    for i in range(number):
        received = run(**{part["name"]: _array(part, i)[None] for part in page["inputs"]})
        for part in page["outputs"]:
            difference = np.abs(received[part["name"]][0].astype("float64") - _array(part, i)).max()
            if not difference <= part["tolerance"]:
                wrong += 1
                print(
                    f"Example {i}: the output {part['name']!r} is off by {difference:g}; "
                    f"{part['tolerance']:g} is allowed."
                )
    print(f"{number} golden examples, {wrong} outputs wrong")
    return 1 if wrong else 0


def _array(part, i):
    return np.array(part["values"][i], part["dtype"]).reshape(part["shape"])


if __name__ == "__main__":
    sys.exit(main())
