"""What `load` hands out: three data sets and what is known of them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Splits:
    """Training, validation and test set, always three; unpacks as those.

    Args:
        train: `tf.data.Dataset` of batches (images float32 in [0, 1]
            `(batch, height, width, channels)` or texts, strings `(batch,)`; labels int32
            `(batch,)`). Its order is a function of the seed and of `train.epoch`, a variable
            that counts the passes.
        validation: The same for choosing; cut from the training data where the source
            has none, never from the test data.
        test: The same for the last look.
        name: What was loaded.
        class_names: One name a class, in the order of the labels.
        input_shape: `(height, width, channels)` of images, `()` of texts; what `tokenized`
            makes of one text after it.
        sizes: `{"train": …, "validation": …, "test": …}`, examples in each.
        truncation: What `tokenized` left out, as its data sets say it. Defaults to `None`.

    Example:

    ```python
    data = kd.datasets.load("fashion_mnist", batch_size=100)
    train, validation, test = data
    assert data.sizes == {"train": 10000, "validation": 2000, "test": 2000}
    assert data.class_names[9] == "Ankle boot"
    ```
    """

    train: object
    validation: object
    test: object
    name: str
    class_names: tuple
    input_shape: tuple
    sizes: dict
    truncation: object = None

    def __iter__(self):
        return iter((self.train, self.validation, self.test))
