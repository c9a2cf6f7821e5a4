import numpy as np
import pytest

# The commonest English words, so that every kind of edit finds its place.
WORDS = (
    "the of and to in is was that it for on are as with his they at be this have from or one had "
    "by word but not what all were we when your can said there use an each which she do how their"
).split()


def edit_distance(one, other):
    """Levenshtein's: the fewest insertions, deletions and substitutions."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@pytest.fixture(scope="session")
def distance():
    return edit_distance


@pytest.fixture(scope="session")
def sentences():
    """60 sentences of 15 words, with capitals, digits and punctuation."""
    rng = np.random.default_rng(0)
    made = []
    for i in range(60):
        chosen = [WORDS[j] for j in rng.integers(0, len(WORDS), 15)]
        chosen[4] += ","
        chosen[9] = str(1000 + i)
        made.append(" ".join(chosen).capitalize() + ".")
    return made
