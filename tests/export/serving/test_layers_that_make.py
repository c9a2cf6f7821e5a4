"""Who made an operator."""

import keras

from keras_distill.export.serving.layers_that_make import layers_that_make

layers = keras.layers


def test_innermost_layers_operations_and_bodies_of_loops():
    import tensorflow as tf

    odd = layers.Lambda(lambda x: keras.ops.erfinv(x), name="odd")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), odd], name="inner")

    class Looping(layers.Layer):
        def call(self, x):
            return keras.ops.while_loop(
                lambda x: keras.ops.sum(x) < 9, lambda x: (keras.ops.erfinv(x) + 1,), (x,)
            )[0]

    inputs = keras.Input((4,))
    x = keras.ops.erfinv(inputs)
    model = keras.Model(inputs, layers.Dense(4)(Looping(name="loop")(inner(x))))
    # The layer of the graph's own operation has the name that Keras gave it.
    (operation,) = [o.name for o in model.operations if o.name.startswith("erfinv")]

    def trace():
        tf.function(lambda x: model(x)).get_concrete_function(tf.TensorSpec((1, 4)))

    found = layers_that_make(model, trace, {"Erfinv", "NotThere"})
    assert found == {name: {"Erfinv"} for name in ("inner/odd", operation, "loop")}
