"""From a .keras file and a folder of pictures to an int8 file and a report, once, in small."""

import csv
import importlib.util
import json
import pathlib
import re

import keras
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app

HERE = pathlib.Path(__file__).resolve()
MODELS = ["teacher", "control", "distilled", "pruned", "int8"]


def pictures_of_the_pipeline():
    """The made-up pictures and the teacher that solves them, shared with tests/pipeline."""
    path = HERE.parents[1] / "pipeline" / "conftest.py"
    spec = importlib.util.spec_from_file_location("pipeline_pictures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """`init` then `run`, with fewer epochs and corruptions than anybody would want."""
    folder = tmp_path_factory.mktemp("journey")
    made = pictures_of_the_pipeline()
    made.write_pictures(folder / "photos")
    made.make_teacher(input_scale=(255.0, 0.0)).save(folder / "flowers.keras")
    path = folder / "flowers.yaml"
    arguments = ["init", "--teacher", folder / "flowers.keras", "--data", folder / "photos"]
    result = CliRunner().invoke(app, [*map(str, arguments), "--output", str(path)])
    assert result.exit_code == 0, result.output
    text = re.sub(r"epochs: \d+", "epochs: 1", path.read_text())
    text = text.replace("corruptions: quick", "corruptions: [contrast]")
    path.write_text(text.replace("severities: [1, 2, 3, 4, 5]", "severities: [5]"))
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 0, result.output
    return folder / "runs" / "flowers", path, result.output


def test_every_file_is_there(finished):
    run, _, _ = finished
    wanted = [
        "configuration.yaml",
        "run.log",
        "stages.json",
        *(f"models/{n}.keras" for n in ("teacher", "control", "distilled", "pruned", "quantized")),
        "artefacts/student_saved_model/saved_model.pb",
        "artefacts/student_saved_model/manifest.json",
        "report/report.html",
        "report/report.json",
        "report/measurements.csv",
        "report/report.md",
        "report/figures",
    ]
    for name in [*(f"{n}.float32" for n in MODELS[:4]), "student.int8"]:
        for end in ("", ".manifest.json", ".golden.json"):
            wanted.append(f"artefacts/{name}.tflite{end}")
    assert [name for name in wanted if not (run / name).exists()] == []
    leftovers = [p for p in run.rglob("*") if ".partial" in p.name]
    assert leftovers == []


def test_the_tables_numbers_are_those_of_the_report(finished):
    from keras_distill.robustness import Report

    run, _, output = finished
    rows = {row["model"]: row for row in Report.load(run / "report" / "report.json").rows()}
    assert list(rows) == MODELS
    known = json.loads((run / "report" / "report.json").read_text())
    cells = [c for c in known["cells"] if c["corruption"] == "clean"]
    for model in MODELS:
        (line,) = (line for line in output.splitlines() if line.split()[:1] == [model])
        (clean,) = (c["accuracy"] for c in cells if c["model"] == model)
        assert line.split()[1] == f"{clean:.2%}"
        assert f"{rows[model]['parameters']:,}" in line
        assert f"{rows[model]['kib']:.1f}" in line
        assert f"{rows[model]['latency_ms_p50']:.3f}" in line
    with (run / "report" / "measurements.csv").open() as file:
        assert len(list(csv.reader(file))) > 2 * len(MODELS)


def test_the_zeros_of_pruning_are_in_the_int8_file(finished):
    from keras_distill.export import describe

    run, _, _ = finished
    known = describe(run / "artefacts" / "student.int8.tflite")
    assert set(known["dtypes"]) <= {"int8", "int32"}
    pruned = keras.models.load_model(run / "models" / "pruned.keras")
    kernels = [np.asarray(w) for w in pruned.get_weights() if w.ndim > 1]
    for kernel in kernels:
        assert abs((kernel == 0).sum() - round(0.75 * kernel.size)) <= 1
    for share in known["zeros"].values():
        assert share >= 0.74


def test_running_again_repeats_nothing(finished):
    run, path, _ = finished
    before = {p: p.stat().st_mtime_ns for p in (run / "models").iterdir()}
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 0, result.output
    assert result.output.count("finished before") == 8
    assert {p: p.stat().st_mtime_ns for p in (run / "models").iterdir()} == before


def test_the_resolved_configuration_is_the_run_again(finished):
    run, _, _ = finished
    resolved = yaml.safe_load((run / "configuration.yaml").read_text())
    assert resolved["output"] == "." and resolved["teacher"]["input_scale"] == "[0, 255]"
    result = CliRunner().invoke(app, ["run", str(run / "configuration.yaml")])
    assert result.exit_code == 0, result.output
    assert result.output.count("finished before") == 8


def test_another_configuration_is_refused_in_that_folder(finished):
    run, path, _ = finished
    other = path.with_name("other.yaml")
    other.write_text(path.read_text().replace("sparsity: 0.75", "sparsity: 0.5"))
    result = CliRunner().invoke(app, ["run", str(other)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: The output folder '{run}' holds another run: `pruning.sparsity` is 0.75 there "
        "and 0.5 here. Give another folder, or start afresh with --overwrite (in Python: "
        "overwrite=True).\n"
    )


def test_the_report_renders_again_from_its_json(finished):
    run, _, _ = finished
    (run / "report" / "report.html").unlink()
    result = CliRunner().invoke(app, ["report", str(run)])
    assert result.exit_code == 0, result.output
    assert (run / "report" / "report.html").stat().st_size > 1000
