"""A corrupted set that was published, read cell by cell."""

import dataclasses
import functools
import pathlib

import numpy as np

from keras_distill.datasets.corrupted_names import CORRUPTED, IDENTITY
from keras_distill.datasets.resized import resized


@dataclasses.dataclass(frozen=True)
class CorruptedDataset:
    """The prepared cells of a published corrupted set; `load_corrupted` makes one.

    Every cell is read from the disk when it is asked for, a batch at a time. All cells hold
    the same examples in the same order, and their labels are compared while reading. The
    order is TFDS's, not that of the clean set of `kd.datasets.load`.

    Args:
        name: TFDS's name of the set.
        version: Its version.
        folder: Where TFDS prepared it: one folder a configuration.
        cells: `[(corruption, severity), …]` that are prepared, by our names.
        class_names: One name a class, in the order of the labels.
        batch_size: Examples a batch.
        image_size: `(height, width)` that images are brought to; `None` for their own.

    Example:

    ```python
    def corrupted_accuracy(model, published):
        right = {}
        for cell in published.cells:
            batches = published.batches(*cell)
            hits = [model.predict(x, verbose=0).argmax(-1) == y for x, y in batches]
            right[cell] = np.concatenate(hits).mean()
        return right
    ```
    """

    name: str
    version: str
    folder: pathlib.Path
    cells: list
    class_names: tuple
    batch_size: int = 128
    image_size: tuple | None = None

    @property
    def source(self):
        """What a report says of the data."""
        return f"{self.name} {self.version} (TFDS)"

    @functools.cached_property
    def labels(self):
        """`(examples,)` int32: the labels of every cell, read from the first."""
        import tensorflow_datasets as tfds

        configuration = CORRUPTED[self.name][1][self.cells[0]]
        rows = self._rows(configuration, {"image": tfds.decode.SkipDecoding()})
        return np.array([int(row["label"]) for row in tfds.as_numpy(rows)], np.int32)

    def select(self, corruptions, severities):
        """The same set with the cells of some corruptions at some severities only.

        Args:
            corruptions: Our names of corruptions, as `kd.corruptions.names("imagenet_c")`.
            severities: Severities, 1 to 5.

        Returns:
            A `CorruptedDataset` whose `cells` go corruption by corruption.

        Raises:
            ValueError: Not all of them are prepared; those that are missing are named.
        """
        wanted = [(name, severity) for name in corruptions for severity in severities]
        self._check(wanted)
        return dataclasses.replace(self, cells=wanted)

    def batches(self, corruption, severity):
        """The images of a cell.

        Args:
            corruption: Our name of it.
            severity: 1 to 5.

        Returns:
            An iterator of (images float32 in [0, 1] `(batch, height, width, channels)`,
            labels int32 `(batch,)`), NumPy arrays.

        Raises:
            ValueError: The cell is not prepared, or, while reading, its labels are not those
                of the first cell.
        """
        self._check([(corruption, severity)])
        return self._batches(CORRUPTED[self.name][1][corruption, severity])

    def clean(self):
        """Batches of the images before corruption, or `None` where none were prepared.

        Of the three sets only mnist_corrupted publishes them, as `identity`.
        """
        if not (self.folder / IDENTITY / self.version).is_dir():
            return None
        return self._batches(IDENTITY)

    def _check(self, wanted):
        known = CORRUPTED[self.name][1]
        strange = [cell for cell in wanted if cell not in known]
        if strange:
            raise ValueError(
                f"Expected corruptions and severities that {self.name} has. Received: "
                f"{_listed(strange)}. It has: {', '.join(dict.fromkeys(n for n, _ in known))}; "
                f"severities {', '.join(map(str, dict.fromkeys(s for _, s in known)))}."
            )
        missing = [known[cell] for cell in wanted if cell not in self.cells]
        if missing:
            raise ValueError(
                f"Expected {len(wanted)} configurations of {self.name} {self.version} in "
                f"'{self.folder.parent.name}'. Received: {len(wanted) - len(missing)}; missing: "
                f"{', '.join(missing)}. Prepare each once where there is a network: "
                f"tfds.builder('{self.name}/{missing[0]}', data_dir=...).download_and_prepare()."
            )

    def _batches(self, configuration):
        import tensorflow as tf

        rows = self._rows(configuration)
        read = 0
        for batch in rows.batch(self.batch_size).prefetch(tf.data.AUTOTUNE).as_numpy_iterator():
            images = np.asarray(resized(batch["image"], self.image_size))
            labels = batch["label"].astype(np.int32)
            expected = self.labels[read : read + len(labels)]
            if not np.array_equal(labels, expected):
                self._refuse(configuration, f"other labels among examples {read} and on")
            read += len(labels)
            yield images.astype("float32") / np.float32(255), labels
        if read != len(self.labels):
            self._refuse(configuration, f"{read} examples")

    def _refuse(self, configuration, received):
        first = CORRUPTED[self.name][1][self.cells[0]]
        raise ValueError(
            f"Expected the {len(self.labels)} examples of {self.name}/{first} in the same order "
            f"in every configuration. Received: {received} in {self.name}/{configuration}. Prepare "
            "both again, from one source."
        )

    def _rows(self, configuration, decoders=None):
        import tensorflow_datasets as tfds

        builder = tfds.builder_from_directory(self.folder / configuration / self.version)
        return builder.as_dataset(
            split=CORRUPTED[self.name][0],
            decoders=decoders,
            # Shard after shard: TFDS would mix 16 of them, and cells differ in their number.
            # No cache: a cell is read once.
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )


def _listed(cells):
    return ", ".join(f"{name} at severity {severity}" for name, severity in cells)
