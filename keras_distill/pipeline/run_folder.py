"""A run's folder: whose it is, which stages are finished, and where things lie."""

import hashlib
import json
import pathlib
import shutil

import yaml

from keras_distill.files.atomic_path import atomic_path
from keras_distill.files.sha256 import sha256

CONFIGURATION = "configuration.yaml"
STAGES = "stages.json"
HEADING = (
    "# What was run, with every default filled in. `keras-distill run` on this file goes on\n"
    "# with the run in this folder.\n"
)


class RunFolder:
    """Belongs to one configuration and remembers its finished stages.

    Args:
        path: The folder; made when absent.
        configuration: The configuration as a dict of plain values.
        inputs: {key: fingerprint} of what the configuration reads from elsewhere.
        overwrite: Whether a run that is there already is deleted first. What is not a
            run is never deleted.

    Raises:
        ValueError: if the folder holds another run (the key that differs is named) or
            anything that is no run.
    """

    def __init__(self, path, configuration, inputs, overwrite=False):
        self.path = pathlib.Path(path)
        self._values = {**configuration, "output": "."}
        self._inputs = inputs
        if self.path.exists():
            self._claim(overwrite)
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / STAGES).exists():
            self._write({"inputs": inputs, "stages": {}})
            with atomic_path(self.path / CONFIGURATION) as temporary:
                text = yaml.safe_dump(self._values, sort_keys=False, allow_unicode=True)
                temporary.write_text(HEADING + text, encoding="utf-8")

    def finished(self, stage, digest):
        """The stage's record, if it was finished with this digest and its files are whole."""
        record = self._read()["stages"].get(stage)
        if record is None or record["digest"] != digest:
            return None
        for name, expected in record["files"].items():
            file = self.path / name
            if not file.exists() or sha256(file) != expected:
                return None
        return record

    def finish(self, stage, digest, files, seconds, results):
        """Records a stage after all its files are in place."""
        state = self._read()
        state["stages"][stage] = {
            "digest": digest,
            "files": {name: sha256(self.path / name) for name in files},
            "seconds": round(seconds, 3),
            "results": results,
        }
        self._write(state)
        return state["stages"][stage]

    def _claim(self, overwrite):
        if not self.path.is_dir():
            raise ValueError(
                f"Expected a folder for the run. Received: {str(self.path)!r}, which is a file."
            )
        found = sorted(item.name for item in self.path.iterdir())
        if not found:
            return
        is_run = CONFIGURATION in found and STAGES in found
        if not is_run:
            raise ValueError(
                f"The output folder {str(self.path)!r} holds something that is no run "
                f"({', '.join(found[:3])}{', …' if len(found) > 3 else ''}). "
                "Give an empty or a new folder."
            )
        if overwrite:
            shutil.rmtree(self.path)
            return
        there = yaml.safe_load((self.path / CONFIGURATION).read_text(encoding="utf-8"))
        key, before, now = _difference(there, self._values) or (None, None, None)
        if key is not None:
            self._refuse(f"`{key}` is {before!r} there and {now!r} here")
        inputs = self._read()["inputs"]
        for key in sorted(inputs.keys() | self._inputs.keys()):
            if inputs.get(key) != self._inputs.get(key):
                self._refuse(f"what `{key}` names has changed since")

    def _refuse(self, difference):
        raise ValueError(
            f"The output folder {str(self.path)!r} holds another run: {difference}. Give another "
            "folder, or start afresh with --overwrite (in Python: overwrite=True)."
        )

    def _read(self):
        return json.loads((self.path / STAGES).read_text(encoding="utf-8"))

    def _write(self, state):
        with atomic_path(self.path / STAGES) as temporary:
            temporary.write_text(json.dumps(state, indent=1), encoding="utf-8")


def digest(*parts):
    """A hash of plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _difference(before, now, prefix=""):
    """The first key that differs, as (key, value before, value now), or None."""
    for key in sorted(before.keys() | now.keys()):
        one, other = before.get(key), now.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            found = _difference(one, other, f"{prefix}{key}.")
            if found is not None:
                return found
        elif one != other:
            return f"{prefix}{key}", one, other
    return None
