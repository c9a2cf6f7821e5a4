"""What the transfer recipe accepts, and the sentences for what it does not."""

import pytest

from keras_distill.pipeline import TransferConfiguration, load_configuration


def refusal(tmp_path, text):
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as error:
        load_configuration(path)
    return str(error.value)


def test_the_word_recipe_chooses_it(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("recipe: transfer\nteachers: [{architecture: bilstm}]\n", encoding="utf-8")
    found = load_configuration(path)
    assert isinstance(found, TransferConfiguration)
    assert found.output == str(tmp_path / "runs" / "run")
    assert TransferConfiguration.model_validate(found.model_dump()) == found


def test_paths_are_those_of_the_file(tmp_path):
    (tmp_path / "bert").mkdir()
    (tmp_path / "c.yaml").write_text(
        "recipe: transfer\nteachers: [{preset: bert}, {preset: bert_tiny_en_uncased}]\n"
        "student: {model: s.keras}\n",
        encoding="utf-8",
    )
    found = load_configuration(tmp_path / "c.yaml")
    assert [each.preset for each in found.teachers] == [
        str(tmp_path / "bert"),
        "bert_tiny_en_uncased",
    ]
    assert found.student.model == str(tmp_path / "s.keras")


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "recipe: transfre\n",
            "c.yaml, line 1: `recipe` must be \"transfer\". Received: 'transfre'.",
        ),
        (
            "recipe: transfer\nteachers:\n- {architecture: a}\n- {architecture: a, epochz: 3}\n",
            "c.yaml, line 4: unknown key `teachers[1].epochz`. Did you mean `epochs`? Accepted "
            "keys under `teachers[1]`: preset, model, architecture, arguments, class_map, epochs, "
            "learning_rate, seed.",
        ),
        (
            "recipe: transfer\nstudent: {architecture: bilstm, layers: [0]}\n",
            "c.yaml, line 2: `student` must be a section with one of architecture, layers, model. "
            "Received: {'architecture': 'bilstm', 'layers': [0]}.",
        ),
        (
            "recipe: transfer\nteachers: [{epochs: 3}]\n",
            "c.yaml, line 2: `teachers` must be a list of sections with one of preset, model, "
            "architecture each. Received: [{'epochs': 3}].",
        ),
        (
            "recipe: transfer\ndistillation: null\n",
            "c.yaml: `fine_tuning` must be a section with the keys epochs, learning_rate (or "
            "`distillation` must be one). Received: None.",
        ),
        (
            "recipe: transfer\nrecipes: [int8]\n",
            "c.yaml, line 2: `recipes` must be a list of float32, float16, dynamic_range. "
            "Received: 'int8'.",
        ),
        (
            "recipe: transfer\ndata: {sequence_length: 2}\n",
            "c.yaml, line 2: `data.sequence_length` must be a whole number from 4 to 8192. "
            "Received: 2.",
        ),
    ],
)
def test_sentences(tmp_path, text, expected):
    assert refusal(tmp_path, text) == expected
