"""Fine-tunes MiniLM-L6 on SST-2 and on IMDB, once, and keeps what it says of every example.

    python benchmarks/text_teachers.py [--only sst2 imdb]

The teachers of benchmarks/text.py. Models and outputs lie in runs/text/; a finished one is not
made again. text_teachers.csv has a line for each: what it was trained on, how accurate it is.
"""

import argparse
import csv
import pathlib
import time

import keras
import numpy as np
import sentiment

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "text_teachers.csv"
CACHE = HERE.parent / "runs" / "text"
COLUMNS = ("data examples epochs tokens cut_percent parameters part accuracy seconds").split()
SETTINGS = {
    # data: (examples, epochs, tokens, learning rate, lengths of batches)
    "sst2": (20000, 2, 64, 8e-5, (24, 32, 48, 64)),
    "imdb": (5000, 1, 128, 1e-4, (64, 96, 128)),
}
BATCH = 32


def teacher(data):
    """The fine-tuned `BertTextClassifier` of a data set."""
    import keras_hub  # noqa: F401 (its classes have to be known)

    path = CACHE / f"{data}_teacher.keras"
    if not path.exists():
        _train(data, path)
    return keras.saving.load_model(path)


def outputs(data, part):
    """The teacher's logits `(n, 2)` on a part of a data set, made once."""
    path = CACHE / f"{data}_{part}_logits.npz"
    if not path.exists():
        model = teacher(data)
        x, _ = tokens(data, part, model.preprocessor)
        np.savez(path, logits=sentiment.outputs_of(model, x, SETTINGS[data][4]))
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["logits"]


def texts(data, part):
    """Texts and labels of a part of a data set."""
    if data == "imdb" and part.startswith("test_"):
        words, labels = sentiment.imdb("test")
        return words[: int(part[5:])], labels[: int(part[5:])]
    return getattr(sentiment, data)(part)


def tokens(data, part, preprocessor):
    """What the teacher is fed, and the share of texts that were cut, in percent."""
    words, _ = texts(data, part)
    length = SETTINGS[data][2]
    if data == "imdb":
        x, cut = sentiment.head_and_tail(preprocessor, words, length)
        return x, 100 * cut / len(words)
    lengths = np.array([len(each) for each in preprocessor.tokenizer(words)])
    x = {name: np.asarray(value, "int32") for name, value in preprocessor(words).items()}
    return x, 100 * float(np.mean(lengths > length - 2))


def _train(data, path):
    examples, epochs, length, rate, widths = SETTINGS[data]
    keras.utils.set_random_seed(1)
    model = sentiment.minilm(length)
    x, cut = tokens(data, "train", model.preprocessor)
    y = texts(data, "train")[1]
    x, y = {name: value[:examples] for name, value in x.items()}, y[:examples]
    batches = sentiment.Bucketed(x, y, BATCH, widths, seed=1)
    schedule = keras.optimizers.schedules.CosineDecay(
        rate / 100, epochs * len(batches), warmup_target=rate, warmup_steps=len(batches) // 10
    )
    # Without its preprocessor: what it is fed are ids already.
    plain = keras.Model(model.inputs, model.outputs)
    plain.compile(
        keras.optimizers.AdamW(schedule, weight_decay=0.01, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    start = time.perf_counter()
    plain.fit(
        batches.endless(), epochs=epochs, steps_per_epoch=len(batches), verbose=2, shuffle=False
    )
    seconds = time.perf_counter() - start
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save(path)
    parts = {"sst2": ("train", "phrases", "glue", "test"), "imdb": ("test_5000",)}[data]
    found = {part: _accuracy(data, part) for part in parts}
    with open(TABLE, "a", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            lines.writerow(COLUMNS)
        for part, accuracy in found.items():
            row = [data, examples, epochs, length, f"{cut:.1f}", model.count_params(), part]
            lines.writerow([*row, f"{accuracy:.2f}", round(seconds)])


def _accuracy(data, part):
    return 100 * float(np.mean(outputs(data, part).argmax(-1) == texts(data, part)[1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    for data in parser.parse_args().only:
        teacher(data)
        outputs(data, "train")


if __name__ == "__main__":
    main()
