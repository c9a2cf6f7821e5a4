"""Where finished cells lie, so that a killed measurement goes on."""

import io
import json
import os
import pathlib
import zipfile
import zlib

import numpy as np

_SETTINGS = "settings.json"


class RecordStore:
    """A folder of finished work: one file per cell and part of the data.

    Args:
        folder: Where; made if it is not there.
        settings: What the results depend on, JSON's types: another run's folder is refused.

    Raises:
        ValueError: If the folder holds work that was done under other settings, or other
            things.
    """

    def __init__(self, folder, settings):
        self.folder = pathlib.Path(folder)
        settings = json.loads(json.dumps(settings))
        place = self.folder / _SETTINGS
        if place.exists():
            _same(json.loads(place.read_text(encoding="utf-8")), settings, self.folder)
            return
        if self.folder.exists() and any(self.folder.iterdir()):
            raise ValueError(
                f"The folder {str(self.folder)!r} holds something that is no unfinished "
                "measurement. Give an empty or a new folder."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        _write(place, json.dumps(settings, indent=1).encode())

    def has(self, cell, part):
        """Whether a part (a number) of a cell (corruption, severity) is finished."""
        return self._path(cell, part).exists()

    def save(self, cell, part, records, digests):
        """Keeps the records `{model: {field: (m,)}}` and hashes `(m, 32)` of one part."""
        arrays = {
            f"{number}/{field}": values
            for number, record in enumerate(records.values())
            for field, values in record.items()
        }
        buffer = io.BytesIO()
        np.savez(buffer, **arrays, digests=digests)
        _write(self._path(cell, part), buffer.getvalue())

    def read(self, cell, parts, model=None):
        """Fields `{field: (n,)}` of the model of a number, or `{"digests": (n, 32)}`."""
        wanted = "digests" if model is None else f"{model}/"
        found = [self._fields(self._path(cell, part), wanted) for part in range(parts)]
        return {key: np.concatenate([each[key] for each in found]) for key in found[0]}

    def once(self, name, work):
        """What `work()` gives, of JSON's types: done once, then read back."""
        place = self.folder / f"{name}.json"
        if not place.exists():
            _write(place, json.dumps(work()).encode())
        return json.loads(place.read_text(encoding="utf-8"))

    def _fields(self, path, wanted):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return {
                    key.removeprefix(wanted) or key: arrays[key]
                    for key in arrays.files
                    if key.startswith(wanted)
                }
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(
                f"{path.name} in {str(self.folder)!r} is damaged. Delete it and measure again: "
                "only this part is repeated."
            ) from error

    def _path(self, cell, part):
        name, severity = cell
        return self.folder / f"{name.replace('/', '+')}-{severity}-{part:05d}.npz"


def _write(path, content):
    # The name of the process, so that a second one in the same folder spoils nothing.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def _same(found, wanted, folder):
    other = [key for key in wanted if found.get(key) != wanted[key]]
    if other:
        told = ", ".join(f"{key}: {_short(found.get(key))} there" for key in other)
        raise ValueError(
            f"The folder {str(folder)!r} holds a measurement with other settings ({told}; now "
            f"{', '.join(_short(wanted[key]) for key in other)}). Go on with those, or give a new "
            "folder."
        )


def _short(value):
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
