"""The last epochs go on from the distilled student."""

import numpy as np

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer import fine_tuning


def test_it_begins_where_distillation_ended(trained):
    distilled, tuned = trained.model("distilled"), trained.model("fine_tuned")
    distance = sum(
        float(np.abs(a - b).sum())
        for a, b in zip(distilled.get_weights(), tuned.get_weights(), strict=True)
    )
    whole = sum(
        float(np.abs(a - b).sum())
        for a, b in zip(trained.fresh_student().get_weights(), tuned.get_weights(), strict=True)
    )
    assert 0 < distance < 0.3 * whole


def test_what_it_needs():
    assert fine_tuning.needs(TransferConfiguration(fine_tuning={})) == ("distillation",)
    alone = TransferConfiguration(distillation=None, fine_tuning={})
    assert fine_tuning.needs(alone) == ("student",)
    assert not fine_tuning.wanted(TransferConfiguration())
