"""Files: lines, tabs, keys twice, paths."""

import pytest

from keras_distill.pipeline import load_configuration


def refusal(tmp_path, text):
    path = tmp_path / "c.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError) as error:
        load_configuration(path)
    assert [p.name for p in tmp_path.iterdir()] == ["c.yaml"]
    return str(error.value)


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "seed: 1\npruning:\n\tsparsity: 0.5\n",
            "c.yaml, line 3: a tab. YAML is indented with spaces only: replace the tab by two "
            "spaces.",
        ),
        (
            "seed: 1\npruning:\n  epochs: 2\n  sparsity: 0.5\n  epochs: 3\n",
            "c.yaml, line 5: the key `epochs` stands there a second time (first on line 3). Keep "
            "one of the two.",
        ),
        (
            "seed: 1\ncontrol: true\nseed: 1\n",
            "c.yaml, line 3: the key `seed` stands there a second time (first on line 1). Keep "
            "one of the two.",
        ),
        (
            "seed: 1\n\npruning:\n  sparsty: 0.5\n",
            "c.yaml, line 4: unknown key `pruning.sparsty`. Did you mean `sparsity`? Accepted keys "
            "under `pruning`: sparsity, epochs, learning_rate.",
        ),
        (
            "# a comment\npruning: {sparsity: 1.5}\n",
            "c.yaml, line 2: `pruning.sparsity` must be a number above 0 and below 1. Received: "
            "1.5.",
        ),
        (
            "seed: [1\n",
            "c.yaml, line 2: this is not YAML: expected ',' or ']', but got '<stream end>'.",
        ),
        (
            "- 1\n",
            "c.yaml: expected keys and values, such as `output: runs/flowers`. Received: list.",
        ),
        ("1: 2\n", "c.yaml: expected keys that are words. Received: 1."),
        (b"\xff\xfe\x00", "c.yaml: expected a YAML file in UTF-8; this is not text."),
        (
            "seed: !!python/object/apply:os.system [id]\n",
            "c.yaml, line 1: this is not YAML: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object/apply:os.system'.",
        ),
        (
            "output: ../elsewhere\n",
            "c.yaml, line 1: `output` must stay inside the configuration's own folder, as a "
            "relative path. Received: '../elsewhere'. For another place, give it on the command "
            "line: `keras-distill run CONFIG.yaml --output DIR`.",
        ),
        (
            "output: /elsewhere\n",
            "c.yaml, line 1: `output` must stay inside the configuration's own folder, as a "
            "relative path. Received: '/elsewhere'. For another place, give it on the command "
            "line: `keras-distill run CONFIG.yaml --output DIR`.",
        ),
    ],
)
def test_refused_with_file_line_and_how_to_mend(tmp_path, text, expected):
    assert refusal(tmp_path, text) == expected


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        load_configuration(tmp_path / "c.yaml")
    assert str(error.value) == (
        f"Expected a configuration file. Received: '{tmp_path / 'c.yaml'}', which does not exist. "
        "`keras-distill init` writes one."
    )


def test_an_empty_file_is_all_defaults(tmp_path):
    (tmp_path / "c.yaml").write_text("")
    configuration = load_configuration(tmp_path / "c.yaml")
    assert configuration.output == str(tmp_path / "runs" / "run")


def test_relative_inputs_are_taken_from_the_files_folder(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "c.yaml").write_text("data: {name: photos}\nteacher: {model: t.keras}\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    configuration = load_configuration("../c.yaml")
    assert configuration.data.name == str(tmp_path / "photos")
    assert configuration.teacher.model == str(tmp_path / "t.keras")


def test_a_data_sets_name_stays_a_name(tmp_path):
    (tmp_path / "c.yaml").write_text("data: {name: cifar10}\n")
    assert load_configuration(tmp_path / "c.yaml").data.name == "cifar10"
