"""The traced step holds the work of one student step and one teacher forward, and no more."""

import collections

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.distillation import Distiller
from keras_distill.losses import FeatureHint, SoftTargets

HEAVY = (
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv2DBackpropFilter",
    "MatMul",
    "FusedBatchNormV3",
    "FusedBatchNormGradV3",
)


def network(width, name):
    inputs = x = keras.Input((8, 8, 3))
    for index in range(3):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"conv_{index}")(x)
        x = layers.BatchNormalization(name=f"norm_{index}")(x)
        x = layers.ReLU(name=f"relu_{index}")(x)
    x = layers.Dropout(0.2, seed=1)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(4)(x), name=name)


def counted(graph):
    found = collections.Counter(each.type for each in graph.get_operations())
    for name in list(getattr(graph, "_functions", {})):
        for node in graph._functions[name].cached_definition.node_def:
            found[node.op] += 1
    return {name: found[name] for name in HEAVY}


def step_of(model):
    import tensorflow as tf

    model.compile(
        "sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    x, y = np.zeros((4, 8, 8, 3), "float32"), np.zeros(4, "int32")
    model.train_on_batch(x, y)
    step = tf.function(lambda a, b: model.train_step((a, b)), jit_compile=False)
    return counted(step.get_concrete_function(tf.constant(x), tf.constant(y)).graph)


@pytest.mark.parametrize("features", [pytest.param(0, marks=pytest.mark.slow), 3])
def test_convolutions_and_products_are_counted(features):
    tf = pytest.importorskip("tensorflow")
    teacher, student = network(8, "teacher"), network(8, "student")
    alone = step_of(network(8, "alone"))
    forward = tf.function(lambda x: teacher(x, training=False))
    forward = counted(forward.get_concrete_function(tf.zeros((4, 8, 8, 3))).graph)
    hints = [FeatureHint(f"relu_{i}", f"relu_{i}", projection=False) for i in range(3)[:features]]
    distilled = step_of(Distiller(teacher, student, [SoftTargets(), *hints]))
    assert alone["Conv2DBackpropFilter"] == 3 and alone["MatMul"] == 3
    assert distilled == {name: alone[name] + forward[name] for name in HEAVY}
