"""attach: the right outputs beside the right examples, or a sentence."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.distillation import Distiller
from keras_distill.losses import ContrastiveRepresentation, FeatureHint, SoftTargets
from keras_distill.teachers import Precomputed, attach, from_arrays, precompute
from keras_distill.teachers.attached_batch import detached

tf = pytest.importorskip("tensorflow")


def build(seed=1):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(5, "relu", name="hidden"),
            layers.Dense(3),
        ]
    )


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return rng.random((40, 8, 8, 1)).astype("float32"), rng.integers(0, 3, 40).astype("int32")


def batches(x, y, shuffle=False, size=8):
    data = tf.data.Dataset.from_tensor_slices((x, y))
    return (data.shuffle(40, seed=1) if shuffle else data).batch(size)


def flip():
    return layers.RandomFlip("horizontal", seed=7)


def stateless(image, seed):
    return image + tf.random.stateless_uniform(image.shape, seed, 0.0, 0.1)


def worst(data, teacher, clean=None):
    found, views = 0.0, []
    for x, _ in data:
        x, ids, stored = detached(x)
        views.append(np.array(x))
        fed = x if clean is None else clean[ids.numpy()]
        found = max(found, np.abs(np.array(stored["outputs"]) - np.array(teacher(fed))).max())
    return found, np.concatenate(views)


def refused(call, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        call()


def test_training_is_the_same_as_with_the_teacher_itself(arrays, tmp_path):
    teacher = build()
    precompute(teacher, batches(*arrays), tmp_path / "c", features=["hidden"], verbose=False)

    def trained(who, data):
        hint = FeatureHint("hidden", "hidden", projection=True, seed=1)
        distiller = Distiller(who, build(2), [SoftTargets(), hint])
        distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return distiller.fit(data, epochs=3, verbose=0).history["loss"]

    data = attach(batches(*arrays), tmp_path / "c")
    np.testing.assert_allclose(
        trained(data.teacher, data), trained(teacher, batches(*arrays)), rtol=1e-3
    )


def test_shuffled_data_finds_its_outputs(arrays, tmp_path):
    teacher = build()
    precompute(teacher, batches(*arrays, shuffle=True), tmp_path / "c", verbose=False)
    data = attach(batches(*arrays, shuffle=True, size=7), tmp_path / "c")
    assert worst(data, teacher)[0] < 3e-3 and int(data.cardinality()) == 6


def test_features_that_are_not_asked_for_are_not_read(arrays, tmp_path):
    precompute(build(), batches(*arrays), tmp_path / "c", features=["hidden"], verbose=False)
    data = attach(batches(*arrays), tmp_path / "c", features=[])
    assert data.teacher.features == {} and detached(next(iter(data))[0])[2]["features"] == {}


@pytest.mark.parametrize("augment", [flip, lambda: stateless])
def test_teacher_and_student_see_the_same_view(arrays, tmp_path, augment):
    teacher, clean = build(), arrays[0]
    precompute(
        teacher, batches(*arrays), tmp_path / "c", augment=augment(), epochs=2, verbose=False
    )
    data = attach(batches(*arrays, size=5), tmp_path / "c", augment=augment())
    epochs = [worst(data, teacher) for _ in range(3)]
    assert all(difference < 3e-3 for difference, _ in epochs)
    first, second, third = (views for _, views in epochs)
    assert (first != clean).any() and (first != second).any()
    np.testing.assert_array_equal(first, third)  # round the two epochs that were kept
    data.epoch.assign(1)
    np.testing.assert_array_equal(worst(data, teacher)[1], second)


def test_a_clean_teacher_beside_an_augmented_student(arrays, tmp_path):
    teacher, clean = build(), arrays[0]
    precompute(teacher, batches(*arrays), tmp_path / "c", verbose=False)
    data = attach(batches(*arrays), tmp_path / "c", augment=flip(), view="clean")
    difference, views = worst(data, teacher, clean)
    assert difference < 3e-3 and (views != clean).any()
    assert (worst(data, teacher, clean)[1] != views).any()


def test_other_data_and_other_augmentation_are_refused(arrays, tmp_path):
    x, y = arrays
    teacher, folder = build(), tmp_path / "c"
    precompute(teacher, batches(x, y), folder, verbose=False)
    sentence = (
        f"No outputs of the teacher for 8 of 8 examples of a batch (the first: number 0) in "
        f"'{folder}'. Received: other data, or data prepared in another way than what the teacher "
        "was given. Precompute on this data."
    )
    refused(lambda: attach(batches(x / 2, y), folder), sentence)
    refused(
        lambda: attach(batches(x, y), folder, augment=flip()),
        f"'{folder}' holds the teacher's outputs on the examples as they are. Received: "
        'augment=... with view="same". Pass view="clean" to let the student alone see augmented '
        "examples, or precompute with augment=... .",
    )
    views = tmp_path / "v"
    precompute(teacher, batches(x, y), views, augment=flip(), verbose=False)
    refused(
        lambda: attach(batches(x, y), views),
        f"'{views}' holds the teacher's outputs on augmented views. Received: augment=None, "
        "view='same'. Pass the augment that precompute was given, or precompute without one.",
    )
    refused(
        lambda: attach(batches(x, y), views, augment=layers.RandomContrast(0.5, seed=7)),
        sentence.replace(str(folder), str(views)),
    )
    refused(
        lambda: attach(batches(x, y), folder, view="both"),
        '`view` must be "same" or "clean". Received: view=\'both\'.',
    )


def test_arrays_belong_to_positions(arrays):
    x, y = arrays
    outputs = np.random.default_rng(3).normal(size=(40, 3)).astype("float32")
    order = np.random.default_rng(4).permutation(40)
    data = attach(batches(x, y, size=7), from_arrays(outputs[order], sample_ids=order))
    stored = np.concatenate([detached(each)[2]["outputs"] for each, _ in data])
    np.testing.assert_array_equal(stored, outputs)
    refused(
        lambda: attach(batches(x, y), from_arrays(outputs[:3], sample_ids=[0, 1, 3])),
        "No outputs of the teacher for 5 of 8 examples of a batch (the first: id 2) in the arrays. "
        "Received: other data, or data prepared in another way than what the teacher was given. "
        "Precompute on this data.",
    )
    refused(
        lambda: attach(batches(x, y, shuffle=True), from_arrays(outputs)),
        "Examples that are known by their position must come in one order. Received: a data set "
        "whose first batch differs between two passes. Attach first, shuffle afterwards.",
    )


def test_a_training_set_of_ours_knows_its_examples():
    import keras_distill as kd

    train, _, _ = kd.datasets.load("fashion_mnist", batch_size=1000)
    ids, images, _ = next(iter(train.numbered))
    outputs = np.arange(10_000, dtype="float32")[:, None].repeat(2, 1)
    train.epoch.assign(0)
    data = attach(train, from_arrays(outputs))
    x, rows, stored = detached(next(iter(data))[0])
    np.testing.assert_array_equal(x, images)
    np.testing.assert_array_equal(stored["outputs"][:, 0], ids)
    np.testing.assert_array_equal(rows, ids)


def test_numbers_alone_for_a_teacher_that_runs(arrays):
    data = attach(batches(*arrays, size=15))
    (x, y), *_ = list(data)
    x, ids, stored = detached(x)
    np.testing.assert_array_equal(ids, np.arange(15))
    assert stored is None and x.shape == (15, 8, 8, 1) and y.shape == (15,)
    loss = ContrastiveRepresentation("hidden", "hidden", examples=40, negatives=8, seed=0)
    distiller = Distiller(build(1), build(2), loss)
    distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert np.isfinite(distiller.fit(data, verbose=0).history["contrastive_representation_loss"])


def test_what_holds_shapes_only_cannot_be_attached(arrays):
    refused(
        lambda: attach(batches(*arrays), Precomputed((3,))),
        "`attach` needs the outputs themselves. Received: a Precomputed that was loaded with a "
        "model and holds shapes only. Pass the folder that precompute wrote.",
    )
