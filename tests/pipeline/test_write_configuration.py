"""`init`: what it writes is accepted as it stands, and says how the teacher is fed."""

import keras
import pytest

import keras_distill as kd
from keras_distill.pipeline import load_configuration
from keras_distill.pipeline.write_configuration import write_configuration


def test_what_it_writes_is_accepted_and_holds_what_was_found(tmp_path, pictures, teacher_maker):
    teacher_maker(input_scale=(255.0, 0.0)).save(tmp_path / "t.keras")
    told = []
    write_configuration(tmp_path / "c.yaml", tmp_path / "t.keras", pictures, told.append)
    configuration = load_configuration(tmp_path / "c.yaml")
    assert configuration.teacher.input_scale == "[0, 255]"
    assert configuration.teacher.model == str(tmp_path / "t.keras")
    assert configuration.data.name == str(pictures)
    assert configuration.data.image_size == [8, 8]
    assert told[1] == "The configuration says so already."
    text = (tmp_path / "c.yaml").read_text()
    assert 'model: "t.keras"' in text and 'name: "pictures"' in text
    assert "amber, blue, lime, mint" in text
    # Few pictures: epochs enough for 2,000 steps, in which the ranges of int8 settle.
    data = kd.datasets.load(pictures, batch_size=32)
    assert configuration.quantization.epochs * len(data.train) >= 2000


def test_an_older_file_is_not_overwritten(tmp_path, pictures, teacher_maker):
    teacher_maker().save(tmp_path / "t.keras")
    (tmp_path / "c.yaml").write_text("mine")
    with pytest.raises(FileExistsError) as error:
        write_configuration(tmp_path / "c.yaml", tmp_path / "t.keras", pictures)
    assert str(error.value) == (
        f"'{tmp_path / 'c.yaml'}' exists. Give another name with --output, or remove it first."
    )
    assert (tmp_path / "c.yaml").read_text() == "mine"


def test_another_number_of_classes_is_refused(tmp_path, pictures, teacher_maker):
    teacher_maker().save(tmp_path / "t.keras")
    for picture in (pictures / "mint").iterdir():
        picture.unlink()
    (pictures / "mint").rmdir()
    with pytest.raises(ValueError) as error:
        write_configuration(tmp_path / "c.yaml", tmp_path / "t.keras", pictures)
    assert str(error.value) == (
        f"The teacher has 4 outputs, and '{pictures}' has 3 classes (amber, blue, lime). "
        "Expected as many of one as of the other."
    )
    assert not (tmp_path / "c.yaml").exists()


def test_texts_want_another_recipe(tmp_path, teacher_maker):
    teacher_maker().save(tmp_path / "images.keras")
    with pytest.raises(ValueError) as error:
        write_configuration(tmp_path / "c.yaml", tmp_path / "images.keras", "grammar_reviews")
    assert str(error.value) == (
        "'grammar_reviews' holds texts, and the teacher takes images. For texts write a "
        "configuration with `recipe: transfer`."
    )
    keras.Sequential([keras.Input((6,)), keras.layers.Dense(2)]).save(tmp_path / "ids.keras")
    with pytest.raises(ValueError) as error:
        write_configuration(tmp_path / "c.yaml", tmp_path / "ids.keras", "grammar_reviews")
    assert str(error.value) == (
        "The teacher takes (None, 6); expected images of a fixed size, (None, height, width, "
        "channels). For texts write a configuration with `recipe: transfer`."
    )
