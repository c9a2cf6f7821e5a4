"""A folder with a teacher's outputs: shards that appear whole, and what made them."""

import json
import pathlib
import shutil

import numpy as np

from keras_distill.files import atomic_path, sha256
from keras_distill.teachers.precomputed import Precomputed
from keras_distill.teachers.stored_outputs import decoded

MANIFEST = "manifest.json"


class OutputCache:
    """Reads and extends the folder that `precompute` writes.

    Each shard is a folder that is moved into place when it is complete, and counts only
    when the manifest names it with the checksums of its files.

    Args:
        directory: The folder; made when the first shard is written.
        made_by: What must be the same for outputs to belong together (teacher, dtype,
            features, …), or `None` to take what the folder says.

    Raises:
        FileNotFoundError: `made_by` is `None` and there is no cache.
        ValueError: The folder holds outputs that were made in another way, or a file of
            it is damaged.
    """

    def __init__(self, directory, made_by=None):
        self.directory = pathlib.Path(directory)
        path = self.directory / MANIFEST
        if path.exists():
            self._manifest = json.loads(path.read_text(encoding="utf-8"))
            if made_by is not None:
                self._compare(made_by)
            self._verify()
        elif made_by is None:
            raise FileNotFoundError(
                f"Expected a folder that kd.teachers.precompute wrote. Received: "
                f"'{self.directory}' without {MANIFEST}. Precompute the teacher's outputs first."
            )
        else:
            self._manifest = {"made_by": made_by, "complete": False, "shards": []}
        self._open()

    @property
    def complete(self):
        """Whether a pass over the data has ended."""
        return self._manifest["complete"]

    @property
    def made_by(self):
        """What made the outputs."""
        return self._manifest["made_by"]

    def __len__(self):
        return len(self._keys)

    def teacher(self):
        """The `Precomputed` that stands for these outputs."""
        made_by = self.made_by
        return Precomputed(
            made_by["outputs"], made_by["feature_shapes"], made_by["output_kind"], self,
            made_by["teacher_name"],
        )  # fmt: skip

    def find(self, keys):
        """Row of each key, −1 where there is none."""
        if not len(self._keys):
            return np.full(len(keys), -1, "int64")
        places = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.where(self._sorted[places] == keys, self._order[places], -1)

    def read(self, rows, paths):
        """`({path: features}, outputs)` of rows, float32, in the teacher's structure."""
        made_by = self.made_by
        kept = list(made_by["feature_shapes"])
        wanted = {"outputs", *(f"features.{kept.index(path)}" for path in paths)}
        arrays = {}
        shard = np.searchsorted(self._starts, rows, side="right") - 1
        for index in np.unique(shard):
            mine = shard == index
            for name, array in self._arrays[index].items():
                if not wanted & {name.split(".")[0], ".".join(name.split(".")[:2])}:
                    continue
                if name not in arrays:
                    arrays[name] = np.empty((len(rows), *array.shape[1:]), array.dtype)
                arrays[name][mine] = array[rows[mine] - self._starts[index]]
        features = {
            path: decoded(f"features.{kept.index(path)}", arrays, made_by["feature_shapes"][path])
            for path in paths
        }
        outputs = _like(made_by["outputs"], lambda i, shape: decoded(f"outputs.{i}", arrays, shape))
        return features, outputs

    def add_shard(self, keys, arrays):
        """Writes one shard: after it returns, a killed process has it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        name = f"shard-{len(self._manifest['shards']):05d}"
        target = self.directory / name
        if target.exists():  # moved into place, then killed before the manifest named it
            shutil.rmtree(target)
        with atomic_path(target) as folder:
            folder.mkdir()
            for key, array in {"keys": np.asarray(keys, "int64"), **arrays}.items():
                np.save(folder / f"{key}.npy", array, allow_pickle=False)
            sums = {file.name: sha256(file) for file in sorted(folder.iterdir())}
        self._manifest["shards"].append({"name": name, "rows": len(keys), "sha256": sums})
        self._write()

    def finish(self):
        """Says that the pass over the data has ended."""
        self._manifest["complete"] = True
        self._write()
        self._open()

    def _write(self):
        with atomic_path(self.directory / MANIFEST) as path:
            path.write_text(json.dumps(self._manifest, indent=1), encoding="utf-8")

    def _open(self):
        self._arrays, keys = [], []
        for shard in self._manifest["shards"]:
            folder = self.directory / shard["name"]
            arrays = {
                file.removesuffix(".npy"): np.load(folder / file, mmap_mode="r", allow_pickle=False)
                for file in shard["sha256"]
            }
            keys.append(np.array(arrays.pop("keys")))
            self._arrays.append(arrays)
        self._starts = np.cumsum([0, *(len(each) for each in keys)])[:-1]
        self._keys = np.concatenate(keys) if keys else np.empty(0, "int64")
        self._order = np.argsort(self._keys, kind="stable")
        self._sorted = self._keys[self._order]

    def _verify(self):
        for shard in self._manifest["shards"]:
            for file, expected in shard["sha256"].items():
                path = self.directory / shard["name"] / file
                if not path.exists() or sha256(path) != expected:
                    found = "another content" if path.exists() else "no such file"
                    raise ValueError(
                        f"A file of the precomputed outputs is damaged. Received: {found} at "
                        f"'{path}'; expected sha256 {expected[:12]}…. Delete the folder "
                        f"'{self.directory}' and precompute again."
                    )

    def _compare(self, made_by):
        # As it reads after a round trip through the file.
        made_by = json.loads(json.dumps(made_by))
        for key, words in _DIFFERENCES.items():
            if self.made_by.get(key) != made_by.get(key):
                was, now = (_short(each.get(key)) for each in (self.made_by, made_by))
                raise ValueError(
                    f"'{self.directory}' holds outputs {words}. Received: {now}; the folder was "
                    f"made with {was}. Choose another folder, or delete this one."
                )


_DIFFERENCES = {
    "fingerprint": "of another teacher",
    "dtype": "of another dtype",
    "feature_shapes": "with other features",
    "top_k": "with another top_k",
    "views": "of other views of the examples",
    "teacher_inputs": "of a teacher that was fed otherwise (`teacher_inputs`)",
}


def _short(value):
    return f"{value[:12]}…" if isinstance(value, str) and len(value) > 40 else repr(value)


def _like(shapes, function):
    """`function(i, shape)` for each output, in the structure that the shapes have."""
    if isinstance(shapes, dict):
        return {key: function(i, shapes[key]) for i, key in enumerate(sorted(shapes))}
    if shapes and isinstance(shapes[0], (list, tuple)):
        return [function(i, shape) for i, shape in enumerate(shapes)]
    return function(0, shapes)
