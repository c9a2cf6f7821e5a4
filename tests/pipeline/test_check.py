"""The four planted mistakes: found by `check`, mended by following its sentence."""

import re

import pytest
import yaml
from typer.testing import CliRunner

from keras_distill.pipeline import TransferConfiguration, load_configuration
from keras_distill.pipeline.check import check
from keras_distill.pipeline.command_line import app

MISTAKES = {
    "own Rescaling, fed [0, 1]": ({"input_scale": (255.0, 0.0)}, 'input_scale: "[0, 255]"'),
    "expects [-1, 1]": ({"input_scale": (2.0, -1.0)}, 'input_scale: "[-1, 1]"'),
    "BGR": ({"bgr": True}, 'channels: "bgr"'),
    "permuted classes": ({"order": (2, 0, 3, 1)}, "class_map: [1, 3, 0, 2]"),
}


def configure(folder, teacher, pictures, **extra):
    teacher.save(folder / "teacher.keras")
    values = {"data": {"name": pictures.name}, "teacher": {"model": "teacher.keras", **extra}}
    values["data"]["image_size"] = [8, 8]
    (folder / "c.yaml").write_text(yaml.safe_dump(values))
    return folder / "c.yaml"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistake_is_found_and_its_sentence_mends_it(
    mistake, tmp_path, pictures, teacher_maker
):
    own, expected = MISTAKES[mistake]
    path = configure(tmp_path, teacher_maker(**own), pictures)
    found = CliRunner().invoke(app, ["check", str(path)])
    assert found.exit_code == 1, found.output
    (written,) = re.findall(r"Write `(.*?)` under `teacher:`", found.output)
    assert written == expected
    # What a person does: write that line under `teacher:`.
    text = path.read_text().replace("teacher:\n", f"teacher:\n  {written}\n")
    path.write_text(text)
    mended = CliRunner().invoke(app, ["check", str(path)])
    assert mended.exit_code == 0, mended.output
    assert re.match(
        r"The teacher gets (9\d|100)\.\d % of \d+ examples right as it is fed\.\n", mended.output
    )


def test_all_well_says_what_was_found(tmp_path, pictures, teacher_maker):
    path = configure(tmp_path, teacher_maker(), pictures)
    found, lines = check(load_configuration(path))
    assert not found
    assert lines[1] == (
        "Input scale and channels: [0, 1], RGB. Class order: the data's own. Classes: amber, "
        "blue, lime, mint."
    )


def test_a_teacher_at_chance_is_found(tmp_path, pictures, teacher_maker):
    teacher = teacher_maker()
    teacher.layers[-1].set_weights([0 * w for w in teacher.layers[-1].get_weights()])
    found, lines = check(load_configuration(configure(tmp_path, teacher, pictures)))
    assert found
    assert re.fullmatch(
        r"The teacher gets 2\d\.\d % of \d+ examples right, and guessing gets 2\d\.\d %; expected "
        r"a teacher that is better than chance\. No other input scale, channel order or class "
        r"order helps: check that it is trained, on these classes and on images like these\.",
        lines[0],
    )


def test_another_number_of_classes_is_refused(tmp_path, pictures, teacher_maker):
    path = configure(tmp_path, teacher_maker(), pictures, class_map=[0, 1, 2])
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: The teacher has 3 classes, and the data has 4: amber, blue, lime, mint. Expected "
        "as many of one as of the other; `teacher.class_map` picks the outputs that belong to the "
        "data's classes.\n"
    )


def test_no_teacher_yet(tmp_path):
    (tmp_path / "c.yaml").write_text("teacher: {architecture: cifar_resnet}\n")
    with pytest.raises(ValueError) as error:
        check(load_configuration(tmp_path / "c.yaml"))
    assert str(error.value) == (
        "There is no teacher to look at yet: the configuration trains one "
        "(`teacher.architecture: cifar_resnet`). Give `teacher.model`, the path of a trained "
        ".keras file, or go on with `keras-distill run`."
    )


def test_the_transfer_recipe_looks_by_itself():
    with pytest.raises(ValueError) as error:
        check(TransferConfiguration())
    assert str(error.value) == (
        "`keras-distill check` looks at teachers of images. Received: `recipe: transfer`, whose "
        "`run` looks at each teacher on validation texts before it teaches: class order, and "
        "better than chance. Go on with `keras-distill run`."
    )
