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
    records, cells, hashes = made
    assert cells == [("clean", 0), ("gaussian_noise", 3)]
    assert set(records) == {("a", 0), ("a", 1), ("b", 0), ("b", 1)}
    assert (records["a", 0]["top"] == labels).all() and not records["a", 1]["kl"].any()
    assert (seen["a"][1] == seen["b"][1]).all() and (seen["a"][1] == noise(images, 7)).all()
    assert hashes == {"clean/0": digest(seen["a"][0]), "gaussian_noise/3": digest(seen["b"][1])}
