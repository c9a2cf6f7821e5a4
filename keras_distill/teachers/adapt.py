"""Wraps a model so that it takes the data's convention and keeps its own inside."""

import keras

from keras_distill.teachers import input_scales


def adapt(model, input_scale="[0, 1]", channels="rgb", class_map=None):
    """Returns the model behind an adapter: images in [0, 1], RGB in, the data's classes out.

    A teacher that somebody else trained has its own idea of an image. This puts
    the difference into the graph, in stock layers, so that what comes out is an
    ordinary `keras.Model` that saves, loads and exports. The weights are shared
    with `model`, not copied.

    Args:
        model: A `keras.Model` with one image input and one output `(batch, classes)`; for a
            `class_map` alone with any inputs, texts and dicts too.
        input_scale: What `model` expects: `"[0, 1]"`, `"[0, 255]"`, `"[-1, 1]"`,
            `"[-0.5, 0.5]"`, or `"torch"` / `"caffe"`, the modes of
            `keras.applications.imagenet_utils.preprocess_input`. Defaults to `"[0, 1]"`.
        channels: `"rgb"` or `"bgr"`: the order `model` expects. Defaults to `"rgb"`.
            `"caffe"`'s means are subtracted in the order that `channels` gives.
        class_map: `class_map[i]` is the output of `model` that belongs to the data's
            class `i`; as long as the data has classes. Defaults to `None`, the
            same order.

    Returns:
        A `keras.Model`; `model` itself when there is nothing to adapt.

    Raises:
        ValueError: if a convention is unknown, or `class_map` names an output that
            `model` does not have, or one twice.

    Example:

    ```python
    teacher = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten(),
         keras.layers.Dense(3)])
    adapted = kd.teachers.adapt(teacher, input_scale="[0, 255]", class_map=[2, 0, 1])
    images = np.random.default_rng(0).random((4, 8, 8, 3), dtype="float32")
    expected = teacher.predict(255 * images, verbose=0)[:, [2, 0, 1]]
    assert np.allclose(adapted.predict(images, verbose=0), expected, atol=1e-5)
    ```
    """
    own = model.input if hasattr(model, "operations") else None
    if isinstance(model, keras.Sequential):
        own = model.inputs[0]
    one = not keras.tree.is_nested(own)
    shape = tuple(model.input_shape[1:]) if one else ()
    if not one and (input_scale != "[0, 1]" or channels != "rgb"):
        raise ValueError(
            "`input_scale` and `channels` are of one image input. Received: "
            f"input_scale={input_scale!r}, channels={channels!r} for '{model.name}' with "
            f"{len(model.inputs)} inputs. Leave them out; a class_map alone goes with any inputs."
        )
    input_scales.check(input_scale, channels, shape[-1] if shape else None)
    classes = model.output_shape[-1]
    if class_map is not None:
        class_map = [int(i) for i in class_map]
        wrong = sorted({i for i in class_map if not 0 <= i < classes})
        if wrong or len(set(class_map)) < len(class_map):
            raise ValueError(
                f"`class_map` must name each output of the model at most once, 0 to {classes - 1}. "
                f"Received: class_map={class_map}."
            )
    same_order = class_map is None or class_map == list(range(classes))
    if input_scale == "[0, 1]" and channels == "rgb" and same_order:
        return model
    if one and len(shape) == 3 or own is None:
        inputs = keras.Input(shape, name="images")
    else:
        inputs = keras.tree.map_structure(
            lambda each: keras.Input(batch_shape=each.shape, dtype=each.dtype, name=each.name), own
        )
    x = inputs
    if channels == "bgr":
        x = keras.ops.flip(x, axis=-1)
    if input_scale != "[0, 1]":
        scale, offset = input_scales.INPUT_SCALES[input_scale]
        x = keras.layers.Rescaling(scale, offset, name="input_scale")(x)
    outputs = model(x)
    if not same_order:
        outputs = keras.ops.take(outputs, class_map, axis=-1)
    return keras.Model(inputs, outputs, name=f"{model.name}_adapted")
