"""Losses for transformers on KerasHub's models by path; importing keras_hub alone takes seconds."""

import keras
import numpy as np
import pytest

import keras_distill as kd

pytestmark = [
    pytest.mark.slow,
    # KerasHub's tasks have a `compile` of their own, which Keras says when it loads one.
    pytest.mark.filterwarnings(r"ignore:`compile\(\)` was not called as part of model loading"),
]
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "film", "is", "not", "good", "bad"]


def sizes(layers, width, tokens=16, vocabulary=30):
    return {
        "vocabulary_size": vocabulary, "num_layers": layers, "num_heads": 2, "hidden_dim": width,
        "intermediate_dim": 2 * width, "max_sequence_length": tokens,
    }  # fmt: skip


def classifier(layers, width, seed):
    import keras_hub

    keras.utils.set_random_seed(seed)
    backbone = keras_hub.models.BertBackbone(**sizes(layers, width), dropout=0.0, name="bert")
    return keras_hub.models.BertTextClassifier(
        backbone, num_classes=3, dropout=0.0, name="bert_text_classifier"
    )


def language_model(layers, width, seed):
    import keras_hub

    keras.utils.set_random_seed(seed)
    backbone = keras_hub.models.GPT2Backbone(**sizes(layers, width), dropout=0.0, name="gpt2")
    return keras_hub.models.GPT2CausalLM(backbone)


def sentences(padding, segments=False):
    """Twelve sentences of 2 to 8 ids, with more or less padding behind."""
    rng = np.random.default_rng(0)
    lengths, tokens = rng.integers(2, 9, 12), 8 + padding
    real = np.arange(tokens) < lengths[:, None]
    ids = np.pad(rng.integers(1, 30, (12, 8)), ((0, 0), (0, padding)))
    x = {"token_ids": np.where(real, ids, 0), "padding_mask": real}
    if segments:
        x["segment_ids"] = np.zeros_like(ids)
    return {name: each.astype("int32") for name, each in x.items()}


def attention(model, number, name="self_attention_layer"):
    return f"{model}/transformer_layer_{number}/{name}"


def bert_losses():
    layer = "bert/transformer_layer_{}".format
    return [
        kd.losses.SoftTargets(),
        kd.losses.HiddenStates(
            {"bert/embeddings_layer_norm": "bert/embeddings_layer_norm", layer(1): layer(0),
             layer(3): layer(1)}, seed=0,
        ),
        kd.losses.HiddenStates({layer(1): layer(0)}, True, True, "first", seed=0),
        kd.losses.AttentionMaps(
            {attention("bert", 1): attention("bert", 0), attention("bert", 3): attention("bert", 1)}
        ),
        kd.losses.ValueRelations(attention("bert", 3), attention("bert", 1)),
        kd.losses.ValueRelations(attention("bert", 3), attention("bert", 1), relation_heads=4),
    ]  # fmt: skip


def test_a_bert_of_four_layers_teaches_one_of_two(tmp_path):
    y = np.random.default_rng(1).integers(0, 3, 12)
    made = []
    for padding in (0, 5):
        student = classifier(2, 8, 1)
        distiller = kd.Distiller(classifier(4, 16, 0), student, bert_losses())
        distiller.compile(keras.optimizers.Adam(1e-2), LOSS)
        x = sentences(padding, segments=True)
        history = distiller.fit(x, y, epochs=3, batch_size=6, shuffle=False, verbose=0).history
        made.append((history, student.get_weights()))
    assert len(made[0][0]) == 8
    for name, values in made[0][0].items():
        np.testing.assert_allclose(made[1][0][name], values, rtol=2e-3, err_msg=name)
        # Attention and answers of fresh models hardly differ: there is nothing to gain.
        assert values[-1] < values[0] or "hidden" not in name, name
    distiller.save(tmp_path / "bert.keras")
    loaded = keras.models.load_model(tmp_path / "bert.keras")
    wanted = distiller.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    given = loaded.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    assert given == pytest.approx(wanted, rel=1e-5)


def test_the_projections_have_keras_names_in_every_backbone():
    import keras_hub

    names = {"Bert": "self_attention_layer", "DistilBert": "self_attention_layer",
             "Roberta": "self_attention_layer", "GPT2": "self_attention"}  # fmt: skip
    for family, name in names.items():
        backbone = getattr(keras_hub.models, f"{family}Backbone")(**sizes(1, 8), name="model")
        loss = kd.losses.ValueRelations(*[f"transformer_layer_0/{name}"] * 2)
        taps = kd.predictors.FeatureTaps(backbone, loss.teacher_layer_name, "teacher")
        with taps.capture() as features:
            backbone(sentences(0, segments=family == "Bert"))
        outputs = [features[path] for path in loss.teacher_layer_name]
        assert [tuple(each.shape) for each in outputs] == [(12, 8, 2, 4)] * 3, family
        np.testing.assert_allclose(loss(outputs, outputs), np.zeros((12, 8)), atol=1e-6)


def test_the_nearest_layer_is_named():
    loss = kd.losses.AttentionMaps({attention("bert", 3): attention("bert", 9)})
    with pytest.raises(ValueError) as error:
        kd.Distiller(classifier(4, 16, 0), classifier(2, 8, 1), loss)
    layer = "bert/transformer_layer_{}/self_attention_layer".format
    assert str(error.value) == (
        f"The student 'bert_text_classifier' has no layer at the path '{layer(9)}/query'. Nearest: "
        f"'{layer(1)}/query', '{layer(0)}/query', '{layer(1)}/key'."
    )


def test_stored_projections_and_states_of_a_bert(tmp_path):
    features = [path for loss in bert_losses()[1:4:2] for path in loss.teacher_layer_name]
    x, y = sentences(0, segments=True), np.random.default_rng(1).integers(0, 3, 12)

    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(6)
    teacher = classifier(4, 16, 0)
    stored = kd.teachers.precompute(
        teacher, data, tmp_path / "outputs", features=features, dtype="float32", verbose=False
    )
    made = []
    for given, batches in (
        (teacher, data), (stored, kd.teachers.attach(data, tmp_path / "outputs"))
    ):  # fmt: skip
        distiller = kd.Distiller(given, classifier(2, 8, 1), bert_losses()[1:4:2])
        distiller.compile(keras.optimizers.Adam(1e-2), LOSS)
        made.append(distiller.fit(batches, epochs=2, verbose=0).history)
    for name, values in made[0].items():
        np.testing.assert_allclose(made[1][name], values, rtol=1e-3, err_msg=name)


def causal_losses():
    layer = "gpt2/transformer_layer_{}".format
    return [
        kd.losses.SequenceSoftTargets(),
        kd.losses.SoftTargets(2.0),
        kd.losses.HiddenStates({"gpt2/embeddings_add": "gpt2/embeddings_add", layer(1): layer(0)}),
        kd.losses.AttentionMaps(
            {attention("gpt2", 1, "self_attention"): attention("gpt2", 0, "self_attention")},
            causal=True,
        ),
        kd.losses.ValueRelations(
            attention("gpt2", 1, "self_attention"), attention("gpt2", 0, "self_attention"),
            causal=True,
        ),
    ]  # fmt: skip


def next_tokens(tokens):
    """x, y and sample weights as KerasHub's causal preprocessors make them."""
    ids, mask = tokens["token_ids"], tokens["padding_mask"].astype("int32")
    x = {"token_ids": ids[:, :-1], "padding_mask": mask[:, :-1]}
    return x, ids[:, 1:], mask[:, 1:].astype("float32")


def test_padding_moves_nothing_in_a_causal_language_model():
    made = []
    for padding in (1, 6):  # the longest sentence needs one to predict
        x, y, weight = next_tokens(sentences(padding))
        student = language_model(1, 8, 1)
        distiller = kd.Distiller(language_model(2, 16, 0), student, causal_losses())
        # Keras's default divides by padding too.
        task = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        )
        distiller.compile(keras.optimizers.SGD(0.1), task)
        logs = distiller.train_on_batch(x, y, weight, return_dict=True)
        made.append(({key: float(each) for key, each in logs.items()}, student.get_weights()))
    assert len(made[0][0]) == 7
    assert made[1][0] == pytest.approx(made[0][0], rel=1e-4)
    for one, other in zip(made[0][1], made[1][1], strict=True):
        # Positions of padding have a row of the embedding, which nothing moves.
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_student_of_sequences_that_the_teacher_generated():
    import keras_hub

    teacher = language_model(2, 16, 0)
    # A sharper teacher, so that there is something to learn.
    teacher.backbone.token_embedding.embeddings.assign(
        8.0 * teacher.backbone.token_embedding.embeddings
    )
    teacher.compile(sampler=keras_hub.samplers.RandomSampler(seed=0))
    prompts = np.random.default_rng(0).integers(1, 30, (64, 2))
    length = 12
    given = np.pad(prompts, ((0, 0), (0, length - 2)))
    mask = np.broadcast_to(np.arange(length) < 2, given.shape)
    # Kim and Rush: generate once, then train the student on what was generated.
    generated = teacher.generate(
        {"token_ids": given.astype("int32"), "padding_mask": mask}, stop_token_ids=None
    )
    generated = {name: np.array(each) for name, each in generated.items()}
    np.testing.assert_array_equal(generated["token_ids"][:, :2], prompts)
    x, y, weight = next_tokens(generated)
    weight[:, 0] = 0.0  # nobody generated the prompt
    assert weight.sum() == 64 * (length - 2)
    student = language_model(1, 8, 1)
    distiller = kd.Distiller(teacher, student, kd.losses.SequenceSoftTargets())
    distiller.compile(keras.optimizers.Adam(3e-2), LOSS)
    history = distiller.fit(x, y, sample_weight=weight, batch_size=32, epochs=6, verbose=0).history
    assert (
        history["sequence_soft_targets_loss"][-1] < 0.8 * history["sequence_soft_targets_loss"][0]
    )
    assert history["student_loss"][-1] < history["student_loss"][0]
    # By hand, in float64: the divergence of each token, added up over the ten of a sequence.
    t, s = (np.array(model(x), "float64") for model in (teacher, student))
    log_p, log_q = (each - np.log(np.exp(each).sum(-1, keepdims=True)) for each in (t, s))
    wanted = ((np.exp(log_p) * (log_p - log_q)).sum(-1) * weight).sum(-1).mean()
    made = distiller.evaluate(
        x, y, sample_weight=weight, verbose=0, return_dict=True, distillation=True
    )
    assert made["sequence_soft_targets_loss"] == pytest.approx(wanted, rel=1e-3)


def text_classifier(layers, width, length, order, seed):
    import keras_hub

    keras.utils.set_random_seed(seed)
    tokenizer = keras_hub.models.BertTokenizer([*WORDS[:5], *WORDS[5:][::order]])
    return keras_hub.models.BertTextClassifier(
        keras_hub.models.BertBackbone(**sizes(layers, width), name="bert"),
        num_classes=2,
        preprocessor=keras_hub.models.BertTextClassifierPreprocessor(
            tokenizer, sequence_length=length
        ),
        name=f"reads_{length}",
    )


def test_two_tokenizers_two_lengths_and_a_task_as_teacher(tmp_path):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 24)
    texts = [" ".join(rng.choice(WORDS[5:], rng.integers(1, 5))) + " good" for _ in y]

    def made():
        teacher = text_classifier(2, 16, 12, 1, 0)
        student = text_classifier(1, 8, 8, -1, 1)
        distiller = kd.Distiller(
            teacher, student, teacher_inputs="teacher", student_inputs="student"
        )
        distiller.compile("adam", LOSS, metrics=["accuracy"])
        return distiller

    whole, half = made(), made()
    x = {
        "teacher": whole.teacher.preprocessor(texts),
        "student": whole.student.preprocessor(texts),
    }
    x = keras.tree.map_structure(keras.ops.convert_to_numpy, x)
    arguments = {"batch_size": 12, "shuffle": False, "verbose": 0}
    whole.fit(x, y, epochs=2, **arguments)
    half.fit(x, y, epochs=1, **arguments)
    half.save(tmp_path / "half.keras")
    resumed = keras.models.load_model(tmp_path / "half.keras")
    assert resumed.teacher.preprocessor.tokenizer.get_vocabulary() == WORDS
    resumed.fit(x, y, epochs=2, initial_epoch=1, **arguments)
    for one, other in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(one, other)
    wanted = whole.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    given = resumed.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    assert given == pytest.approx(wanted, rel=1e-6)
