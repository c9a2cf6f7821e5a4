"""Several teachers as one: a mixture of what they think probable."""

import keras
import numpy as np
from keras import ops

from keras_distill.losses.log_probabilities import log_probabilities
from keras_distill.predictors.output_kind import output_kind
from keras_distill.teachers.model_inputs import fed

_FORBIDDEN = -1e4  # exp of it is 0 in float32, and differences stay finite


@keras.saving.register_keras_serializable(package="keras_distill")
class Ensemble(keras.Model):
    """Several classifiers as one teacher, mixed in probability space.

    Puts out `log Σ wₖ pₖ`, computed in logs: logits for whoever takes softmax of them.
    The members share the batch, each through an adapter and a class map of its own, and
    keep their weights and their `trainable`.

    Args:
        members: `keras.Model`s that put out `(batch, classes)`.
        weights: `None` for equal ones; a list of numbers from 0, one for each member;
            `"confidence"`: for each example in proportion to `1 − entropy / log(classes)`
            of each member; `"learned"`: numbers that `learn_weights` fits on labelled
            examples. Defaults to `None`.
        inputs: For each member what it is fed: `None` for x, key(s) of a dict x (its own
            tokens), or a layer or function of x (`keras.layers.Resizing(224, 224)`).
            Defaults to x for all.
        class_maps: For each member `None` (the data's classes in order) or a list as long
            as the data has classes: which output of the member is that class, `None`
            for one it does not know. Defaults to `None` for all.
        from_logits: For each member `True`, `False` or `"auto"` (default: by its last
            layer).
        name: Defaults to `"ensemble"`.

    Returns:
        When called on x: float32 `(batch, classes)`.

    Raises:
        ValueError: No members, weights of another number, different class counts without
            a map, or a member that does not tell logits from probabilities.

    Example:

    ```python
    members = [
        keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")]) for _ in "ab"
    ]
    ensemble = kd.teachers.Ensemble(members, weights=[0.8, 0.2])
    x = np.ones((5, 4), "float32")
    mixture = 0.8 * np.array(members[0](x)) + 0.2 * np.array(members[1](x))
    assert np.allclose(keras.ops.softmax(ensemble(x)), mixture, atol=1e-6)
    ```

    Reference:
        Hinton et al., 2015, Distilling the Knowledge in a Neural Network, §5,
        https://arxiv.org/abs/1503.02531
    """

    output_kind = "logits"

    def __init__(
        self,
        members,
        weights=None,
        inputs=None,
        class_maps=None,
        from_logits="auto",
        name="ensemble",
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        members = list(members)
        for member in members:
            if not isinstance(member, keras.Model):
                raise TypeError(
                    "`members` must be keras.Models. "
                    f"Received: {member!r} of type {type(member).__name__}."
                )
        if not members:
            raise ValueError("`members` must hold at least one model. Received: none.")
        self.members = members
        self._inputs = _for_each("inputs", inputs, members)
        self._class_maps = _for_each("class_maps", class_maps, members)
        self._kinds = _kinds(members, from_logits)
        self._weighting = weights
        self.mixture_weights = self.add_weight(
            name="mixture_weights", shape=(len(members),), initializer="ones", trainable=False
        )
        self.mixture_weights.assign(_checked_weights(weights, len(members)))
        _check_classes(members, self._class_maps)

    def build(self, input_shape):
        self.built = True

    def call(self, x):
        log_p = self._log_members(x)
        log_w = ops.log(ops.maximum(self.mixture_weights, 1e-30))
        if self._weighting == "confidence":
            entropy = -ops.sum(ops.exp(log_p) * log_p, axis=-1)
            certain = 1.0 - entropy / float(np.log(log_p.shape[-1]))
            log_w = ops.log_softmax(ops.log(ops.maximum(certain, 1e-6)), axis=-1)
        return ops.logsumexp(log_w[..., None] + log_p, axis=-2)

    def _log_members(self, x):
        """Log-probabilities `(batch, members, classes)`."""
        every = []
        for member, adapter, class_map, kind in zip(
            self.members, self._inputs, self._class_maps, self._kinds, strict=True
        ):
            outputs = member(fed(x, adapter, "teacher"), training=False)
            if kind == "probabilities":
                outputs = log_probabilities(outputs)
            outputs = ops.cast(outputs, "float32")
            if class_map is not None:
                known = [0 if each is None else each for each in class_map]
                missing = np.array([each is None for each in class_map])
                outputs = ops.where(missing, _FORBIDDEN, ops.take(outputs, known, axis=-1))
            every.append(ops.log_softmax(outputs, axis=-1))
        return ops.stack(every, axis=-2)

    def learn_weights(self, x, y, steps=100):
        """Fits the members' weights to labelled examples, by expectation maximization.

        The likelihood of a mixture is concave in its weights, so that there is one best
        answer. Use examples that neither teachers nor student were trained on.

        Args:
            x: Inputs, as the ensemble is fed.
            y: Integer labels `(n,)`.
            steps: Of expectation maximization. Defaults to 100.

        Returns:
            The weights, numpy `(members,)`.
        """
        if self._weighting != "learned":
            raise ValueError(
                '`learn_weights` belongs to weights="learned". '
                f"Received: an ensemble with weights={self._weighting!r}."
            )
        y = np.asarray(y).reshape(-1)
        log_p = np.concatenate(
            [
                ops.convert_to_numpy(
                    self._log_members(keras.tree.map_structure(lambda e, i=i: e[i : i + 128], x))
                )
                for i in range(0, len(y), 128)
            ]
        )
        likelihood = np.exp(log_p[np.arange(len(y)), :, y].astype("float64"))
        weights = np.full(len(self.members), 1 / len(self.members))
        for _ in range(steps):
            shares = weights * likelihood
            weights = (shares / np.maximum(shares.sum(1, keepdims=True), 1e-300)).mean(0)
        self.mixture_weights.assign(weights)
        return weights

    def get_config(self):
        values = {
            "members": self.members,
            "weights": self._weighting,
            "inputs": self._inputs,
            "class_maps": self._class_maps,
            "from_logits": [kind == "logits" for kind in self._kinds],
        }
        config = {key: keras.saving.serialize_keras_object(each) for key, each in values.items()}
        return {**config, "name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(
            **{key: keras.saving.deserialize_keras_object(each) for key, each in config.items()}
        )


def _for_each(name, values, members):
    values = [None] * len(members) if values is None else list(values)
    if len(values) != len(members):
        raise ValueError(
            f"`{name}` must have one entry for each member. "
            f"Received: {len(values)} for {len(members)} members."
        )
    return values


def _checked_weights(weights, number):
    if weights is None or isinstance(weights, str):
        if weights not in (None, "confidence", "learned"):
            raise ValueError(
                '`weights` must be None, "confidence", "learned" or one number for each member. '
                f"Received: weights={weights!r}."
            )
        return [1 / number] * number
    values = np.asarray(weights, "float64")
    if values.shape != (number,) or not np.isfinite(values).all() or (values < 0).any():
        values = [0.0]
    if sum(values) <= 0:
        raise ValueError(
            "`weights` must have one number of 0 or more for each member, and not only zeros. "
            f"Received: weights={weights!r} for {number} members."
        )
    return values / values.sum()


def _kinds(members, from_logits):
    given = from_logits if isinstance(from_logits, (list, tuple)) else [from_logits] * len(members)
    kinds = []
    for member, each in zip(members, _for_each("from_logits", given, members), strict=True):
        kind = {True: "logits", False: "probabilities"}.get(each) or output_kind(member)
        if kind == "unknown":
            raise ValueError(
                "Expected to see whether each member puts out logits or probabilities. Received: "
                f"member '{member.name}', whose last layer does not tell. Pass from_logits=[...], "
                "True or False for each member."
            )
        kinds.append(kind)
    return kinds


def _check_classes(members, class_maps):
    counts = []
    for member, class_map in zip(members, class_maps, strict=True):
        classes = member.output_shape[-1] if getattr(member, "outputs", None) else None
        if class_map is not None:
            wrong = [i for i in class_map if i is not None and not 0 <= i < (classes or i + 1)]
            if wrong:
                raise ValueError(
                    f"A class map names outputs of its member, 0 to {classes - 1}. "
                    f"Received: {wrong[0]} for member '{member.name}'."
                )
        counts.append(classes if class_map is None else len(class_map))
    known = [each for each in counts if each is not None]
    if len(set(known)) > 1:
        listed = ", ".join(f"'{m.name}' {c}" for m, c in zip(members, counts, strict=True))
        raise ValueError(
            "Members must put out the same classes to be mixed. Received class counts: "
            f"{listed}. Pass class_maps=[...]: for each member a list that says which of its "
            "outputs is each class of the data, None for one it does not know."
        )
