"""Every loss of the room passes the checks that users run on their own."""

import keras
import pytest

import keras_distill as kd
from keras_distill.losses import DistillationLoss
from keras_distill.testing import check_distillation_loss

L = kd.losses
PAIR = ("teacher_layer", "student_layer")
LISTS = (["a", "b"], ["c", "d"])
RELATIONAL = {"batch_relational": True}
# How to make one, and what to tell the check about it.
EXAMPLES = {
    "AttentionTransfer": (lambda: L.AttentionTransfer(*PAIR), {}),
    "BinarySoftTargets": (lambda: L.BinarySoftTargets(), {}),
    "ContrastiveRepresentation": (lambda: L.ContrastiveRepresentation(*PAIR, seed=0), RELATIONAL),
    "CorrelationCongruence": (lambda: L.CorrelationCongruence(*PAIR), RELATIONAL),
    "DIST": (lambda: L.DIST(), {**RELATIONAL, "saturates": True}),
    "DecoupledDistillation": (lambda: L.DecoupledDistillation(), {}),
    "Entropy": (lambda: L.Entropy(), {"zero_at_teacher": False, "saturates": True}),
    "FactorTransfer": (lambda: L.FactorTransfer(*PAIR), {}),
    "FeatureHint": (lambda: L.FeatureHint(*PAIR, seed=0), {}),
    "HardTeacherLabels": (lambda: L.HardTeacherLabels(), {"zero_at_teacher": False}),
    "KerasLoss": (lambda: L.KerasLoss(keras.losses.MeanSquaredError()), {}),
    "LogitMatching": (lambda: L.LogitMatching(), {}),
    "MultiLevelLogits": (lambda: L.MultiLevelLogits(), RELATIONAL),
    "NeuronSelectivity": (lambda: L.NeuronSelectivity(*PAIR), {}),
    "ProbabilisticTransfer": (lambda: L.ProbabilisticTransfer(*PAIR), RELATIONAL),
    "RegressionTargets": (lambda: L.RegressionTargets(), {}),
    "RelationalDistillation": (lambda: L.RelationalDistillation(*PAIR), RELATIONAL),
    "ReviewDistillation": (lambda: L.ReviewDistillation(*LISTS, seed=0), {}),
    "SimilarityPreservation": (lambda: L.SimilarityPreservation(*PAIR), RELATIONAL),
    "SimplifiedReuse": (lambda: L.SimplifiedReuse(*PAIR, seed=0), RELATIONAL),
    "SoftTargets": (lambda: L.SoftTargets(), {}),
    "SolutionFlow": (lambda: L.SolutionFlow(*LISTS), {}),
    "TeacherConfidence": (lambda: L.TeacherConfidence(L.SoftTargets()), {}),
    "VariationalInformation": (lambda: L.VariationalInformation(*PAIR), {}),
}


def classes():
    for name in dir(L):
        each = getattr(L, name)
        if isinstance(each, type) and issubclass(each, DistillationLoss):
            if name not in ("DistillationLoss", "ResponseLoss"):
                yield name


@pytest.mark.parametrize("name", sorted(classes()))
def test_loss_passes_the_public_checks(name):
    assert name in EXAMPLES, f"{name} has no example here: add one"
    build, arguments = EXAMPLES[name]
    keras.utils.set_random_seed(0)
    check_distillation_loss(build(), **arguments)
