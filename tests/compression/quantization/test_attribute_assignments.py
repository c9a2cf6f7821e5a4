import keras
import pytest

from keras_distill.compression.quantization.attribute_assignments import (
    AttributeAssignments,
    carried_out,
)


def built():
    layer = keras.layers.Dense(2, activation="relu", name="head")
    layer.build((None, 3))
    return layer


def test_it_notes_and_changes_nothing():
    layer = built()
    noted = AttributeAssignments(layer)
    noted.units, noted.kernel = 9, "tensor"
    assert (layer.units, noted.units, noted.name) == (2, 2, "head")
    assert layer.kernel.shape == (3, 2)


def test_functions_and_plain_values_as_long_as_it_lasts_and_variables_are_handed_on():
    layer = built()
    noted = AttributeAssignments(layer)
    noted.units, noted.kernel, noted.activation = 9, "tensor", lambda x: x + 1
    with pytest.raises(KeyError), carried_out(noted, by=None) as variables:
        [(variable, value)] = variables
        assert (variable is layer.kernel, value) == (True, "tensor")
        assert (layer.units, layer.activation(1)) == (9, 2)
        raise KeyError
    assert (layer.units, layer.activation) == (2, keras.activations.relu)


def test_a_function_behind_a_property_is_set_by_the_property():
    class Behind(keras.layers.Layer):
        @property
        def function(self):
            return self.held["function"]

        @function.setter
        def function(self, value):
            self.held["function"] = value

    layer = Behind()
    layer.held = {"function": abs}
    noted = AttributeAssignments(layer)
    noted.function = len
    with carried_out(noted, by=None) as variables:
        assert (layer.function, variables) == (len, [])
    assert layer.function is abs


def test_plain_values_that_several_replicas_would_share(monkeypatch):
    import tensorflow as tf

    noted = AttributeAssignments(built())
    noted.units = 9
    extended = type("Extended", (), {"worker_devices": ("CPU:0", "CPU:1")})
    strategy = type("Strategy", (), {"extended": extended})
    monkeypatch.setattr(tf.distribute, "has_strategy", lambda: True)
    monkeypatch.setattr(tf.distribute, "get_strategy", lambda: strategy)
    with pytest.raises(ValueError) as caught, carried_out(noted, by=abs):
        pass
    assert str(caught.value) == (
        "Under a strategy of several replicas, a `QuantizeConfig` may set variables and functions "
        "of a layer only, which are another in each replica. Received: 'units' of layer 'head', "
        "set by builtin_function_or_method. Set a function, for example the activation, or train "
        "without the strategy."
    )
    assert noted._layer.units == 2
