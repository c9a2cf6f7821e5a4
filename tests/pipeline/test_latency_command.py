"""The command: a table, a JSON file, and one sentence for what is wrong."""

import json

import pytest
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app


def invoke(*arguments):
    return CliRunner().invoke(app, ["latency", *(str(a) for a in arguments)])


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    import tensorflow as tf

    function = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec((1, 4), tf.float32)])
    module = tf.Module()
    module.function = function
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [function.get_concrete_function()], module
    )
    path = tmp_path_factory.mktemp("latency") / "twice.tflite"
    path.write_bytes(converter.convert())
    return path


def test_table_and_json(file, tmp_path):
    result = invoke(f"one={file}", file, "--threads", "1,2", "--runs", 6, "--json", tmp_path / "l")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "l").read_text())
    rows = [(row["name"], row["threads"]) for row in found["rows"]]
    assert rows == [("one", 1), ("twice", 1), ("one", 2), ("twice", 2)]
    for row in found["rows"]:
        assert len(row["rounds_ms"]) == 6 and row["peak_memory_bytes"] > 0
        shown = next(
            line
            for line in result.output.splitlines()
            if line.split()[:2] == [row["name"], str(row["threads"])]
        )
        assert f"{row['latency_ms_p50']:.3f}" in shown


def test_help_teaches():
    text = invoke("--help").output
    for word in ("Example: keras-distill latency", "--threads", "--json", "benchmark.md"):
        assert word in text


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            ["--threads", "one"],
            "--threads takes whole numbers with commas between, such as 1,2. Received: 'one'.",
        ),
        (
            ["--threads", "0"],
            "`threads` needs whole numbers of at least 1, none of them twice, such as (1, 2). "
            "Received: [0].",
        ),
        (["--runs", "0"], "`runs` must be a whole number of at least 1. Received: 0."),
        (["x.tflite"], "There is no .tflite file at 'x.tflite': check the path."),
    ],
)
def test_one_sentence(file, arguments, sentence):
    result = invoke(file, *arguments)
    assert result.exit_code == 2
    assert result.stderr == f"Error: {sentence}\n"


def test_one_name_twice(file):
    result = invoke(file, file)
    assert result.exit_code == 2 and result.stderr.startswith("Error: Two files are called 'twice'")
