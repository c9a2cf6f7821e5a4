"""OnlineTeacher: outputs and features in one forward, without gradient."""

import numpy as np

from keras_distill.distillation.online_teacher import OnlineTeacher


def test_outputs_features_and_kind(build, data):
    model = build("t")
    teacher = OnlineTeacher(model, lambda x: 2 * x, ["feature"])
    features, outputs = teacher.run(data[0])
    np.testing.assert_allclose(outputs, model(2 * data[0]), rtol=1e-6)
    assert features["feature"].shape == (64, 16)
    assert teacher.kind() == "unknown"
    teacher.learn_kind()
    assert teacher.kind() == "logits" == teacher.kind("feature")
    assert "call" not in vars(model.get_layer("feature"))
