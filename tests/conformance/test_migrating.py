"""The code of MIGRATING.md runs, and its two ways give the same number."""

import pathlib
import re

import keras
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def page():
    names = {}
    keras.utils.set_random_seed(0)
    text = (ROOT / "MIGRATING.md").read_text(encoding="utf-8")
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(code, "MIGRATING.md", "exec"), names)
    return names


def first_loss(distiller, *arguments, **named):
    distiller.compile(*arguments, **named)
    logs = distiller.train_on_batch(np.ones((4, 8), "float32"), np.arange(4) % 3, return_dict=True)
    return float(logs["loss"])


def test_every_block_runs(page):
    assert type(page["distiller"].distillation_losses[0]).__name__ == "AbsoluteLogits"


def test_keras_distillation_and_ours_give_one_number(page):
    kd, keras_loss = page["kd"], keras.losses.KLDivergence()
    models = page["teacher"], page["student"]
    still = {"optimizer": keras.optimizers.SGD(0.0), "loss": page["cross_entropy"]}
    theirs = keras.distillation.Distiller(
        *models, keras.distillation.LogitsDistillation(3.0, keras_loss), student_loss_weight=0.5
    )
    ours = kd.Distiller(*models, kd.losses.LogitsDistillation(3.0, keras_loss))
    assert first_loss(ours, **still) == pytest.approx(first_loss(theirs, **still), rel=1e-5)


def test_own_train_step_and_ours_give_one_number(page):
    models, entropy = (page["teacher"], page["student"]), page["cross_entropy"]
    own = page["OwnDistiller"](*reversed(models))
    arguments = ["accuracy"], entropy, keras.losses.KLDivergence(), 0.1, 10.0
    ours = page["kd"].Distiller(
        *models, page["kd"].losses.SoftTargets(10.0), student_loss_weight=0.1
    )
    wanted = first_loss(own, keras.optimizers.SGD(0.0), *arguments)
    assert first_loss(ours, keras.optimizers.SGD(0.0), entropy) == pytest.approx(wanted, rel=1e-4)


def test_three_arguments_and_ours_give_one_number(page):
    teacher, student = page["teacher"], page["student"]
    x, y = np.ones((4, 8), "float32"), np.arange(4) % 3
    wanted = float(np.mean(page["distillation_loss"](y, student(x), teacher(x))))
    distiller = page["kd"].Distiller(
        teacher, student, page["AbsoluteLogits"](), student_loss_weight=0.3
    )
    found = first_loss(distiller, keras.optimizers.SGD(0.0), page["cross_entropy"])
    assert found == pytest.approx(wanted, rel=1e-5)
