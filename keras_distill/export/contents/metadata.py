"""TFLite metadata put into a file: what goes in and out, in words and numbers."""

import io
import zipfile

import numpy as np

from keras_distill.export.contents.metadata_tables import pack_metadata

FIELD = "TFLITE_METADATA"
# The greatest number among the fields written here; all are the first version's.
_MIN_PARSER_VERSION = "1.0.0"
_CONTENTS = {"feature": 1, "image": 2}
_COLOURS = {3: 1, 1: 2}  # RGB, GRAYSCALE, by the number of channels
_NORMALIZATION = 1
_TENSOR_AXIS_LABELS = 2
# FlatBuffers end at 2 GiB; on the way the file is in memory three times.
_MOST_BYTES = 1 << 30


def embed(content, *, name, version=None, licence=None, inputs=(), outputs=(), labels=None):
    """Puts metadata and label names into a `.tflite` file, by TFLite's own convention.

    Android Studio, the TFLite Support and Task libraries and MediaPipe read it, and so does
    `keras-distill describe`. The model itself, its tensors, signatures and other metadata (such
    as `min_runtime_version`) stay as they are; each tensor's data stays aligned to 16 bytes.
    Metadata and packed files that were there before are replaced. The same arguments give the
    same bytes.

    Args:
        content: The file's bytes.
        name: Name of the model.
        version: Version of the model, a string of your own. Optional.
        licence: Licence of the model. Optional.
        inputs: One dict for each input. `name` is required. Optional are `description`,
            `content` (`"image"` or `"feature"`, the default), `mean` and `std` (what an app has
            to do to its values, `(value - mean) / std`: give both or none), `min` and `max` (the
            least and greatest value, after that). These are numbers, or lists with one for each
            channel. If the names are those of the file's signature the order does not matter;
            otherwise it is that of the file's inputs.
        outputs: In the same way, one dict for each output.
        labels: Names of the last axis of the output, in order; where there are several outputs, a
            dict from an output's name to the names of its last axis. Packed as `labels.txt`, one
            a line (of several: `labels_OUTPUT.txt`). Optional.

    Returns:
        The bytes of the file with its metadata.

    Raises:
        ValueError: An argument does not fit the file, or it is too large to be written anew.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    if content[4:8] != b"TFL3":
        raise ValueError(
            f"Expected the bytes of a .tflite file, but received {len(content)} bytes that begin "
            f"with {bytes(content[:8])!r}. Read them from a file that to_tflite wrote."
        )
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    if len(content) > _MOST_BYTES or _is_split(model):
        raise ValueError(
            f"The file has {len(content):,} bytes or keeps tensors outside its FlatBuffer; "
            f"metadata goes into files of at most {_MOST_BYTES:,} bytes. Export it without "
            "labels, licence and version, and ship those beside it."
        )
    graph = model.subgraphs[0]
    signature = model.signatureDefs[0] if model.signatureDefs else None
    known = [
        _in_order(given, ends, names, what)
        for what, given, ends, names in (
            ("inputs", inputs, graph.inputs, signature.inputs if signature else ()),
            ("outputs", outputs, graph.outputs, signature.outputs if signature else ()),
        )
    ]
    files = _label_files(labels, known[1], [graph.tensors[i] for i in graph.outputs])
    packed = pack_metadata(
        {
            "name": name,
            "version": version,
            "license": licence,
            "min_parser_version": _MIN_PARSER_VERSION,
            "subgraph_metadata": [
                {
                    "input_tensor_metadata": _tensors(known[0], graph.inputs, graph),
                    "output_tensor_metadata": _tensors(known[1], graph.outputs, graph, files),
                }
            ],
        }
    )
    others = [entry for entry in model.metadata or [] if entry.name != FIELD.encode()]
    replaced = [entry.buffer for entry in model.metadata or [] if entry.name == FIELD.encode()]
    if not replaced:
        model.buffers.append(schema.BufferT())
        replaced = [len(model.buffers) - 1]
    model.buffers[replaced[0]].data = np.frombuffer(packed, "uint8")
    entry = schema.MetadataT()
    entry.name, entry.buffer = FIELD, replaced[0]
    model.metadata = [*others, entry]
    model.buffers = [_AlignedBuffer(buffer) for buffer in model.buffers]
    builder = flatbuffers.Builder(len(content) + len(packed) + 4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return _with_files(bytes(builder.Output()), files)


def _is_split(model):
    """Whether the file holds more than its FlatBuffer, found by offsets from its beginning."""
    operators = [operator for graph in model.subgraphs for operator in graph.operators or []]
    return (
        bool(model.externalBuffers)
        or any(buffer.offset > 1 for buffer in model.buffers)
        or any(operator.largeCustomOptionsOffset > 1 for operator in operators)
    )


class _AlignedBuffer:
    """Packs a buffer with its data at a multiple of 16 bytes, as the schema demands.

    The generated Python code leaves `force_align` out.
    """

    def __init__(self, buffer):
        self.data = None if buffer.data is None else np.asarray(buffer.data, "uint8").tobytes()

    def Pack(self, builder):  # noqa: N802 (FlatBuffers' name)
        from ai_edge_litert import schema_py_generated as schema

        if self.data is not None:
            builder.Prep(16, len(self.data))
            data = builder.CreateByteVector(self.data)
        schema.BufferStart(builder)
        if self.data is not None:
            schema.BufferAddData(builder, data)
        return schema.BufferEnd(builder)


def _in_order(given, ends, signature, what):
    """The dicts in the order of the file's own inputs or outputs."""
    given = [dict(one) for one in given]
    if len(given) != len(ends):
        raise ValueError(
            f"Received metadata of {len(given)} {what}, but the file has {len(ends)}. Give one "
            "dict for each."
        )
    places = {each.name.decode(): list(ends).index(each.tensorIndex) for each in signature or ()}
    if len(set(places.values())) == len(given) and {one["name"] for one in given} == set(places):
        given.sort(key=lambda one: places[one["name"]])
    return given


def _label_files(labels, outputs, tensors):
    """{name of the output: (file name, its bytes)}."""
    if labels is None:
        return {}
    names = [one["name"] for one in outputs]
    if not isinstance(labels, dict):
        if len(names) != 1:
            raise ValueError(
                f"Received one list of labels for {len(names)} outputs. Give a dict from the "
                f"name of an output ({', '.join(names)}) to its labels."
            )
        labels = {names[0]: labels}
    files = {}
    for output, given in labels.items():
        if output not in names:
            raise ValueError(
                f"Received labels for the output {output!r}, but the outputs are "
                f"{', '.join(names)}. Use one of those names."
            )
        given = [str(label) for label in given]
        shape = tensors[names.index(output)].shape
        classes = int(shape[-1]) if shape is not None and len(shape) else 1
        if len(given) != classes:
            raise ValueError(
                f"Received {len(given)} labels for the output {output!r}, whose last axis has "
                f"{classes} places. Give one name for each, in order."
            )
        for label in given:
            # Readers leave blank lines out, and every label after one would be another's.
            if not label.strip() or label.splitlines() != [label]:
                raise ValueError(
                    f"The label {label!r} is not one line of text. Labels are written one a "
                    "line: give each a name without line breaks."
                )
        file = "labels.txt" if len(names) == 1 else f"labels_{output.replace('/', '_')}.txt"
        files[output] = file, "".join(f"{label}\n" for label in given).encode()
    return files


def _tensors(given, ends, graph, files=None):
    return [
        _tensor(one, graph.tensors[index], (files or {}).get(one["name"]))
        for one, index in zip(given, ends, strict=True)
    ]


def _tensor(one, tensor, file):
    known = {"name", "description", "content", "mean", "std", "min", "max"}
    content = one.get("content", "feature")
    if not known.issuperset(one) or content not in _CONTENTS:
        raise ValueError(
            f"Received the metadata {one!r}. Expected the keys {', '.join(sorted(known))}, and "
            "'image' or 'feature' as `content`."
        )
    if (one.get("mean") is None) != (one.get("std") is None):
        raise ValueError(
            f"The metadata of {one['name']!r} has only one of `mean` and `std`. Give both, for "
            "(value - mean) / std, or none."
        )
    properties = {}
    if content == "image":
        properties["color_space"] = _COLOURS.get(int(tensor.shape[-1]), 0)
    stats = {key: _floats(one.get(key)) for key in ("max", "min")}
    units = None
    if one.get("mean") is not None:
        options = {key: _floats(one[key]) for key in ("mean", "std")}
        units = [{"which": _NORMALIZATION, "options": options}]
    return {
        "name": one["name"],
        "description": one.get("description"),
        "content": {"which": _CONTENTS[content], "properties": properties},
        "process_units": units,
        "stats": stats if any(stats.values()) else None,
        "associated_files": file and [{"name": file[0], "type": _TENSOR_AXIS_LABELS}],
    }


def _floats(value):
    return None if value is None else [float(v) for v in np.atleast_1d(value)]


def _with_files(content, files):
    """The files as a zip behind the model; zips are read from the end, so neither is in the way."""
    if not files:
        return content
    archive = io.BytesIO(content)
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_STORED) as packed:
        for name, data in files.values():
            # No date, and the same system everywhere: the same labels give the same bytes.
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packed.writestr(entry, data)
    return archive.getvalue()
