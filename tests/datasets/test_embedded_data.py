import re

import numpy as np
import pytest

from keras_distill.datasets import embedded_data


def test_fashion_mnist_is_balanced_and_no_test_image_is_in_training():
    parts, names = embedded_data.read_embedded("fashion_mnist")
    assert len(names) == 10
    assert np.bincount(parts["train"][1]).tolist() == [1200] * 10
    assert np.bincount(parts["test"][1]).tolist() == [200] * 10
    train = {image.tobytes() for image in parts["train"][0]}
    assert not any(image.tobytes() in train for image in parts["test"][0])


def test_damaged_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "fashion_mnist.npz").write_bytes(b"damaged")
    monkeypatch.setattr(embedded_data, "FOLDER", tmp_path)
    expected = embedded_data.EMBEDDED["fashion_mnist"][1]
    sentence = (
        f"Expected the embedded 'fashion_mnist.npz' with sha256 {expected}. Received: "
        "41f0c27c00e8018f7715b5f50f67b5b54c229c1b843a014152785d9005f58fde. The installation is "
        "damaged: install keras-distill again."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        embedded_data.read_embedded("fashion_mnist")
