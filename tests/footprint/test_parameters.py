import keras

from keras_distill.footprint import parameters


def test_counts_every_weight():
    model = keras.Sequential([keras.Input((4, 4, 2)), keras.layers.Conv2D(3, 3)])
    model.add(keras.layers.BatchNormalization())
    assert parameters(model) == 3 * 3 * 2 * 3 + 3 + 4 * 3
