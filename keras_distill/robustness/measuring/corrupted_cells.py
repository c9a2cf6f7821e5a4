"""What is measured beside clean data: the suite, and a corruption for each cell."""

import numpy as np

from keras_distill.corruptions.corruption import SEVERITIES
from keras_distill.corruptions.names import GROUPS, SUITES


def corrupted_cells(corruptions, severities, data, profile, rng):
    """The report's `suite`, and `{(corruption, severity): corruption}` or a published set.

    Args:
        corruptions: Name of a suite, list of names, or a `CorruptedDataset`.
        severities: Severities, each 1 to 5.
        data: A `MeasuredData`: its kind and size choose the constants.
        profile: Table of constants, or None.
        rng: `"fast"` or `"reference"`.

    Returns:
        A dict and the cells. `bytes_sha256` of the dict is filled in when they are measured.

    Raises:
        ValueError: If a name or severity is unknown or repeated, or made for other data.
    """
    if hasattr(corruptions, "cells"):
        return _published(corruptions), corruptions
    from keras_distill import corruptions as room

    names = room.names(corruptions) if isinstance(corruptions, str) else list(corruptions)
    severities = list(severities)
    _check(names, severities)
    cells = {}
    for name in names:
        kind = room.get(name, 1)
        # MNIST-C's have one severity of their own.
        for severity in severities if kind.severities == SEVERITIES else kind.severities:
            cells[name, severity] = _made(room, name, severity, data, profile, rng)
    suite = {
        "name": corruptions if isinstance(corruptions, str) else None,
        "corruptions": names,
        "severities": sorted({int(severity) for _, severity in cells}),
        "profiles": [],
        "rng": "fast",
        "source": "generated",
        "groups": _groups(names),
        "approximate": [name for name in names if room.get(name, 1).approximate],
    }
    if data.modality == "image":
        empty = np.empty((0, *data.shape))
        suite["profiles"] = sorted({cell.profile_for(empty) for cell in cells.values()})
        suite["rng"] = rng
    return suite, cells


def _made(room, name, severity, data, profile, rng):
    kind = room.get(name, severity)
    modality = "image" if isinstance(kind, room.ImageCorruption) else "text"
    if modality != data.modality:
        raise ValueError(
            f"'{name}' corrupts {modality}s, but the data are {data.modality}s. Choose out of "
            f"kd.corruptions.names({'text' if data.modality == 'text' else 'imagenet_c'!r})."
        )
    return kind if modality == "text" else room.get(name, severity, profile=profile, rng=rng)


def _published(source):
    names = list(dict.fromkeys(name for name, _ in source.cells))
    return {
        "name": next(
            (suite for suite, members in SUITES.items() if sorted(members) == sorted(names)), None
        ),
        "corruptions": names,
        "severities": sorted({int(severity) for _, severity in source.cells}),
        "profiles": [],
        "rng": None,
        "source": source.source,
        "groups": _groups(names),
        "approximate": [],
    }


def _groups(names):
    groups = {
        group: [name for name in names if name.split("/")[-1] in members]
        for group, members in GROUPS.items()
    }
    grouped = {name for members in groups.values() for name in members}
    groups["other"] = [name for name in names if name not in grouped]
    return {group: members for group, members in groups.items() if members}


def _check(names, severities):
    for what, values in (("corruptions", names), ("severities", severities)):
        repeated = sorted({value for value in values if values.count(value) > 1})
        if repeated:
            raise ValueError(
                f"`{what}` names {repeated[0]!r} more than once, which would count it twice in "
                "every mean. Name each once."
            )
    if names and not severities:
        raise ValueError(
            "`severities` is empty. Expected at least one of 1, 2, 3, 4, 5; to measure clean "
            "data only, give corruptions=[]."
        )
