"""Judges a text: python export/python/text_to_ids.py student.tflite "a good film"

The tokenizer needs nothing but Python; to run the file, ai-edge-litert and NumPy. Copy this file
and make it yours. `--check` makes the ids of the texts in FILE.golden.json instead, and exits with
1 if some are others.
"""

import json
import pathlib
import re
import sys
import unicodedata

_CJK = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ceaf\U0002f800-\U0002fa1f]"
)
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ASCII = "".join(map(chr, range(33, 127)))
_PUNCTUATION = "".join(c for c in _ASCII if not c.isalnum())
_LOWER = str.maketrans({c: c.lower() for c in _ASCII})


class Tokenizer:
    """Texts to `{input: ids}`, by what FILE.manifest.json says and the words of FILE.vocab.txt."""

    def __init__(self, model):
        model = pathlib.Path(model)
        page = json.loads(model.with_name(f"{model.name}.manifest.json").read_text("utf-8"))
        self.told = page.get("tokenization") or {"kind": "no tokenization"}
        if self.told["kind"] not in ("wordpiece", "text_vectorization") or (
            self.told.get("ngrams") or self.told.get("special_tokens")
        ):
            raise ValueError(f"Cannot make ids as {model.name} needs them: {self.told}")
        words = model.with_name(self.told["vocabulary"]).read_bytes().decode().split("\n")[:-1]
        self.ids = {word: number for number, word in enumerate(words)}

    def __call__(self, text):
        told, ids = self.told, self.told["ids"]
        length = told["sequence_length"]
        if told["kind"] == "wordpiece":
            found = [self.ids[piece] for word in self._words(text) for piece in self._pieces(word)]
            found = [ids["start"], *found[: length - 2], ids["end"]]
        else:
            found = [self.ids.get(word, ids["unknown"]) for word in self._split(text)][:length]
        found += [ids["pad"]] * ((length or 0) - len(found))
        mask = [int(number != ids["pad"]) for number in found]
        made = {"token_ids": found, "padding_mask": mask, "segment_ids": [0] * len(found)}
        return {name: made[holds] for name, holds in told["inputs"].items()}

    def _words(self, text):
        """A text cut at white space, around punctuation and around each Chinese character."""
        if self.told["strip_accents"]:
            text = unicodedata.normalize("NFD", text)
            text = "".join(c for c in text if unicodedata.category(c) != "Mn")
        if self.told["split"]:
            text = "".join(map(self._apart, text))
        words = [word for word in text.split("\0") if word] if self.told["split"] else [text]
        if self.told["lowercase"]:  # Unicode's NFKC_Casefold
            folded = [unicodedata.normalize("NFKC", word).casefold() for word in words]
            words = [_IGNORED.sub("", unicodedata.normalize("NFKC", word)) for word in folded]
        return words

    def _apart(self, c):
        kind = unicodedata.category(c)
        if c == " " or kind in ("Cc", "Cf"):
            return "\0"
        cjk = self.told["split_on_cjk"] and _CJK.match(c)
        return f"\0{c}\0" if c in _PUNCTUATION or kind[0] == "P" or cjk else c

    def _pieces(self, word):
        """The longest piece of the vocabulary first, then what follows it; or all unknown."""
        pieces, start = [], 0
        while start < len(word) and len(word.encode()) <= 100:
            before = self.told["suffix_indicator"] if start else ""
            ends = range(len(word), start, -1)
            end = next((e for e in ends if before + word[start:e] in self.ids), None)
            if end is None:
                break
            pieces.append(before + word[start:end])
            start = end
        return pieces if start == len(word) else [self.told["tokens"]["unknown"]]

    def _split(self, text):
        standardize = self.told["standardize"] or ""
        text = text.translate(_LOWER) if standardize.startswith("lower") else text
        if standardize.endswith("strip_punctuation"):
            text = "".join(c for c in text if c not in _PUNCTUATION)
        if self.told["split"] == "whitespace":
            return [word for word in re.split("[ \t\n\v\f\r]+", text) if word]
        return list(text) if self.told["split"] == "character" else [text]


def main(path, text):
    tokenizer = Tokenizer(path)
    if text == "--check":
        page = json.loads(pathlib.Path(f"{path}.golden.json").read_text("utf-8"))
        wanted = zip(*(part["values"] for part in page["inputs"]), strict=True)
        names = [part["name"] for part in page["inputs"]]
        made = [[tokenizer(text)[name] for name in names] for text in page["texts"]]
        wrong = sum(one != list(other) for one, other in zip(made, wanted, strict=True))
        print(f"{len(made)} golden texts, {wrong} with other ids")
        return 1 if wrong else 0
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(model_path=str(path)).get_signature_runner("serving_default")
    types = {name: detail["dtype"] for name, detail in run.get_input_details().items()}
    outputs = run(**{name: np.array([ids], types[name]) for name, ids in tokenizer(text).items()})
    page = json.loads(pathlib.Path(f"{path}.manifest.json").read_text("utf-8"))
    for name, values in outputs.items():
        print(f"{name} ({page['outputs']}, {page['labels']}): {values[0].tolist()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
