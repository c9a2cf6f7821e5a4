"""Labels of a file, words or numbers, as numbers of classes."""

import numpy as np


def label_numbers(columns):
    """`({split: labels int32}, class names)`.

    Numbers 0 … n − 1 stay, and are the names; words become classes in sorted order.

    Args:
        columns: {split: (name of the file, labels as they stand there)}. The classes are
            those of `"train"`, or of `"all"`.

    Raises:
        ValueError: An empty label, one class, numbers that do not go from 0 to n − 1, nearly
            as many classes as examples, or a label in another split that training lacks.
    """
    file, known = columns.get("train") or columns["all"]
    names = sorted(set(known))
    if "" in names:
        raise ValueError(
            f"Expected a label for each text. Received: {known.count('')} texts without one in "
            f"'{file}'. Label them, or remove their lines."
        )
    if all(name.removeprefix("-").isdecimal() for name in names):
        names = sorted(names, key=int)
        if [int(name) for name in names] != list(range(len(names))):
            raise ValueError(
                "Expected words for labels, or the numbers 0 to n − 1, each of them in training. "
                f"Received: {_some(names)} in '{file}'. Number the classes from 0, or name them."
            )
    if len(names) < 2:
        raise ValueError(
            f"Expected labels of at least two classes. Received: {_some(names)} alone in '{file}'."
        )
    if 2 * len(names) > max(len(known), 4):
        raise ValueError(
            f"Expected several examples of a class. Received: {len(names)} classes for "
            f"{len(known)} examples in '{file}'. The first column is the label, or the one that "
            "its first line calls 'label'."
        )
    numbers = {name: number for number, name in enumerate(names)}
    made = {}
    for split, (other, labels) in columns.items():
        strange = next((label for label in labels if label not in numbers), None)
        if strange is not None:
            raise ValueError(
                f"Expected the labels of training ({_some(names)}) in '{other}' too. Received: "
                f"'{strange}'. Correct it, or add examples of it to '{file}'."
            )
        made[split] = np.array([numbers[label] for label in labels], np.int32)
    return made, tuple(names)


def _some(names):
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
