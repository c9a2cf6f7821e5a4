"""Runs a teacher once over the data and keeps what it says on disk."""

import itertools

import keras
import numpy as np

from keras_distill.predictors.feature_taps import FeatureTaps
from keras_distill.predictors.output_kind import output_kind
from keras_distill.teachers.fingerprint import fingerprint
from keras_distill.teachers.model_inputs import fed
from keras_distill.teachers.output_cache import OutputCache
from keras_distill.teachers.sample_keys import sample_keys
from keras_distill.teachers.stored_outputs import DTYPES, encoded, encoded_top
from keras_distill.teachers.view_batches import view_batches

_SHARD_BYTES = 64 * 2**20


def precompute(
    teacher,
    dataset,
    directory,
    features=None,
    top_k=None,
    dtype="float16",
    augment=None,
    epochs=1,
    seed=0,
    verbose=True,
    teacher_inputs=None,
):
    """Writes a teacher's outputs for every example to a folder, in one pass.

    For a teacher that is too heavy to run in every epoch. Examples are known by their
    content, so the data may be shuffled and batched in any way, then and later. A pass
    that was killed goes on where its last complete file ended. `attach` puts the outputs
    beside the examples again.

    Args:
        teacher: A `keras.Model`, or an `Ensemble`.
        dataset: A `tf.data.Dataset` or `keras.utils.PyDataset` of batches `(x, …)`,
            without augmentation.
        directory: Folder to write; a complete one of the same teacher and data is used
            as it is.
        features: Paths of teacher layers whose outputs are kept too, into nested models
            (`"backbone/stage_3"`). Defaults to none.
        top_k: Keep the most probable classes only, and how much is left to the rest
            together. Defaults to all.
        dtype: `"float16"` (default) or `"float32"`.
        augment: What the student's examples will be augmented with: a Keras layer, or a
            function `(image, seed)`. The teacher then sees the very views that
            `attach(..., augment=...)` will show the student. Defaults to none.
        epochs: How many views of each example there are; training goes round them.
            Defaults to 1.
        seed: Of the views. Defaults to 0.
        verbose: Whether to show a progress bar. Defaults to `True`.
        teacher_inputs: What the teacher is fed of a batch's x, as in `Distiller`: `None`
            for all of it, key(s) of a dict x (teacher and student with tokenizers of their
            own), or a layer or function of x. The folder does not tell one function from
            another. Defaults to `None`.

    Returns:
        A `Precomputed`, the `teacher` of a `Distiller`.

    Raises:
        ValueError: The folder holds outputs of another teacher, other data, another dtype,
            or a damaged file.

    Example:

    ```python
    teacher = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(),
                                keras.layers.Dense(10)])
    _, _, test = kd.datasets.load("fashion_mnist", batch_size=500)
    precomputed = kd.teachers.precompute(teacher, test, "outputs", verbose=False)
    distiller = kd.Distiller(precomputed, keras.models.clone_model(teacher))
    distiller.compile("adam")
    distiller.fit(kd.teachers.attach(test, "outputs"), verbose=0)
    ```
    """
    if dtype not in DTYPES:
        raise ValueError(f"`dtype` must be one of {DTYPES}. Received: dtype={dtype!r}.")
    if augment is None and epochs != 1:
        raise ValueError(
            "Without `augment` every epoch sees the same examples. "
            f"Received: epochs={epochs} and augment=None. Pass augment=..., or leave epochs at 1."
        )
    reader = _Reader(teacher, list(features or []), teacher_inputs)
    batches = view_batches(dataset, augment, epochs, seed)
    steps, batches = batches.steps, iter(batches)
    first = next(batches, None)
    if first is None:
        raise ValueError("The data set is empty. Received: not one batch to precompute.")
    kept_features, outputs = reader.run(first)
    leaves = keras.tree.flatten(outputs)
    if top_k is not None and not (len(leaves) == 1 and 0 < top_k <= leaves[0].shape[-1]):
        raise ValueError(
            "`top_k` keeps classes of one output. "
            f"Received: top_k={top_k} for outputs of shape {[each.shape[1:] for each in leaves]}."
        )
    kind = output_kind(teacher, leaves[0] if len(leaves) == 1 else None)
    cache = OutputCache(
        directory,
        {
            "fingerprint": fingerprint(teacher),
            "teacher_name": teacher.name,
            "dtype": dtype,
            "feature_shapes": {path: each.shape[1:] for path, each in kept_features.items()},
            "outputs": keras.tree.map_structure(lambda each: each.shape[1:], outputs),
            "output_kind": "logits" if top_k is not None else kind,
            "top_k": top_k,
            "views": None if augment is None else {"epochs": epochs, "seed": seed},
            # Folders written before the argument was there go without.
            **({} if teacher_inputs is None else {"teacher_inputs": _named(teacher_inputs)}),
        },
    )
    bar = keras.utils.Progbar(steps, unit_name="batch") if verbose else None
    # The first batch has been run: shuffled data would begin with another one.
    made = itertools.chain([(first, (kept_features, outputs))], ((x, None) for x in batches))
    _fill(cache, reader, made, lambda *each: _arrays(*each, top_k, dtype, kind), bar)
    return cache.teacher()


class _Reader(keras.Model):
    """Outputs and features of a teacher in one compiled forward."""

    def __init__(self, teacher, paths, inputs):
        super().__init__(name="reader")
        self._inputs = inputs
        self._taps = FeatureTaps(teacher, paths, "teacher")
        self._paths = paths
        self.teacher = teacher

    def call(self, x):
        with self._taps.capture() as features:
            outputs = self.teacher(fed(x, self._inputs, "teacher"), training=False)
        return {"features": [features[path] for path in self._paths], "outputs": outputs}

    def run(self, x):
        """`({path: features}, outputs)` of one batch, float32 numpy."""
        made = self.predict_on_batch(x)
        made = keras.tree.map_structure(lambda each: np.asarray(each, "float32"), made)
        return dict(zip(self._paths, made["features"], strict=True)), made["outputs"]


def _named(inputs):
    return "a function" if callable(inputs) else inputs


def _fill(cache, reader, batches, arrays_of, bar):
    """Runs the teacher on what the cache does not hold yet.

    Args:
        cache: The `OutputCache`.
        reader: The `_Reader`.
        batches: `(x, what the teacher put out or None)`.
        arrays_of: From features and outputs to what is stored.
        bar: A `keras.utils.Progbar`, or `None`.
    """
    seen = np.zeros(len(cache), bool)
    keys, parts, size = [], [], 0
    known = set()

    def flush():
        nonlocal keys, parts, size, known
        arrays = {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}
        cache.add_shard(np.concatenate(keys), arrays)
        keys, parts, size = [], [], 0

    for step, (x, made) in enumerate(batches):
        leaves = [keras.ops.convert_to_numpy(each) for each in keras.tree.flatten(x)]
        own = sample_keys(leaves)
        rows = cache.find(own)
        seen[rows[rows >= 0]] = True
        if cache.complete and (rows < 0).any():
            raise ValueError(_other_data(cache, int((rows < 0).sum()), "are not in it"))
        new = (rows < 0) & np.array([key not in known for key in own.tolist()])
        if new.any():
            # The whole batch: a teacher compiled for one batch size is not compiled again.
            arrays = arrays_of(*(made or reader.run(x)))
            keys.append(own[new])
            parts.append({name: array[new] for name, array in arrays.items()})
            known.update(own[new].tolist())
            size += sum(each.nbytes for each in parts[-1].values())
            if size >= _SHARD_BYTES:
                flush()
        if bar is not None:
            bar.update(step + 1)
    if not seen.all():
        raise ValueError(_other_data(cache, int((~seen).sum()), "it holds are not in the data"))
    if parts:
        flush()
    if not cache.complete:
        cache.finish()


def _other_data(cache, number, words):
    return (
        f"'{cache.directory}' holds outputs for other data. Received: {number} examples that "
        f"{words}. Choose another folder, or delete this one."
    )


def _arrays(features, outputs, top_k, dtype, kind):
    arrays = {}
    for i, each in enumerate(features.values()):
        arrays.update(encoded(f"features.{i}", each, dtype))
    for i, each in enumerate(keras.tree.flatten(outputs)):
        if top_k is None:
            arrays.update(encoded(f"outputs.{i}", each, dtype))
        else:
            logits = np.log(np.maximum(each, 1e-38)) if kind == "probabilities" else each
            arrays.update(encoded_top(f"outputs.{i}", logits, top_k, dtype))
    return arrays
