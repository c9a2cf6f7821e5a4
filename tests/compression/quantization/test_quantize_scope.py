import keras

from keras_distill.compression import LastValueQuantizer, quantize_scope


def test_tfmots_quantizers_and_what_is_given_are_known_inside():
    class Mine:
        def get_config(self):
            return {}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    quantizer = keras.saving.serialize_keras_object(LastValueQuantizer(8, False, True, True))
    with quantize_scope({"Mine": Mine}):
        again = keras.saving.deserialize_keras_object(quantizer)
        assert keras.saving.get_registered_object("Mine") is Mine
    assert again == LastValueQuantizer(8, False, True, True)
    assert keras.saving.get_registered_object("Mine") is None
