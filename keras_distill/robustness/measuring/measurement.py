"""Every model on every part of every cell."""

import concurrent.futures
import threading

import numpy as np

from keras_distill.robustness.measuring.measured_data import as_seen, example_digests
from keras_distill.robustness.measuring.progress import progress
from keras_distill.robustness.statistics.example_scores import example_scores


class Measurement:
    """Predictors, and the work of showing them the same corrupted bytes.

    Args:
        loaded: `{name: predictor}`.
        data: A `MeasuredData`.
        baseline: Name of the model that the others' answers are compared with.
        store: A `RecordStore`; what lies there is not measured again.
        seed: Seed of the corruptions.
        workers: How many parts are worked on at a time.

    Attributes:
        temperatures: `{name: temperature}`, None until they are fitted.
    """

    def __init__(self, loaded, data, baseline, store, seed, workers):
        self.loaded, self.data, self.store, self.seed = loaded, data, store, seed
        self.workers = workers
        self.temperatures = dict.fromkeys(loaded)
        # The baseline goes first, because the others are compared with its answers.
        self._order = sorted(loaded, key=lambda name: name != baseline)
        self._locks = {name: threading.Lock() for name in loaded}
        self.parts = -(-data.n // data.part_size)

    def run(self, cells, labels, show):
        """Measures clean examples and every cell.

        Args:
            cells: `{(corruption, severity): corruption object}`, or a `CorruptedDataset`.
            labels: The labels of a `CorruptedDataset`, `(n,)`; else not looked at.
            show: Whether to show a progress bar.
        """
        published = not isinstance(cells, dict)
        every = [("clean", 0), *(cells.cells if published else cells)]
        missing = {(c, p) for p in range(self.parts) for c in every if not self.store.has(c, p)}
        if not missing:
            return
        with progress(show, len(missing)) as step:
            self._work(self._generated({} if published else cells, missing), step)
            if published:
                self._work(self._published(cells, labels, missing), step)

    def _generated(self, makers, missing):
        """Tasks, the parts in order: a part is read once for all its cells."""
        for part in self.data.parts():
            if (("clean", 0), part.number) in missing:
                yield self._task(("clean", 0), part, None)
            for cell, maker in makers.items():
                if (cell, part.number) in missing:
                    yield self._task(cell, part, maker)

    def _published(self, source, labels, missing):
        for cell in source.cells:
            if not any((cell, number) in missing for number in range(self.parts)):
                continue
            name = f"{source.name}, {cell[0]} {cell[1]}"
            for part in self.data.published(source.batches(*cell), labels, name):
                if (cell, part.number) in missing:
                    yield self._task(cell, part, None)

    def _task(self, cell, part, maker):
        def work():
            inputs = part.inputs
            if maker is not None:
                inputs = maker(inputs, self.seed, part.indices)
            records, reference = {}, None
            for name in self._order:
                found = self.probabilities(name, inputs)
                temperature = self.temperatures[name]
                records[name] = example_scores(found, part.labels, reference, temperature)
                reference = found if reference is None else reference
            records = {name: records[name] for name in self.loaded}
            self.store.save(cell, part.number, records, example_digests(inputs))
            return f"{cell[0]} {cell[1]}" if cell[1] else cell[0]

        return work

    def _work(self, tasks, step):
        """Runs tasks, a few at a time, and no further ahead: parts are large."""
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            waiting = set()
            try:
                for task in tasks:
                    waiting.add(pool.submit(task))
                    if len(waiting) > self.workers:
                        waiting = _finish(waiting, step, "FIRST_COMPLETED")
                _finish(waiting, step, "ALL_COMPLETED")
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def probabilities(self, name, inputs):
        """Checked class probabilities `(n, classes)` of one model."""
        predictor = self.loaded[name]
        inputs = as_seen(inputs)
        # One at a time: an interpreter has one set of buffers.
        with self._locks[name]:
            probabilities = predictor.probabilities(inputs)
        if (
            probabilities.ndim != 2
            or probabilities.shape[1] < 2
            or len(probabilities) != len(inputs)
        ):
            raise ValueError(
                f"{name!r} gives outputs of shape {probabilities.shape} for {len(inputs)} "
                "examples. Expected (examples, classes) with at least two classes."
            )
        if not np.isfinite(probabilities).all():
            raise ValueError(
                f"{name!r} gives outputs that are NaN or infinite, so it has no top class. "
                "Expected finite outputs: check its weights."
            )
        labels, classes = self.data.labels, probabilities.shape[1]
        low, high = labels.min(), labels.max()
        if low < 0 or high >= classes:
            raise ValueError(
                f"The labels go from {low} to {high}, but {name!r} has {classes} classes. "
                f"Expected labels from 0 to {classes - 1}."
            )
        return probabilities


def _finish(waiting, step, when):
    done, waiting = concurrent.futures.wait(waiting, return_when=when)
    for each in done:
        step(each.result())
    return waiting
