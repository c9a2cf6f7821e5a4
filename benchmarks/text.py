"""Sentiment in small models: SST-2 and IMDB, three seeds, with a teacher and without.

    python benchmarks/text.py [--only sst2 imdb ensemble search export typos] [--seeds 1 2 3]
    python benchmarks/text.py --tables

Teachers are MiniLM-L6, fine-tuned and run once by text_teachers.py; students learn from what was
kept. Every arm of a comparison has the same initial weights (by seed), steps, batches of the same
size, Adam with cosine decay, and the last step counts.

- sst2: 20,000 sentences. Students: `bag_of_embeddings` (pairs of words hashed), `bilstm` of Tang
  et al., both of words; `three_layers`: layers 0, 2 and 5 of the teacher, with the word pieces
  that occur, on 8,000 of the sentences. Arms: `control` (labels), `distilled` (the same
  sentences, labels and teacher), `phrases` (the same steps over GLUE's other 45,349 training
  phrases too, which the teacher alone says something of; their labels are not looked at).
- imdb: 25,000 reviews, `bag_of_embeddings`.
- ensemble: a `bag_of_embeddings` of MiniLM, of each of two distilled `three_layers`, of all three.
- search: temperature and weight of the labels for the `bag_of_embeddings`, 20 trials, judged on
  GLUE's validation set; what was found is measured on the treebank's test set. Each trial has an
  order of its own: trials at weight 1 show how much that does.
- export: size, parity and accuracy of the first seed's distilled students as .tflite.
- typos: teacher, control, distilled and file under misspelling, at five severities.

Each run is appended to text_runs.csv; what was stopped goes on with the next run. `--tables`
writes text_*.csv and text.png from the runs.
"""

import argparse
import csv
import pathlib
import time

import keras
import numpy as np
import text_tables
import text_teachers
from text_students import TRAINING, Material, model_path, right_on, train

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
RUNS = HERE / "text_runs.csv"
COLUMNS = (
    "data student arm seed examples unlabelled steps parameters accuracy test_accuracy seconds "
    "right"
).split()
STUDENTS = {"sst2": ("bag_of_embeddings", "bilstm", "three_layers"), "imdb": ("bag_of_embeddings",)}
ARMS = {"sst2": ("control", "distilled", "phrases"), "imdb": ("control", "distilled")}


def parts_of(data):
    """Names of the parts that are measured."""
    return {"sst2": ("glue", "test"), "imdb": ("test",)}[data]


def run(data, name, arm, seed):
    material = Material(data, name, phrases=arm == "phrases")
    student, seconds = train(material, seed, arm)
    found = {part: right_on(material, student, part) for part in parts_of(data)}
    path = model_path(data, name, arm, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    student.save(path)
    keep(data, name, arm, seed, found, examples=material.labelled,
         unlabelled=len(material.y) - material.labelled, steps=TRAINING[data, name][0],
         parameters=student.count_params(), seconds=round(seconds))  # fmt: skip


def teachers_row(data):
    """The teacher, measured where its students are."""
    with text_teachers.TABLE.open(encoding="utf-8", newline="") as file:
        known = [row for row in csv.DictReader(file) if row["data"] == data][0]
    found = {}
    for part in parts_of(data):
        shown = "test_5000" if data == "imdb" else part
        labels = text_teachers.texts(data, shown)[1]
        found[part] = text_teachers.outputs(data, shown).argmax(-1) == labels
    keep(data, "MiniLM-L6", "teacher", 1, found, examples=known["examples"], unlabelled=0,
         steps="–", parameters=known["parameters"], seconds=known["seconds"])  # fmt: skip


def keep(data, student, arm, seed, found, **more):
    """Appends a run to the CSV: accuracy on the first part, on the second where there is one."""
    first, *second = parts_of(data)
    row = {
        "data": data,
        "student": student,
        "arm": arm,
        "seed": seed,
        **more,
        "accuracy": f"{100 * found[first].mean():.2f}",
        "test_accuracy": f"{100 * found[second[0]].mean():.2f}" if second else "–",
        "right": np.packbits(np.concatenate([found[p] for p in parts_of(data)])).tobytes().hex(),
    }
    new = not RUNS.exists()
    with RUNS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    row.pop("right")
    print(row, flush=True)


def rows():
    if not RUNS.exists():
        return []
    with RUNS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compared(data, seeds):
    """Runs what is not there yet of a data set's arms."""
    done = {(row["data"], row["student"], row["arm"], int(row["seed"])) for row in rows()}
    if (data, "MiniLM-L6", "teacher", 1) not in done:
        teachers_row(data)
    for seed in seeds:
        for name in STUDENTS[data]:
            for arm in ARMS[data]:
                if arm == "phrases" and name == "three_layers":
                    continue
                if (data, name, arm, seed) not in done:
                    run(data, name, arm, seed)


def ensemble(seeds):
    """One student of each teacher and of their mixture; all outputs were made before."""
    names = ["MiniLM-L6", "three layers, seed 1", "three layers, seed 2"]
    logits = {names[0]: {p: text_teachers.outputs("sst2", p) for p in ("train", "glue", "test")}}
    reader = Material("sst2", "three_layers")
    for seed in (1, 2):
        model = keras.saving.load_model(model_path("sst2", "three_layers", "distilled", seed))
        logits[names[seed]] = {
            part: model.predict(
                reader.ids(text_teachers.texts("sst2", part)[0]), batch_size=256, verbose=0
            )
            for part in logits[names[0]]
        }
    members = [
        keras.Sequential([keras.Input((2,)), keras.layers.Activation("linear")]) for _ in names
    ]
    mixture = kd.teachers.Ensemble(members, inputs=names)
    together = {
        part: np.asarray(mixture({name: logits[name][part] for name in names}))
        for part in logits[names[0]]
    }
    done = {(row["student"], row["arm"], int(row["seed"])) for row in rows()}
    material = Material("sst2", "bag_of_embeddings")
    for name, outputs in {**logits, "all three": together}.items():
        if ("mixture", name, 1) not in done:
            found = {
                part: outputs[part].argmax(-1) == text_teachers.texts("sst2", part)[1]
                for part in parts_of("sst2")
            }
            keep("sst2", "mixture", name, 1, found, examples=20000, unlabelled=0, steps="–",
                 parameters="–", seconds=0)  # fmt: skip
        for seed in seeds:
            if ("bag of an ensemble", name, seed) in done:
                continue
            student, seconds = train(material, seed, "distilled", logits=outputs["train"])
            found = {part: right_on(material, student, part) for part in parts_of("sst2")}
            keep("sst2", "bag of an ensemble", name, seed, found, examples=20000, unlabelled=0,
                 steps=TRAINING["sst2", material.student][0], parameters=student.count_params(),
                 seconds=round(seconds))  # fmt: skip


def search(seeds):
    """20 trials, judged on GLUE's validation set; best and default again with every seed."""
    import tensorflow as tf

    material = Material("sst2", "bag_of_embeddings")
    steps, batch, rate = TRAINING["sst2", "bag_of_embeddings"]
    texts, labels = text_teachers.texts("sst2", "glue")
    judge = tf.data.Dataset.from_tensor_slices((material.ids(texts), labels)).batch(256)
    teacher = kd.teachers.from_arrays(material.logits)
    space = kd.search.HyperDistiller(
        teacher,
        lambda: material.build(1),
        learning_rate=rate,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=lambda peak: keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(peak, steps)
        ),
        seed=1,
    )
    result = kd.search.search(
        space,
        material.batches(batch, 1, True),
        judge,
        max_trials=20,
        epochs=1,
        directory=text_teachers.CACHE / "search",
        steps_per_epoch=steps,
    )
    result.save(text_teachers.CACHE / "search_result")
    for file in ("search.csv", "search.png"):
        (HERE / f"text_{file}").write_bytes(
            (text_teachers.CACHE / "search_result" / file).read_bytes()
        )
    done = {(row["student"], row["arm"], int(row["seed"])) for row in rows()}
    for arm, point in {"default": space.default, "best of 20": result.best}.items():
        for seed in seeds:
            if ("bag searched", arm, seed) in done:
                continue
            student, seconds = train(
                material, seed, arm, point["temperature"], point["student_loss_weight"]
            )
            found = {part: right_on(material, student, part) for part in parts_of("sst2")}
            keep("sst2", "bag searched", arm, seed, found, examples=20000, unlabelled=0,
                 steps=steps, parameters=student.count_params(),
                 seconds=round(seconds))  # fmt: skip


def export():
    """The first seed's students as files, and how right the files are."""
    made = []
    for data, name, arm in (
        ("sst2", "bag_of_embeddings", "distilled"),
        ("sst2", "bilstm", "distilled"),
        ("sst2", "three_layers", "distilled"),
        ("imdb", "bag_of_embeddings", "distilled"),
    ):
        model = keras.saving.load_model(model_path(data, name, arm, 1))
        preprocessor = Material(data, name).preprocessor
        part = "glue" if data == "sst2" else "test_5000"
        texts, labels = text_teachers.texts(data, part)
        for recipe in ("float32", "dynamic_range"):
            path = text_teachers.CACHE / "files" / f"{data}_{name}.{recipe}.tflite"
            path.parent.mkdir(exist_ok=True)
            artefact = kd.export.to_tflite(
                model,
                path,
                recipe=recipe,
                samples=text_teachers.texts(data, "train")[0][:500],
                preprocessor=preprocessor,
                labels=["negative", "positive"],
            )
            start = time.perf_counter()
            right = kd.predictors.load(path).predict(np.array(texts, object)).argmax(-1) == labels
            seconds = time.perf_counter() - start
            made.append({
                "data": data, "student": name, "recipe": recipe,
                "MB": f"{path.stat().st_size / 1e6:.2f}",
                "gzip MB": f"{artefact.manifest['gzip_bytes'] / 1e6:.2f}",
                "agrees with Keras %": f"{100 * artefact.parity.agreement:.2f}",
                "largest difference": f"{artefact.parity.max_difference:.2g}",
                "accuracy %": f"{100 * right.mean():.2f}", "on": f"{len(labels):,} texts",
                "ms a text, with tokenizing": f"{1000 * seconds / len(labels):.2f}",
            })  # fmt: skip
            print(made[-1], flush=True)
    text_tables.write("text_export", made)


TYPOS = ("keyboard", "delete", "insert", "transpose")


def typos():
    """GLUE's validation sentences with four kinds of misspelling, and the report about them."""
    import tensorflow as tf

    texts, labels = text_teachers.texts("sst2", "glue")
    data = tf.data.Dataset.from_tensor_slices((texts, labels)).batch(218)
    models = {"teacher": kd.predictors.load(text_teachers.teacher("sst2"), name="teacher")}
    for name in ("bilstm", "three_layers"):
        preprocessor = Material("sst2", name).preprocessor
        for arm in ("control", "distilled"):
            model = keras.saving.load_model(model_path("sst2", name, arm, 1))
            models[f"{name} {arm}"] = kd.predictors.load(
                model, name=f"{name} {arm}", preprocessor=preprocessor
            )
        models[f"{name} .tflite"] = (
            text_teachers.CACHE / "files" / f"sst2_{name}.dynamic_range.tflite"
        )
    report = kd.robustness.evaluate(
        models,
        data,
        corruptions=list(TYPOS),
        baseline="teacher",
        class_names=("negative", "positive"),
        facts={name: {"latency_ms_p50": None, "macs": None} for name in models},
        name="glue/sst2",
    )
    report.save(text_teachers.CACHE / "typos")
    right = {name: report.correct[name] for name in models}
    made = []
    for name, cells in right.items():
        # The first cell is clean; then four corruptions at five severities each.
        by_severity = cells[1:].reshape(len(TYPOS), 5, -1).mean(axis=(0, 2))
        row = {"model": name, "clean %": f"{100 * cells[0].mean():.2f}"}
        row |= {f"severity {i + 1}": f"{100 * v:.2f}" for i, v in enumerate(by_severity)}
        made.append(row | {"mean %": f"{100 * cells[1:].mean():.2f}"})
    text_tables.write("text_typos", made)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    stages = ("sst2", "imdb", "ensemble", "search", "export", "typos")
    parser.add_argument("--only", nargs="+", choices=stages, default=list(stages))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--tables", action="store_true", help="tables and plot, train nothing")
    arguments = parser.parse_args()
    for stage in () if arguments.tables else arguments.only:
        if stage in STUDENTS:
            compared(stage, arguments.seeds)
        elif stage in ("ensemble", "search"):
            {"ensemble": ensemble, "search": search}[stage](arguments.seeds)
        else:
            {"export": export, "typos": typos}[stage]()
    text_tables.tables(rows())


if __name__ == "__main__":
    main()
