"""What a model is fed out of a batch's x."""

import inspect


def fed(x, inputs, who, **context):
    """x, entries of a dict x, or a function of x.

    Args:
        x: The batch's inputs.
        inputs: `None`, a key, a list of keys, or a layer or function of x. A function is
            also given what it names of `context`.
        who: `"teacher"` or `"student"`, for the sentence.
        **context: `labels`, `teacher_outputs`, `training`: what else a function may ask for.

    Raises:
        ValueError: x has no such key.
    """
    if inputs is None:
        return x
    if callable(inputs):
        # A layer's own signature is that of its `call`.
        named = inspect.signature(getattr(inputs, "call", inputs)).parameters
        return inputs(x, **{key: each for key, each in context.items() if key in named})
    keys = [inputs] if isinstance(inputs, str) else list(inputs)
    missing = [key for key in keys if not isinstance(x, dict) or key not in x]
    if missing:
        known = f"a dict with {sorted(x)}" if isinstance(x, dict) else type(x).__name__
        raise ValueError(
            f"`{who}_inputs` names entries of a dict x. Received: {who}_inputs={inputs!r} for "
            f"{known}. Name keys that exist, or pass a function of x."
        )
    return x[inputs] if isinstance(inputs, str) else {key: x[key] for key in keys}
