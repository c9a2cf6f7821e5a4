"""Sentences that a small model learns in a second, and a journey over them, made once."""

import random

import pytest

from keras_distill.pipeline import load_configuration
from keras_distill.pipeline.transfer.transfer_journey import TransferJourney

GOOD = "fine great lovely superb moving clever warm".split()
BAD = "dull awful boring weak silly flat grim".split()
THINGS = "film plot cast story music ending".split()
CONFIGURATION = """\
recipe: transfer
output: run
data: {name: reviews.tsv, batch_size: 32, sequence_length: 10, vocabulary_size: 100}
teachers:
  - architecture: bag_of_embeddings
    arguments: {embedding_width: 8}
    epochs: 6
    learning_rate: 0.02
  - {architecture: bag_of_embeddings, epochs: 6, learning_rate: 0.02, seed: 7}
student: {architecture: bag_of_embeddings, arguments: {embedding_width: 4}}
distillation: {epochs: 5, learning_rate: 0.02}
fine_tuning: {epochs: 1, learning_rate: 0.001}
robustness: {corruptions: [keyboard], severities: [3]}
"""


def write_reviews(path, count=360):
    """`label<TAB>text`; the words of praise and blame tell the label."""
    draw = random.Random(0)
    lines = []
    for _ in range(count):
        praise = draw.random() < 0.5
        word, thing = draw.choice(GOOD if praise else BAD), draw.choice(THINGS)
        text = draw.choice([f"the {thing} is {word}", f"a {word} {thing} , really"])
        lines.append(f"{'pos' if praise else 'neg'}\t{text}\n")
    path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A `TransferJourney` whose models are trained; nothing is exported."""
    folder = tmp_path_factory.mktemp("transfer")
    write_reviews(folder / "reviews.tsv")
    (folder / "c.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return TransferJourney(load_configuration(folder / "c.yaml")).run(until="fine_tuning")
