"""Every loss of the room passes the checks that users run on their own."""

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.losses import DistillationLoss
from keras_distill.testing import check_distillation_loss

L = kd.losses
PAIR = ("teacher_layer", "student_layer")
LISTS = (["a", "b"], ["c", "d"])
RELATIONAL = {"batch_relational": True}


def drawn(teacher, student):
    """Outputs of shapes that differ from the check's own: lists of them, or one."""
    rng = np.random.default_rng(0)
    return {
        f"{who}_outputs": keras.tree.map_shape_structure(
            lambda shape: rng.normal(size=shape).astype("float32"), shapes
        )
        for who, shapes in (("teacher", teacher), ("student", student))
    }


TOKENS = drawn([(8, 5, 6)] * 2, [(8, 5, 4)] * 2)
ATTENTION = drawn([(8, 5, 2, 6)] * 2, [(8, 5, 2, 6)] * 2)
RELATIONS = drawn([(8, 5, 2, 6)] * 3, [(8, 5, 2, 6)] * 3)
LABELLING = drawn((8, 5, 10), (8, 5, 10))
# How to make one, and what to tell the check about it.
EXAMPLES = {
    "AttentionTransfer": (lambda: L.AttentionTransfer(*PAIR), {}),
    "AttentionMaps": (lambda: L.AttentionMaps({"a": "b"}), ATTENTION),
    "BinarySoftTargets": (lambda: L.BinarySoftTargets(), {}),
    "ContrastiveRepresentation": (lambda: L.ContrastiveRepresentation(*PAIR, seed=0), RELATIONAL),
    "CorrelationCongruence": (lambda: L.CorrelationCongruence(*PAIR), RELATIONAL),
    "DIST": (lambda: L.DIST(), {**RELATIONAL, "saturates": True}),
    "DecoupledDistillation": (lambda: L.DecoupledDistillation(), {}),
    "Entropy": (lambda: L.Entropy(), {"zero_at_teacher": False, "saturates": True}),
    "FactorTransfer": (lambda: L.FactorTransfer(*PAIR), {}),
    "FeatureHint": (lambda: L.FeatureHint(*PAIR, seed=0), {}),
    "HardTeacherLabels": (lambda: L.HardTeacherLabels(), {"zero_at_teacher": False}),
    "HiddenStates": (lambda: L.HiddenStates({"a": "c", "b": "d"}, seed=0), TOKENS),
    "KerasLoss": (lambda: L.KerasLoss(keras.losses.MeanSquaredError()), {}),
    "LogitMatching": (lambda: L.LogitMatching(), {}),
    "MultiLevelLogits": (lambda: L.MultiLevelLogits(), RELATIONAL),
    "NeuronSelectivity": (lambda: L.NeuronSelectivity(*PAIR), {}),
    "ProbabilisticTransfer": (lambda: L.ProbabilisticTransfer(*PAIR), RELATIONAL),
    "RegressionTargets": (lambda: L.RegressionTargets(), {}),
    "RelationalDistillation": (lambda: L.RelationalDistillation(*PAIR), RELATIONAL),
    "ReviewDistillation": (lambda: L.ReviewDistillation(*LISTS, seed=0), {}),
    "SequenceSoftTargets": (lambda: L.SequenceSoftTargets(), LABELLING),
    "SimilarityPreservation": (lambda: L.SimilarityPreservation(*PAIR), RELATIONAL),
    "SimplifiedReuse": (lambda: L.SimplifiedReuse(*PAIR, seed=0), RELATIONAL),
    "SoftTargets": (lambda: L.SoftTargets(), {}),
    "SolutionFlow": (lambda: L.SolutionFlow(*LISTS), {}),
    "TeacherConfidence": (lambda: L.TeacherConfidence(L.SoftTargets()), {}),
    "ValueRelations": (lambda: L.ValueRelations(*PAIR), RELATIONS),
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
