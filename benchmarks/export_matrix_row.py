"""The rows of one architecture of the export matrix, measured in this process.

    python benchmarks/export_matrix_row.py NAME RECIPES OUT.json [--without-float32]

RECIPES are names with commas between them. The model is built once and the float32 file, which
the others are compared with, is made once. OUT.json holds what is known so far, `{"facts": of the
model, "at": the recipe in the making, "rows": {recipe: row}}`, and is replaced after each step:
a crash loses one recipe only. benchmarks/export_matrix.py runs this file and kills it when it
takes too long.
"""

import argparse
import contextlib
import importlib
import json
import os
import pathlib
import re
import sys
import tempfile
import time
from unittest import mock

import numpy as np

RECIPES = ("float32", "dynamic_range", "int8")
# Examples to calibrate on and to compare on; fewer where each takes long, more where choices count.
EXAMPLES, FEWER, CHOICES, MANY_MACS = 200, 64, 1000, 200e6
# Above this a converter's constants weigh little, and int8 has to show a quarter of the size.
LARGE_FILE = 4e6
_MOST_DB = 200.0
_MULTIPLYING = {
    "CONV_2D", "CONV_3D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV",
    "CONV_3D_TRANSPOSE", "BATCH_MATMUL", "UNIDIRECTIONAL_SEQUENCE_LSTM",
}  # fmt: skip


def varying(expected, received):
    """dB of {output: array} less its mean over the examples; of several outputs the worst.

    What all examples have in common is no signal here: an untrained network's outputs are nearly
    constant, and a file that gave that constant alone would come out well.
    """
    return min(_decibels(expected[name], received[name]) for name in expected)


def _decibels(expected, received):
    expected, received = (np.asarray(a, "float64") for a in (expected, received))
    signal = np.sum((expected - expected.mean(axis=0)) ** 2)
    noise = np.sum((expected - received) ** 2)
    # An output that never varies proves nothing, and NaN is no signal.
    if not signal > 0 or not np.isfinite(noise):
        return -_MOST_DB
    if noise == 0:
        return _MOST_DB
    return float(np.clip(10 * np.log10(signal / noise), -_MOST_DB, _MOST_DB))


def difference_share(parity):
    """The largest difference as a share of that output's range, of the worst output."""
    shares = [one.max_difference / max(one.output_range, 1e-6) for one in parity.outputs.values()]
    return max(np.inf if np.isnan(share) else share for share in shares)


def judged(architecture, recipe, layers, parity, expected):
    """(judged_by, value, bar, whether it passes) of one file.

    The choice of a class means something only where weights are trained and there is a choice:
    an output of one number is judged by its signal to noise, as `to_tflite` does it. Of trained
    networks that have both kinds the first that falls short is told.
    """
    if recipe == "float32":
        share = difference_share(parity)
        bar = 1e-5 if architecture.family == "cnn" and layers < 10 else 1e-4
        return "difference", share, bar, share <= bar
    choices = [name for name, a in expected.items() if a.ndim > 1 and a.shape[-1] > 1]
    checks = []
    if architecture.weights != "random" and choices:
        agreement = 100 * min(parity.outputs[name].agreement for name in choices)
        checks.append(("agreement", agreement, 99.0, agreement >= 99))
    decibels = parity.signal_to_noise_db
    if architecture.weights == "random" or len(choices) < len(expected):
        checks.append(("signal_to_noise", decibels, 15.0, decibels >= 15))
    return next((check for check in checks if not check[-1]), checks[0])


def facts_of(architecture, model):
    """What is told of a model in each of its rows."""
    import keras_distill as kd

    macs = ""
    # Classes of one's own and open sizes have no number until there is a file.
    with contextlib.suppress(AttributeError, ValueError):
        macs = kd.footprint.macs(model)
    layers = {
        id(layer)
        for layer in model._flatten_layers(include_self=False)
        if layer._trainable_variables or layer._non_trainable_variables
    }
    return {
        "architecture": architecture.name,
        "family": architecture.family,
        "weights": architecture.weights,
        "parameters": str(kd.footprint.parameters(model)),
        "macs": str(macs),
        "layers": str(len(layers)),
    }


def macs_of_file(path):
    """Multiplications of a float file: composite layers, which `kd.footprint.macs` leaves out, too.

    A loop's body counts once.
    """
    from keras_distill.export.contents.delegates import delegates

    rows = delegates(path)["operators"]
    return sum(row["work"] for row in rows if row["operator"] in _MULTIPLYING)


@contextlib.contextmanager
def measured_not_refused():
    """Has `to_tflite` hand over files that are too far from their model, too.

    Yields a dict that gets `expected`, the model's outputs, and `refusal`, what would have been
    said. `minimum_agreement=0` does that for agreement only, not for float32 or for noise.
    """
    module = importlib.import_module("keras_distill.export.to_tflite")
    own, told = module.check_parity, {"refusal": ""}

    def check(parity, what, recipe, ranges, expected, minimum_agreement=None):
        told["expected"] = expected
        try:
            own(parity, what, recipe, ranges, expected, minimum_agreement)
        except RuntimeError as error:
            told["refusal"] = f"keras_distill would not hand it over: {one_line(error)}"

    with mock.patch.object(module, "check_parity", check):
        yield told


def with_rounded_kernels(model, given):
    """{output: array} of the Keras model itself, in float, its kernels rounded to eight bits.

    Each output channel has a scale of its own, as in the files. What this alone costs no file of
    8-bit weights can win back: an untrained network may multiply every rounding by a hundred.
    """
    import keras

    from keras_distill.export.serving.model_ends import model_ends
    from keras_distill.export.serving.reference import reference
    from keras_distill.export.serving.trace import call

    kept = [(v, v.numpy()) for v in model.trainable_variables if len(v.shape) > 1]
    depthwise = {
        id(layer.kernel)
        for layer in model._flatten_layers()
        if isinstance(layer, (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D))
    }
    try:
        for variable, values in kept:
            # A depthwise kernel's channels are its last two axes.
            summed = values.ndim - (2 if id(variable) in depthwise else 1)
            scale = np.abs(values).max(axis=tuple(range(summed)), keepdims=True) / 127
            scale[scale == 0] = 1
            variable.assign(np.rint(values / scale) * scale)
        ends = model_ends(model)
        return reference(ends, call(model, ends), given)
    finally:
        for variable, values in kept:
            variable.assign(values)


def one_line(error):
    """The whole of an error in one line, with no folder of this machine in it."""
    text = " ".join(str(error).split())
    if not isinstance(error, (RuntimeError, ValueError, SystemExit)) or not text:
        text = f"{type(error).__name__}: {text}".rstrip(": ")
    return re.sub(r"(?<![\w./])/(?:[\w.+@-]+/)+", "", text)


class Rows:
    """Measures the recipes of one architecture, one after another.

    Args:
        architecture: An `Architecture`.
        out: The JSON file, written anew after each step.
        folder: Where the .tflite files are put.
        runs: Inferences that are timed.
    """

    def __init__(self, architecture, out, folder, runs=200):
        self.architecture, self._out = architecture, pathlib.Path(out)
        self._folder, self._runs = pathlib.Path(folder), runs
        self._known = {"facts": None, "at": None, "rows": {}}
        self._float_file = None

    def measure(self, recipes, without_float32=False):
        """Builds the model and writes a row for each recipe, whatever becomes of it."""
        import keras

        began = time.monotonic()
        keras.utils.set_random_seed(0)
        self._model = self.architecture.build()
        facts = self._known["facts"] = facts_of(self.architecture, self._model)
        self._samples = self.architecture.samples(self._comparisons(facts["macs"]), 2)
        steps = [r for r in RECIPES if r in recipes or (r == "float32" and not without_float32)]
        for recipe in steps:
            self._known["at"] = recipe
            self._write()
            try:
                row = self._row(recipe)
            except (Exception, SystemExit) as error:
                row = {"converts": "no", "failure": one_line(error)}
            row["seconds"] = f"{time.monotonic() - began:.1f}"
            if recipe in recipes:
                self._known["rows"][recipe] = {**self._known["facts"], "recipe": recipe, **row}
                self._write()
            began = time.monotonic()
        return self._known["rows"]

    def _comparisons(self, macs):
        """On how many examples: one choice in a hundred takes many, decibels take few."""
        many = macs and int(macs) > MANY_MACS
        if self.architecture.weights == "random":
            return FEWER if many else EXAMPLES
        return EXAMPLES if many else CHOICES

    def _write(self):
        part = self._out.with_name(f"{self._out.name}.part")
        part.write_text(json.dumps(self._known), encoding="utf-8")
        os.replace(part, self._out)

    def _row(self, recipe):
        import keras_distill as kd
        from keras_distill.export.contents.tflite_contents import read
        from keras_distill.export.proof.examples import collect
        from keras_distill.export.serving.model_ends import model_ends
        from keras_distill.predictors.tflite_file import TFLiteFile

        integers = recipe == "int8"
        path = self._folder / f"{self.architecture.name}_{recipe}.tflite"
        with measured_not_refused() as told:
            artefact = kd.export.to_tflite(
                self._model, path, recipe=recipe, samples=self._samples,
                calibration_data=self.architecture.samples(EXAMPLES, 1) if integers else None,
                keep_float=self.architecture.keep_float if integers else (),
                preprocess=self.architecture.preprocess, allow_float=integers,
                minimum_agreement=0.0,
            )  # fmt: skip
        if recipe == "float32":
            self._float_file = path
            with contextlib.suppress(ValueError, RuntimeError):
                self._known["facts"]["macs"] = str(macs_of_file(path))
        # The stock interpreter, on the file as it lies there; a Flex operator stops it.
        given, _ = collect(self._samples, model_ends(self._model).inputs, CHOICES, "samples")
        expected, parity = told["expected"], artefact.parity
        less_mean = varying(expected, TFLiteFile(path).predict(given))
        layers = int(self._known["facts"]["layers"])
        by, value, bar, passes = judged(self.architecture, recipe, layers, parity, expected)
        rounded = ""
        if not passes and by == "signal_to_noise":
            rounded = with_rounded_kernels(self._model, given)
            alone = kd.export.Parity.measure(expected, rounded, "samples")
            rounded = f"{alone.signal_to_noise_db:.1f}"
        flex = any(operator.name.startswith("Flex") for operator in read(path).operators)
        return {
            "converts": "yes",
            "stock_interpreter": "yes",
            "flex_free": "no" if flex else "yes",
            "judged_by": by,
            "value": f"{value:.2f}" if by == "agreement" else f"{value:.3g}",
            "bar": f"{bar:g}",
            "passes": "yes" if passes else "no",
            "max_difference_share": f"{difference_share(parity):.3g}",
            "agreement": f"{100 * parity.agreement:.2f}",
            "signal_to_noise_db": f"{parity.signal_to_noise_db:.1f}",
            "varying_db": f"{less_mean:.1f}",
            "rounded_kernels_db": rounded,
            "examples": str(parity.examples),
            "float_operators": str(artefact.manifest["float_operators"]),
            "bytes": str(path.stat().st_size),
            "failure": told["refusal"],
            **self._size(recipe, path),
            **self._latency(recipe, path, given, told["refusal"]),
        }

    def _size(self, recipe, path):
        if recipe == "float32":
            return {}
        if self._float_file is None:
            return {"share_of_float32": "", "size_bar": ""}
        whole = self._float_file.stat().st_size
        return {
            "share_of_float32": f"{100 * path.stat().st_size / whole:.1f}",
            "size_bar": "32" if whole >= LARGE_FILE else "40",
        }

    def _latency(self, recipe, path, given, refusal):
        import keras_distill as kd

        files = {"float32": self._float_file} if self._float_file else {}
        # A few examples in turn: what is looked up or skipped differs between them.
        inputs = {name: values[:20] for name, values in given.items()}
        try:
            report = kd.footprint.compare_latency(
                files | {recipe: path}, runs=self._runs, loads=0, inputs=inputs
            )
        except (RuntimeError, ValueError) as error:
            return {"failure": f"{refusal} Latency was not measured: {one_line(error)}".strip()}
        timed = {row.name: row for row in report.rows}
        found = {"p50_ms": f"{timed[recipe].latency.p50:.4g}"}
        if "float32" in timed:
            found["float32_p50_ms"] = f"{timed['float32'].latency.p50:.4g}"
        if timed[recipe].ratio is not None:
            pair = timed[recipe].ratio
            ends = {"speed_ratio": pair.ratio, "ratio_low": pair.low, "ratio_high": pair.high}
            found |= {name: "" if end is None else f"{end:.3f}" for name, end in ends.items()}
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="of an architecture in benchmarks/architectures")
    parser.add_argument("recipes", help="such as float32,int8")
    parser.add_argument("out", help="JSON file to write")
    parser.add_argument(
        "--without-float32", action="store_true", help="make no float32 file to compare with"
    )
    arguments = parser.parse_args()
    from architectures import ARCHITECTURES

    with tempfile.TemporaryDirectory(prefix="export_matrix_") as folder:
        rows = Rows(ARCHITECTURES[arguments.name], arguments.out, folder)
        try:
            rows.measure(arguments.recipes.split(","), arguments.without_float32)
        except (Exception, SystemExit) as error:
            # The last line that is said is the one that the driver quotes.
            print(f"It could not be built. {one_line(error)}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
