"""What `evaluate` was told, checked before anything is measured."""

import difflib

from keras_distill.corruptions.sequence import STEPS

ATTACKS = ("fgsm", "pgd")


def check_arguments(models, baseline, facts, margin, attacks, sequences, out_of_distribution=None):
    """Raises a sentence for the first thing that is wrong."""
    if baseline not in models:
        raise ValueError(
            f"The baseline {baseline!r} is not among the models. Expected one of: "
            f"{', '.join(models)}."
        )
    stray = sorted(set(facts) - set(models))
    if stray:
        raise ValueError(
            f"There are facts about {', '.join(stray)}, but no such model. Expected one of: "
            f"{', '.join(models)}."
        )
    for name, known in facts.items():
        parent = known.get("parent")
        if parent is not None and (parent not in models or parent == name):
            raise ValueError(
                f"The parent of {name!r} is {parent!r}, which is no other model. Expected one "
                f"of: {', '.join(each for each in models if each != name)}."
            )
    if not isinstance(margin, int | float) or not 0 <= margin < 1:
        raise ValueError(
            "`margin` must be a fraction from 0 to below 1, 0.005 for half a point. Received: "
            f"margin={margin!r}."
        )
    for what, wanted, known in (
        ("attacks", attacks, ATTACKS),
        ("sequences", sequences, tuple(STEPS)),
    ):
        for name in [wanted] if isinstance(wanted, str) else wanted:
            if name not in known or isinstance(wanted, str):
                near = difflib.get_close_matches(str(name), known, n=1)
                hint = f" Did you mean: [{near[0]!r}]?" if near else ""
                raise ValueError(
                    f"`{what}` must be a list out of {', '.join(known)}. Received: "
                    f"{wanted!r}.{hint}"
                )
    if out_of_distribution is not None and not isinstance(out_of_distribution, dict):
        raise ValueError(
            "`out_of_distribution` must be a dict of name → images, so that the report can name "
            f"them. Received: {type(out_of_distribution).__name__}."
        )


def check_modality(modality, attacks, sequences):
    """Raises a sentence where texts are to be moved as pictures, before hours are spent."""
    if modality == "text" and (list(attacks) or list(sequences)):
        raise ValueError(
            "`attacks` and `sequences` change pictures, but the data are texts. Leave both out."
        )
