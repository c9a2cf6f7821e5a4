import string

import keras
import numpy as np
import pytest

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = [*string.ascii_lowercase, *(f"##{letter}" for letter in string.ascii_lowercase)]
WORDS = ["the", "film", "was", "good", "bad", "very", "boring", "##ing", "run", "##nn", "."]
VOCABULARY = [*SPECIAL, *WORDS, *LETTERS, "walk", "##ed", "zebra", "##bra", "un"]


@pytest.fixture(scope="session")
def tiny_bert():
    """Builds a KerasHub `BertTextClassifier` whose weights all differ from 0."""
    import keras_hub

    def build(layers=4, sequence_length=10, hub=keras_hub, seed=0, vocabulary=VOCABULARY):
        keras.utils.set_random_seed(seed)
        backbone = hub.models.BertBackbone(
            vocabulary_size=len(vocabulary),
            num_layers=layers,
            num_heads=2,
            hidden_dim=8,
            intermediate_dim=12,
            max_sequence_length=16,
        )
        tokenizer = hub.models.BertTokenizer(vocabulary=vocabulary, lowercase=True)
        preprocessor = hub.models.BertTextClassifierPreprocessor(
            tokenizer, sequence_length=sequence_length
        )
        model = hub.models.BertTextClassifier(backbone, 3, preprocessor=preprocessor)
        rng = np.random.default_rng(seed)
        model.set_weights([0.3 * rng.normal(size=w.shape) for w in model.get_weights()])
        return model

    return build
