"""From encoded images to a model's outputs, as one more signature."""


def image_bytes(serving):
    """A `tf.function` from JPEG or PNG files to the outputs of a model.

    Each image is decoded, made as large as the model's input and preprocessed. One of just that
    size gives what its pixels give.

    Args:
        serving: The `Serving`, with preprocessing: of one picture.

    Returns:
        The function, which takes `image_bytes`, strings `(n,)`.

    Raises:
        ValueError: The model takes something else, or how it is fed is not known.
    """
    import tensorflow as tf

    model, ends = serving.model, serving.ends
    if serving.preprocessing is None:
        raise ValueError(
            "Received image_bytes=True without `preprocess`, so what the model makes of pixels "
            "from 0 to 255 is not known. Give preprocess='include' (pixels / 255), or a Keras "
            "layer; keras.layers.Identity() if the model takes the pixels as they are."
        )
    shapes = [end.shape for end in ends.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][2] not in (1, 3):
        raise ValueError(
            f"Received image_bytes=True, but the model {model.name!r} takes examples of shape "
            f"{', '.join(str(shape) for shape in shapes)}. Expected one picture with 1 or 3 "
            "channels."
        )
    (name,) = (end.name for end in ends.inputs)
    height, width, channels = shapes[0]

    def decoded(content):
        image = tf.io.decode_image(content, channels, expand_animations=False)
        image.set_shape((None, None, channels))
        return tf.image.resize(image, (height, width), antialias=True)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def endpoint(image_bytes):
        pixels = tf.map_fn(decoded, image_bytes, fn_output_signature=tf.float32)
        pixels = tf.ensure_shape(pixels, (None, height, width, channels))
        return serving.in_the_file({name: pixels})

    return endpoint
