"""What a folder in Hugging Face's format says of the classifier inside."""

import dataclasses
import json
import pathlib

# Of KerasHub's GELUs (the tanh form in BERT) these differ by a thousandth at most.
_GELUS = ("gelu", "gelu_new", "gelu_python", "gelu_fast", "gelu_pytorch_tanh")
# Rows of the embedding that may have no word: sizes are rounded up for the hardware's sake.
_ROUNDED = 128


@dataclasses.dataclass
class _Kind:
    """How one kind of model is called and where its classifier's tensors belong.

    Args:
        architecture: What the configuration calls it.
        name: What KerasHub's classes begin with.
        prefix: Of the backbone's tensors.
        layers: From the head's tensors, without `.weight` and `.bias`, to KerasHub's layers.
        needed: Other tensors that a classifier must have.
        files: The tokenizer's.
    """

    architecture: str
    name: str
    prefix: str
    layers: dict
    needed: tuple
    files: tuple


_KINDS = {
    "bert": _Kind(
        "BertForSequenceClassification", "Bert", "bert.", {"classifier": "logits"},
        ("bert.pooler.dense.weight", "bert.pooler.dense.bias"), ("vocab.txt",),
    ),
    "distilbert": _Kind(
        "DistilBertForSequenceClassification", "DistilBert", "distilbert.",
        {"pre_classifier": "pooled_dense", "classifier": "logits"}, (), ("vocab.txt",),
    ),
    "roberta": _Kind(
        "RobertaForSequenceClassification", "Roberta", "roberta.",
        {"classifier.dense": "pooled_dense", "classifier.out_proj": "logits"}, (),
        ("vocab.json", "merges.txt"),
    ),
}  # fmt: skip


class HuggingFaceFolder:
    """Reads a folder's configuration and refuses what would be loaded wrongly.

    Args:
        folder: With `config.json`, `model.safetensors` and the tokenizer's files.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: The model is not one that KerasHub builds alike.
    """

    def __init__(self, folder):
        self.path = pathlib.Path(folder)
        self.config = self._json("config.json")
        kind = _KINDS.get(self.config.get("model_type"))
        received = (self.config.get("architectures") or ["no architecture"])[0]
        if kind is None or received != kind.architecture:
            expected = ", ".join(each.architecture for each in _KINDS.values())
            raise ValueError(
                f"Expected the folder of a text classifier, one of {expected}. Received: "
                f"{received} in {self.path}. Of a model without a classifier's head, KerasHub's "
                "from_preset(folder, num_classes=...) gives you one to train."
            )
        self.kind = kind
        for name, allowed in (
            ("hidden_act", _GELUS),
            ("activation", _GELUS),
            ("position_embedding_type", ("absolute",)),
            ("type_vocab_size", (2,) if kind.name == "Bert" else (1,)),
        ):
            value = self.config.get(name, allowed[0])
            if value not in allowed:
                raise ValueError(
                    f"KerasHub builds {kind.name} with {name} {allowed[0]!r} only. Received: "
                    f"{name} {value!r} in {self.path / 'config.json'}."
                )
        for name in kind.files:
            self._file(name)
        self._check_words()

    @property
    def class_names(self):
        """The names of the classes in the order of the logits."""
        labels = self.config.get("id2label") or {}
        names = {int(key): str(value) for key, value in labels.items()}
        if sorted(names) != list(range(len(names))) or not names:
            raise ValueError(
                "Expected `id2label` to name the classes 0, 1, … Received: "
                f"{labels} in {self.path / 'config.json'}."
            )
        return [names[i] for i in range(len(names))]

    def tokenizer(self, models):
        """The tokenizer as the folder describes it, of `keras_hub.models`."""
        maker = getattr(models, f"{self.kind.name}Tokenizer")
        files = [str(self.path / name) for name in self.kind.files]
        if len(files) > 1:
            return maker(*files)
        exists = (self.path / "tokenizer_config.json").exists()
        settings = self._json("tokenizer_config.json") if exists else {}
        lowercase = settings.get("do_lower_case", True)
        strip = settings.get("strip_accents")
        # Where it is not said, accents go with the capitals, which KerasHub leaves out.
        strip = lowercase if strip is None else strip
        return maker(files[0], lowercase=lowercase, strip_accents=strip)

    def tensors(self):
        """From the names of all tensors to the file that holds each."""
        from safetensors import safe_open

        if (self.path / "model.safetensors.index.json").exists():
            where = self._json("model.safetensors.index.json")["weight_map"]
            return {name: self._file(file) for name, file in where.items()}
        if not (self.path / "model.safetensors").exists() and (
            old := next(self.path.glob("*.bin"), None)
        ):
            raise ValueError(
                f"Expected model.safetensors in {self.path}. Received: {old.name}, a pickle, which "
                "can run code when it is read. Save the model again with safetensors."
            )
        file = self._file("model.safetensors")
        with safe_open(file, framework="np") as opened:
            return dict.fromkeys(opened.keys(), file)

    def _check_words(self):
        name = self.kind.files[0]
        text = (self.path / name).read_text(encoding="utf-8")
        words = len(json.loads(text)) if name.endswith(".json") else len(text.splitlines())
        rows = self.config["vocab_size"]
        if not 0 <= rows - words < _ROUNDED:
            raise ValueError(
                "The vocabulary does not match the weights: expected one of "
                f"{rows} words, as many as the embedding has rows. Received: {words} words in "
                f"{self.path / name}. Take the file that the model was trained with."
            )

    def _json(self, name):
        return json.loads(self._file(name).read_text(encoding="utf-8"))

    def _file(self, name):
        if not (self.path / name).exists():
            raise FileNotFoundError(
                f"Expected {name} in the folder {self.path}. Received: "
                f"{sorted(file.name for file in self.path.glob('*'))}."
            )
        return self.path / name
