"""Whether an artefact is the one that its manifest speaks of."""

import pathlib

import numpy as np

from keras_distill.files import sha256


def check_manifest(path, page, signature):
    """Compares an artefact with its manifest.

    Args:
        path: The file or the folder.
        page: Its manifest, a dict.
        signature: `{"inputs": […], "outputs": […]}` as it is in the artefact, each with name,
            shape, dtype, scale and zero point; a key that is None is not compared.

    Returns:
        A list of sentences, one for each thing that differs.
    """
    found = []
    raw = bytes_of(path)
    if page.get("bytes") != raw:
        found.append(f"It has {raw:,} bytes, but its manifest says {_plain(page.get('bytes'))}.")
    digest = sha256(path, without=("manifest.json",))
    if page.get("sha256") != digest:
        found.append(
            f"Its SHA-256 is {digest}, but its manifest says {_plain(page.get('sha256'))}: it is "
            "not the one that was exported, or was changed since."
        )
    found += _vocabulary(path, page.get("tokenization") or {})
    told = page.get("signature") or {}
    for what, ends in signature.items():
        entries = {entry.get("name"): entry for entry in told.get(what) or ()}
        names = [end["name"] for end in ends]
        if sorted(names) != sorted(map(str, entries)):
            found.append(
                f"Its {what} are {', '.join(names)}, but its manifest names "
                f"{', '.join(map(str, entries)) or 'none'}."
            )
            continue
        for end in ends:
            for key, value in end.items():
                if value is not None and not _same(value, entries[end["name"]].get(key)):
                    found.append(
                        f"The {key.replace('_', ' ')} of its {what[:-1]} {end['name']!r} is "
                        f"{_plain(value)}, but its manifest says "
                        f"{_plain(entries[end['name']].get(key))}."
                    )
    return found


def _vocabulary(path, told):
    if "vocabulary" not in told:
        return []
    name = str(told["vocabulary"])
    file = (path if path.is_dir() else path.parent) / pathlib.Path(name).name
    if not file.is_file():
        return [f"Its vocabulary {name!r} is missing, which makes its inputs of texts."]
    digest = sha256(file)
    if digest == told.get("vocabulary_sha256"):
        return []
    return [
        f"The SHA-256 of its vocabulary {name!r} is {digest}, but its manifest says "
        f"{_plain(told.get('vocabulary_sha256'))}: texts would become other ids."
    ]


def bytes_of(path):
    """Bytes of a file, or of a folder without its manifest."""
    files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    return sum(p.stat().st_size for p in files if p != path / "manifest.json")


def _same(value, told):
    if isinstance(value, float) and isinstance(told, (int, float)):
        return np.isclose(value, told, rtol=1e-6, atol=0)
    return value == told


def _plain(value):
    return f"{value:,}" if isinstance(value, int) else str(value)
