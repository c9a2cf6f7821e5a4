"""What an export hands back."""

import dataclasses
import os
import pathlib

from keras_distill.export.proof.parity import Parity


@dataclasses.dataclass(frozen=True)
class Artefact(os.PathLike):
    """An exported file or folder, with the proof that it is the model it was made of.

    It can be used wherever a path can.

    Args:
        path: Where it lies.
        parity: The `Parity` measured before it was put there.
        manifest: How it was made, as in the manifest on disk: a dict.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    artefact = kd.export.to_saved_model(model, "student")
    assert artefact.parity.agreement == 1.0
    assert kd.predictors.load(artefact).kind == "saved_model"
    ```
    """

    path: pathlib.Path
    parity: Parity
    manifest: dict

    def __fspath__(self):
        return str(self.path)
