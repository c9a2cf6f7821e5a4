import re

import keras
import numpy as np
import pytest

from keras_distill.models.token_ids import check_dropout, check_size, token_ids


def refused(sentence, call, *args, **kwargs):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        call(*args, **kwargs)


def test_ids_and_which_are_real():
    ids, real = token_ids(10, 4)
    assert (ids.shape, ids.dtype, ids.name) == ((None, 4), "int32", "ids")
    given = np.array([[5, 9, 0, 0], [0, 0, 0, 0]], np.int32)
    found = keras.ops.convert_to_numpy(keras.Model(ids, real)(given))
    np.testing.assert_array_equal(found[..., 0], [[1, 1, 0, 0], [0, 0, 0, 0]])


def test_wrong_sizes():
    refused(
        "`vocabulary_size` must be a whole number of at least 2. Received: vocabulary_size=1.",
        token_ids, 1, 4,
    )  # fmt: skip
    refused(
        "`sequence_length` must be a whole number of at least 1. Received: sequence_length=None.",
        token_ids, 10, None,
    )  # fmt: skip
    refused(
        "`width` must be a whole number of at least 1. Received: width=2.5.",
        token_ids, 10, 4, width=2.5,
    )  # fmt: skip
    refused(
        "`width` must be a whole number of at least 1. Received: width=True.",
        check_size, "width", True, 1,
    )  # fmt: skip


@pytest.mark.parametrize("dropout", [-0.1, 1])
def test_wrong_dropout(dropout):
    refused(
        "`dropout` is the share of values to drop, at least 0 and below 1. "
        f"Received: dropout={dropout}.",
        check_dropout, dropout,
    )  # fmt: skip
