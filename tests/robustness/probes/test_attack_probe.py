import keras
import numpy as np
import pytest

from keras_distill import predictors
from keras_distill.attacks import FGSM, PGD
from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.measuring.measurement import Measurement
from keras_distill.robustness.measuring.record_store import RecordStore
from keras_distill.robustness.probes.attack_probe import EPSILONS, STEPS, attack_probe


def tiny(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    first, second = tiny(0), tiny(1)
    images = np.random.default_rng(0).integers(0, 256, (150, 4, 4, 1), np.uint8)
    labels = second.predict(images / np.float32(255), verbose=0).argmax(1)
    models = {
        "first": first,
        "second": second,
        "copy": lambda x: second(x),
        "other": lambda x: first(x),
    }
    loaded = {name: predictors.load(model, name=name) for name, model in models.items()}
    store = RecordStore(tmp_path_factory.mktemp("cells"), {})
    measurement = Measurement(loaded, MeasuredData((images, labels)), "first", store, 0, 1)
    parents = {"copy": "second", "other": None}
    found = attack_probe(measurement, ["fgsm", "pgd"], parents, "first", 5)
    return found, (images / np.float32(255)).astype("float32"), labels, second


def test_what_has_no_gradient_is_attacked_through_its_parent(rows):
    found = rows[0]
    assert len(found) == 2 * len(EPSILONS) * 4
    sources = {row["model"]: row["crafted_on"] for row in found}
    assert sources == {"first": "first", "second": "second", "copy": "second", "other": "first"}
    by_model = {
        name: [row["accuracy"] for row in found if row["model"] == name] for name in sources
    }
    # The same function answers the same.
    assert by_model["copy"] == by_model["second"] and by_model["other"] == by_model["first"]


@pytest.mark.parametrize("attack, number", [("fgsm", 0), ("pgd", 1)])
def test_accuracy_is_that_on_the_attacks_own_images(rows, attack, number):
    found, images, labels, second = rows
    for epsilon in EPSILONS:
        if attack == "fgsm":
            made = FGSM(second, epsilon)
        else:
            made = PGD(second, epsilon, step_size=epsilon / 4, steps=STEPS["pgd"], seed=5)
        moved = np.concatenate([made(images[i : i + 100], labels[i : i + 100]) for i in (0, 100)])
        expected = (second.predict(moved, verbose=0).argmax(1) == labels).mean()
        (row,) = [
            row
            for row in found
            if (row["model"], row["attack"], row["epsilon"]) == ("second", attack, epsilon)
        ]
        assert row["accuracy"] == expected and row["n"] == 150
        assert row["accuracy_ci95"][0] <= row["accuracy"] <= row["accuracy_ci95"][1]


def test_stronger_attacks_hurt_more(rows):
    accuracy = {
        (row["attack"], row["epsilon"]): row["accuracy"]
        for row in rows[0]
        if row["model"] == "second"
    }
    for attack in STEPS:
        values = [accuracy[attack, epsilon] for epsilon in EPSILONS]
        assert 1.0 > values[0] > values[-1]


def test_without_any_gradient_there_is_no_row(tmp_path):
    loaded = {"a": predictors.load(lambda x: np.zeros((len(x), 2)))}
    data = MeasuredData((np.zeros((3, 4, 4, 1)), [0, 1, 0]))
    measurement = Measurement(loaded, data, "a", RecordStore(tmp_path / "run", {}), 0, 1)
    assert attack_probe(measurement, ["fgsm"], {}, "a", 0) == []
