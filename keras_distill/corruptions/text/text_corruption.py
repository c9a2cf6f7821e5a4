"""What every corruption of texts is."""

import dataclasses

import numpy as np

from keras_distill.corruptions.corruption import Corruption

# Shorter texts are left as they are: one edit would be a tenth of them and more.
SHORTEST = 10
RATES = (0.02, 0.05, 0.10, 0.15, 0.20)


@dataclasses.dataclass(frozen=True)
class TextCorruption(Corruption):
    """A way in which texts get worse, at one severity.

    The number of edits of a text is drawn from Poisson(rate · units), at least 1; a unit is
    a character that is not white space, or a word, as the class says. Rates by severity:
    .02, .05, .10, .15, .20. The edits lie at different places, drawn evenly, that do not
    overlap; where a text has fewer such places, each gets its edit, and where it has none,
    the text stays as it was. Because of the least edit, the slight severities of short
    texts come close together. A text of fewer than 10 characters is left as it is, and no
    text becomes empty. Words are what lies between white space; white space that no edit
    touches is kept. What a reader takes for one character (with its accents, an emoji with
    its skin tone) is never torn apart.

    Subclass it for a new one: a `name`, `unit`, `places` and `replacement`.

    Args:
        severity: 1 (slight) to 5 (strong).

    Call with `(texts, seed, indices=None)`: texts a list of str, or a 1-D array of str,
    bytes in UTF-8 or objects; the same kind and length comes back. `indices` `(n,)` are the
    examples' numbers in their data set, 0 … n − 1 by default.

    Raises:
        ValueError: Severity, texts or indices are not as above.

    Example:

    ```python
    class Shout(kd.corruptions.TextCorruption):
        name = "shout"
        unit = "character"

        def places(self, text):
            return [(i, i + 1) for i, char in enumerate(text) if char == "."]

        def replacement(self, text, start, end, draw):
            return "!"

    assert Shout(1)(["It is fine."], seed=0) == ["It is fine!"]
    ```

    Reference:
        The number of edits and the least length follow Giskard's text transformations,
        https://github.com/Giskard-AI/giskard
    """

    # Not fields: what a subclass says of itself.
    rates = RATES
    unit = "character"

    def places(self, text):
        """Where the text can be edited: `[(start, end), …]`, which may overlap."""
        raise NotImplementedError(f"{type(self).__name__} must define places(text).")

    def replacement(self, text, start, end, draw):
        """What stands in the place of `text[start:end]`, never the same again.

        Args:
            text: The text before any edit.
            start, end: One of `places`.
            draw: A number drawn evenly from [0, 1).
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define replacement(text, start, end, draw)."
        )

    def __call__(self, texts, seed, indices=None):
        given = _listed(texts)
        indices = range(len(given)) if indices is None else indices
        if len(indices) != len(given):
            raise ValueError(
                f"Expected one index for each text. Received: {len(given)} texts and "
                f"{len(indices)} indices."
            )
        made = []
        for i, (text, rng) in enumerate(zip(given, self.generators(seed, indices), strict=True)):
            if isinstance(text, bytes):
                made.append(self._corrupted(_decoded(text, i), rng).encode())
            else:
                made.append(self._corrupted(text, rng))
        if isinstance(texts, list):
            return made
        # By its kind: texts may have grown, so the width of fixed-width strings is taken anew.
        return np.array(made, dtype=texts.dtype.kind) if made else texts.copy()

    def _corrupted(self, text, rng):
        if len(text) < SHORTEST:
            return text
        places = self.places(text)
        if not places:
            return text
        split = text.split()
        units = len(split) if self.unit == "word" else sum(map(len, split))
        number = max(1, rng.poisson(self.rates[self.severity - 1] * units))
        taken = bytearray(len(text))
        chosen = []
        for i in rng.permutation(len(places)).tolist():
            start, end = places[i]
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                chosen.append((start, end))
                if len(chosen) == number:
                    break
        pieces, last = [], 0
        draws = rng.random(len(chosen)).tolist()
        for (start, end), draw in zip(sorted(chosen), draws, strict=True):
            pieces += (text[last:start], self.replacement(text, start, end, draw))
            last = end
        return "".join(pieces) + text[last:]


def _listed(texts):
    if isinstance(texts, (str, bytes)):
        raise ValueError(
            f"Expected a list or a 1-D array of texts. Received: one {type(texts).__name__}. Put "
            "it in a list: [text]."
        )
    if not isinstance(texts, (list, np.ndarray)):
        raise ValueError(
            f"Expected a list or a 1-D array of texts. Received: a {type(texts).__name__}. Convert "
            "it with list(texts), a tensor with texts.numpy()."
        )
    if isinstance(texts, np.ndarray) and texts.ndim != 1:
        raise ValueError(
            f"Expected a list or a 1-D array of texts. Received: an array of shape {texts.shape}. "
            "Give one column of texts."
        )
    given = texts if isinstance(texts, list) else texts.tolist()
    for i, text in enumerate(given):
        if not isinstance(text, (str, bytes)):
            raise ValueError(
                f"Expected texts: str, or bytes in UTF-8. Received: {text!r} at place {i}, which "
                f"is of type {type(text).__name__}."
            )
    return given


def _decoded(text, place):
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"Expected bytes in UTF-8. Received: {text[:40]!r} at place {place}, which cannot be "
            f"decoded at byte {error.start}. Decode the texts with their own encoding first."
        ) from error
