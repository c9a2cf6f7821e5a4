import re

import pytest

from keras_distill.robustness.measuring.arguments import check_arguments, check_modality

RIGHT = {"models": ["a", "b"], "baseline": "a", "facts": {}, "margin": 0.005}


def check(**changed):
    check_arguments(**(RIGHT | {"attacks": (), "sequences": ()} | changed))


def test_right_ones_pass():
    check(facts={"b": {"parent": "a"}}, attacks=["fgsm", "pgd"], sequences=("rotate",), margin=0)


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"baseline": "c"}, "The baseline 'c' is not among the models. Expected one of: a, b."),
        (
            {"facts": {"c": {}}},
            "There are facts about c, but no such model. Expected one of: a, b.",
        ),
        (
            {"facts": {"b": {"parent": "c"}}},
            "The parent of 'b' is 'c', which is no other model. Expected one of: a.",
        ),
        (
            {"facts": {"b": {"parent": "b"}}},
            "The parent of 'b' is 'b', which is no other model. Expected one of: a.",
        ),
        (
            {"margin": 0.5 * 3},
            "`margin` must be a fraction from 0 to below 1, 0.005 for half a point. Received: "
            "margin=1.5.",
        ),
        (
            {"attacks": ["fgsn"]},
            "`attacks` must be a list out of fgsm, pgd. Received: ['fgsn']. Did you mean: "
            "['fgsm']?",
        ),
        (
            {"attacks": "fgsm"},
            "`attacks` must be a list out of fgsm, pgd. Received: 'fgsm'. Did you mean: ['fgsm']?",
        ),
        (
            {"sequences": ("zzz",)},
            "`sequences` must be a list out of translate, rotate, brightness. Received: ('zzz',).",
        ),
    ],
)
def test_wrong_ones(changed, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        check(**changed)


def test_the_attacks_known_are_those_that_the_probe_makes():
    from keras_distill.robustness.measuring.arguments import ATTACKS
    from keras_distill.robustness.probes.attack_probe import STEPS

    assert set(ATTACKS) == set(STEPS)


@pytest.mark.parametrize("asked", [{"attacks": ["pgd"]}, {"sequences": ("rotate",)}])
def test_texts_are_not_moved_as_pictures(asked):
    given = {"attacks": (), "sequences": ()} | asked
    check_modality("image", **given)
    check_modality("text", (), ())
    sentence = "`attacks` and `sequences` change pictures, but the data are texts. Leave both out."
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        check_modality("text", **given)
