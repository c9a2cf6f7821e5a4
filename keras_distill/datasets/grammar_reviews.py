"""Short reviews of two classes, made by a grammar: texts that need no file and no network."""

import random

import numpy as np

from keras_distill.datasets import grammar_words as words

SIZES = {"train": 3000, "validation": 600, "test": 600}
CLASS_NAMES = ("negative", "positive")
SEED = 20150309


def grammar_reviews():
    """`{"train": (texts in UTF-8, labels), …}` and class names; always the same.

    No one wrote these reviews. A fifth of the clauses is negated; in a third of the reviews a
    clause of the contrary opinion stands before or behind the one that decides ("although …",
    "…, but …"); what others thought of the thing decides nothing. So the opinion words alone,
    in whatever order, cannot tell the classes. 28 of 40 adverbs occur in validation and test
    only, in a fifth of their texts ("hopelessly told", where training has "hopeless"): who
    reads pieces of words or letters may know them, who reads words cannot. 16 adjectives stand
    alone only there; training has them beside another that it knows ("riveting and superb").

    No text occurs twice. 3,000 for training, 600 for validation, 600 for test; 13 words each
    on average, 35 at most; 160 different ones in training, and numbers.

    Measured over words, test accuracy of three seeds after five epochs of batches of 32, two
    threads of a CPU: a bag of embeddings 71.5 to 72.3 % (3 seconds), a BiLSTM of 32 units 91.8
    to 93.3 % (17 seconds), and under typos (`keyboard`, severity 3) 59 to 61 % and 64 to 66 %.
    A transformer of two layers from scratch had 70 % after eight epochs (25 seconds; one seed):
    3,000 texts do not teach it where words stand.
    """
    parts, seen = {}, set()
    for number, (split, size) in enumerate(SIZES.items()):
        review = _Review(random.Random(SEED + number), split == "train")
        texts = []
        while len(texts) < size:
            # By turns, so that the classes are equal in number.
            text = review.make(len(texts) % 2)
            if text not in seen:
                seen.add(text)
                texts.append(text.encode())
        order = sorted(range(size), key=lambda _: review.draw())
        labels = np.arange(size, dtype=np.int32) % 2
        parts[split] = np.array(texts, object)[order], labels[order]
    return parts, CLASS_NAMES


def _pairs(table):
    """{polarity: [(adjective, adverb), …]}."""
    positive, negative = ([tuple(p.split()) for p in side.split("|")] for side in table)
    return {1: positive, 0: negative}


COMMON, RARE = _pairs(words.COMMON), _pairs(words.RARE)


class _Review:
    """Draws reviews, of training or of the other two."""

    def __init__(self, rng, training):
        # `random.random` alone is the same in every version of Python.
        self.draw = rng.random
        self.training = training

    def one(self, choices):
        """One of them, drawn evenly."""
        return choices[int(self.draw() * len(choices))]

    def chance(self, share):
        return self.draw() < share

    def make(self, label):
        """A review of a class."""
        if self.chance(0.35):
            contrast = self.one(words.CONTRASTS)
            core = contrast.format(a=self.clause(1 - label), b=self.clause(label))
        elif self.chance(0.3):
            core = self.one(words.AGREEMENTS)
            core = core.format(a=self.clause(label), b=self.clause(label))
        else:
            core = self.clause(label) + "."
        around = []
        if self.chance(0.3):
            around.append(
                self.one(words.DISTRACTIONS).format(adjective=self.one(COMMON[self.chance(0.5)])[0])
            )
        if self.chance(0.3):
            day, number = self.one(words.DAYS), 2 + int(self.draw() * 120)
            around.append(self.one(words.ASIDES).format(day=day, number=number))
        place = int(self.draw() * (len(around) + 1))
        sentences = [*around[:place], core, *around[place:]]
        return " ".join(s[0].upper() + s[1:] for s in sentences)

    def clause(self, polarity):
        """ "the plot was hardly very dull" for 1, as for 0 without "hardly"."""
        start = f"the {self.one(words.ASPECTS)} {self.one(words.VERBS)}"
        before = ""
        if self.chance(0.2):
            before = self.one(words.NEGATIONS) + " "
            polarity = 1 - polarity
        elif self.chance(0.15):
            before = self.one(words.AFFIRMATIONS) + " "
        if self.chance(0.3):
            before += self.one(words.INTENSIFIERS) + " "
        return f"{start} {before}{self.opinion(polarity)}"

    def opinion(self, polarity):
        """An adjective, two, or an adverb with its participle."""
        common, rare = COMMON[polarity], RARE[polarity]
        half = len(common) // 2
        kind = self.draw()
        if self.training:
            if kind < 0.6:
                return self.one(common)[0]
            if kind < 0.8:
                two = [self.one(common)[0], self.one(rare)[0]]
                return " and ".join(two if self.chance(0.5) else two[::-1])
            return f"{self.one(common[:half])[1]} {self.one(words.TOLD)}"
        if kind < 0.55:
            return self.one(common)[0]
        if kind < 0.7:
            return self.one(rare)[0]
        if kind < 0.85:
            return f"{self.one(common[:half])[1]} {self.one(words.TOLD)}"
        return f"{self.one([*common[half:], *rare])[1]} {self.one(words.TOLD)}"
