import numpy as np

from keras_distill import corruptions, predictors
from keras_distill.robustness.measurement import digest, measure


def test_every_model_sees_the_bytes_that_are_named(data):
    images, labels = data
    seen = {"a": [], "b": []}

    def model(name):
        def remember(batch):
            seen[name].append(np.array(batch))
            return np.eye(2)[labels]

        return predictors.load(remember, name=name)

    loaded = {name: model(name) for name in seen}
    noise = corruptions.get("gaussian_noise", 3)
    made = measure(loaded, images, labels, [("gaussian_noise", 3, noise)], "b", 7, False)
    cells, correct, hashes = made
    assert [(cell.model, cell.severity) for cell in cells] == [
        ("a", 0), ("a", 3), ("b", 0), ("b", 3),
    ]  # fmt: skip
    assert correct["a"].all() and cells[0].agreement == 1.0
    assert (seen["a"][1] == seen["b"][1]).all() and (seen["a"][1] == noise(images, 7)).all()
    assert hashes == {"clean/0": digest(seen["a"][0]), "gaussian_noise/3": digest(seen["b"][1])}
