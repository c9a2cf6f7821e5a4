"""The students of benchmarks/text.py: what they are fed, how they begin, how they are trained."""

import time

import keras
import numpy as np
import sentiment
import text_teachers

import keras_distill as kd

CACHE = text_teachers.CACHE
TEMPERATURE, WEIGHT = 2.0, 0.5
WORDS, LENGTH, PAIRS = 15_000, 40, 50_000
# (data, student): (steps, batch, learning rate). For IMDB twice 800 steps were chosen on 5,000
# reviews held out of training (88.5 % after 800, 90.0 % after 1,600, without a teacher).
TRAINING = {
    ("sst2", "bag_of_embeddings"): (800, 128, 3e-3),
    ("sst2", "bilstm"): (500, 128, 2e-3),
    ("sst2", "three_layers"): (160, 32, 5e-5),
    ("imdb", "bag_of_embeddings"): (1600, 128, 3e-3),
}


class Material:
    """Texts of one data set as a student's ids, and what the teacher said of them.

    Args:
        data: "sst2" or "imdb".
        student: One of `STUDENTS`.
        phrases: Whether GLUE's other training phrases are there too, without labels.
    """

    def __init__(self, data, student, phrases=False):
        self.data, self.student = data, student
        texts, self.y = text_teachers.texts(data, "train")
        self.logits = text_teachers.outputs(data, "train")
        if student == "three_layers":
            texts, self.y, self.logits = (each[:8000] for each in (texts, self.y, self.logits))
        self.labelled = len(texts)
        self.preprocessor = self._preprocessor(texts)
        if phrases:
            more = sentiment.sst2("phrases")[0]
            texts = [*texts, *more]
            self.y = np.concatenate([self.y, np.full(len(more), -1, "int32")])
            self.logits = np.concatenate([self.logits, text_teachers.outputs(data, "phrases")])
        self.x = self.ids(texts)

    def _preprocessor(self, texts):
        if self.student == "three_layers":
            return three_layers().preprocessor
        size, length = (WORDS, LENGTH) if self.data == "sst2" else (20_000, 512)
        words = keras.layers.TextVectorization(max_tokens=size, output_sequence_length=length)
        words.adapt(np.array(texts, object))
        return words

    def ids(self, texts):
        """What the student is fed: an array, or a dict of arrays."""
        made = self.preprocessor(np.array(texts, object))
        return keras.tree.map_structure(lambda each: np.asarray(each, "int32"), made)

    def build(self, seed):
        """The untrained student: the same weights for every arm."""
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        if self.student == "three_layers":
            model = three_layers()
            return keras.Model(model.inputs, model.outputs)
        length = self.x.shape[1]
        arguments = {} if self.student == "bilstm" else {"embedding_width": 16, "bigrams": PAIRS}
        if self.data == "imdb":
            arguments["bigrams"] = 4 * PAIRS
        size = self.preprocessor.vocabulary_size()
        return getattr(kd.models, self.student)(size, length, **arguments)

    def batches(self, batch, seed, taught):
        """Shuffled batches without end, with the teacher's outputs or without."""
        import tensorflow as tf

        data = tf.data.Dataset.from_tensor_slices((self.x, self.y)).batch(1000)
        if taught:
            data = kd.teachers.attach(data, kd.teachers.from_arrays(self.logits))
        data = data.unbatch().shuffle(len(self.y), seed=seed)
        return data.batch(batch, drop_remainder=True).repeat().prefetch(2)


def three_layers():
    """Layers 0, 2 and 5 of SST-2's teacher, with the word pieces of the training sentences."""
    path = CACHE / "three_layers.keras"
    if not path.exists():
        teacher = text_teachers.teacher("sst2")
        model = kd.models.fewer_layers(teacher, layers=[0, 2, 5])
        model.preprocessor.sequence_length = LENGTH
        kd.models.prune_vocabulary(model, sentiment.sst2("train")[0]).save(path)
    return keras.saving.load_model(path)


def train(material, seed, arm, temperature=TEMPERATURE, weight=WEIGHT, logits=None):
    """The student of an arm, and the seconds it took."""
    steps, batch, rate = TRAINING[material.data, material.student]
    if logits is not None:
        material.logits = logits
    student = material.build(seed)
    model = student
    if arm != "control":
        teacher = kd.teachers.from_arrays(material.logits)
        loss = kd.losses.SoftTargets(temperature=temperature)
        model = kd.Distiller(teacher, student, loss, None, weight)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1),
        jit_compile=False,
    )
    start = time.perf_counter()
    batches = material.batches(batch, seed, arm != "control")
    model.fit(batches, epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False)
    return student, time.perf_counter() - start


def right_on(material, student, part):
    """Whether the student is right, for each text of a part."""
    texts, labels = text_teachers.texts(material.data, part)
    outputs = student.predict(material.ids(texts), batch_size=256, verbose=0)
    return outputs.argmax(-1) == labels


def model_path(data, name, arm, seed):
    """Where a finished student lies."""
    return CACHE / "students" / f"{data}_{name}_{arm}_{seed}.keras"
