"""The tables of TFLite metadata, packed into and unpacked from FlatBuffers bytes.

Reference: `metadata_schema.fbs`, schema version 1.5.0, of tflite-support 0.4.4 and MediaPipe
1.2.2. A table's fields stand in the schema's order, which is that of their slots; later fields
that nothing here writes or reads are left out.
"""

import struct

IDENTIFIER = b"M001"
_FILES, _STRINGS = "[AssociatedFile]", "[string]"
_TABLES = {
    "ModelMetadata": {
        "name": "string",
        "description": "string",
        "version": "string",
        "subgraph_metadata": "[SubGraphMetadata]",
        "author": "string",
        "license": "string",
        "associated_files": _FILES,
        "min_parser_version": "string",
    },
    "SubGraphMetadata": {
        "name": "string",
        "description": "string",
        "input_tensor_metadata": "[TensorMetadata]",
        "output_tensor_metadata": "[TensorMetadata]",
    },
    "TensorMetadata": {
        "name": "string",
        "description": "string",
        "dimension_names": _STRINGS,
        "content": "Content",
        "process_units": "[ProcessUnit]",
        "stats": "Stats",
        "associated_files": _FILES,
    },
    "AssociatedFile": {
        "name": "string",
        "description": "string",
        "type": "byte",
        "locale": "string",
        "version": "string",
    },
    # A union takes two slots: which of its tables it is, and that table.
    "Content": {"which": "byte", "properties": "Properties"},
    "ProcessUnit": {"which": "byte", "options": "Options"},
    "FeatureProperties": {},
    "ImageProperties": {"color_space": "byte"},
    "NormalizationOptions": {"mean": "[float]", "std": "[float]"},
    "Stats": {"max": "[float]", "min": "[float]"},
}
_UNIONS = {
    "Properties": {1: "FeatureProperties", 2: "ImageProperties"},
    "Options": {1: "NormalizationOptions"},
}


def pack_metadata(values):
    """The bytes of a ModelMetadata, from nested dicts; what is None or absent is left out."""
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    builder.Finish(_pack(builder, "ModelMetadata", values), IDENTIFIER)
    return bytes(builder.Output())


def unpack_metadata(content):
    """The nested dicts of a ModelMetadata's bytes; absent fields are None.

    Raises:
        ValueError: The bytes are no metadata, or point outside themselves.
    """
    if content[4:8] != IDENTIFIER:
        raise ValueError(f"it begins with {bytes(content[4:8])!r}, not with {IDENTIFIER!r}.")
    try:
        return _unpack(content, "ModelMetadata", _follow(content, 0))
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{error}.") from error


def _pack(builder, table, values):
    fields = _TABLES[table]
    # FlatBuffers grow from the end: what is pointed to comes before what points.
    made = {}
    for name, kind in fields.items():
        value = values.get(name)
        if value is None:
            continue
        if kind in _UNIONS:
            kind = _UNIONS[kind][values["which"]]
        made[name] = _pack_value(builder, kind, value)
    builder.StartObject(len(fields))
    for slot, (name, kind) in enumerate(fields.items()):
        if kind == "byte":
            builder.PrependInt8Slot(slot, made.get(name, 0), 0)
        else:
            builder.PrependUOffsetTRelativeSlot(slot, made.get(name, 0), 0)
    return builder.EndObject()


def _pack_value(builder, kind, value):
    if kind == "byte":
        return value
    if kind == "string":
        return builder.CreateString(value)
    if not kind.startswith("["):
        return _pack(builder, kind, value)
    kind = kind[1:-1]
    made = [v if kind == "float" else _pack_value(builder, kind, v) for v in value]
    builder.StartVector(4, len(made), 4)
    for one in reversed(made):
        if kind == "float":
            builder.PrependFloat32(one)
        else:
            builder.PrependUOffsetTRelative(one)
    return builder.EndVector()


def _unpack(content, table, at):
    fields, values = _TABLES[table], {}
    slots = at - _number(content, "<i", at)
    length = _number(content, "<H", slots)
    for slot, (name, kind) in enumerate(fields.items()):
        entry = 4 + 2 * slot
        offset = _number(content, "<H", slots + entry) if entry < length else 0
        if not offset:
            values[name] = 0 if kind == "byte" else None
            continue
        if kind in _UNIONS:
            # A member that is not among those above is told by its number alone.
            kind = _UNIONS[kind].get(values["which"])
        values[name] = None if kind is None else _unpack_value(content, kind, at + offset)
    return values


def _unpack_value(content, kind, at):
    if kind == "byte":
        return _number(content, "<b", at)
    at = _follow(content, at)
    if kind == "string":
        length = _number(content, "<I", at)
        return struct.unpack_from(f"<{length}s", content, at + 4)[0].decode()
    if not kind.startswith("["):
        return _unpack(content, kind, at)
    length = _number(content, "<I", at)
    kind = kind[1:-1]
    if kind == "float":
        return list(struct.unpack_from(f"<{length}f", content, at + 4))
    return [_unpack_value(content, kind, at + 4 + 4 * i) for i in range(length)]


def _follow(content, at):
    return at + _number(content, "<I", at)


def _number(content, form, at):
    if at < 0:  # struct would count from the end
        raise struct.error(f"an offset points to {at}")
    return struct.unpack_from(form, content, at)[0]
