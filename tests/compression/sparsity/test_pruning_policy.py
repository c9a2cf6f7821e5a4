import pytest

from keras_distill import _tfmot
from keras_distill.compression import PruneForLatencyOnXNNPack
from keras_distill.compression.sparsity.pruning_policy import policy_for_keras_3


class Mine:
    def allow_pruning(self, layer):
        return layer.name == "head"

    def ensure_model_supports_pruning(self, model):
        pass


def test_what_is_taken():
    mine = Mine()
    assert policy_for_keras_3(None) is None
    assert policy_for_keras_3(mine) is mine
    assert type(policy_for_keras_3(_tfmot.PruneForLatencyOnXNNPack())) is PruneForLatencyOnXNNPack


@pytest.mark.parametrize("wrong", ["xnnpack", Mine, PruneForLatencyOnXNNPack, lambda layer: True])
def test_something_else(wrong):
    with pytest.raises(ValueError) as caught:
        policy_for_keras_3(wrong)
    assert str(caught.value) == (
        "`pruning_policy` expects an object with the methods `allow_pruning(layer)` and "
        f"`ensure_model_supports_pruning(model)`. Received: {wrong!r}. Pass for example "
        "`keras_distill.compression.PruneForLatencyOnXNNPack()`, with its parentheses."
    )


def test_a_policy_of_tfmot_changed_by_inheritance():
    class Changed(_tfmot.PruneForLatencyOnXNNPack):
        pass

    with pytest.raises(ValueError) as caught:
        policy_for_keras_3(Changed())
    assert str(caught.value) == (
        "`pruning_policy` must judge Keras 3 layers. Received: a Changed, which inherits from "
        "TF-MOT's PruneForLatencyOnXNNPack and knows tf_keras layers only. Inherit from "
        "`keras_distill.compression.PruneForLatencyOnXNNPack` instead."
    )
