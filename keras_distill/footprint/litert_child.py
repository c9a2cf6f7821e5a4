"""The child process in which `.tflite` files are opened and timed: LiteRT, NumPy, nothing else.

Run by its path, as `python litert_child.py - ANSWER`, so that `import keras_distill`, and with
it TensorFlow's half gigabyte, stays out of what is measured. It must import nothing of the
package.
"""

import gc
import json
import pathlib
import random
import sys
import time

import numpy as np

# Threads of the file before keep turning for a moment, and the caches hold its weights.
SETTLE_SECONDS = 0.002


class Refused(Exception):
    """A file that cannot be measured: `kind` of trouble ("file", "run" or "inputs"), and why."""

    def __init__(self, kind, path, reason):
        super().__init__(reason)
        self.answer = {"refused": kind, "path": path, "reason": str(reason).strip()}


class OpenFile:
    """An interpreter with a batch of one (or the file's own, where it is fixed), and inputs."""

    def __init__(self, path, threads, inputs, seed):
        from ai_edge_litert.interpreter import Interpreter

        self._path = path
        self._random = np.random.default_rng(seed)
        self._feeds = None
        try:
            self._interpreter = Interpreter(model_path=path, num_threads=threads)
            self._given = self._by_index(inputs)
            self._resize()
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise Refused("file", path, error) from error

    def call(self, number):
        """Seconds that `invoke` takes on example `number`; handing over inputs is not counted."""
        if self._feeds is None:
            details = self._interpreter.get_input_details()
            self._feeds = [(each["index"], self._examples(each)) for each in details]
        try:
            for index, examples in self._feeds:
                self._interpreter.set_tensor(index, examples[number % len(examples)])
            began = time.perf_counter()
            self._interpreter.invoke()
            return time.perf_counter() - began
        except (ValueError, RuntimeError) as error:
            raise Refused("run", self._path, error) from error

    def uses_xnnpack(self):
        """Whether a delegate took operators; the stock interpreter has XNNPACK's and no other."""
        operators = self._interpreter._get_ops_details()
        return any(operator["op_name"] == "DELEGATE" for operator in operators)

    def _resize(self):
        for each in self._interpreter.get_input_details():
            shape = [1 if n == -1 else int(n) for n in each["shape_signature"]]
            if -1 in each["shape_signature"]:
                if each["index"] in self._given:
                    shape[1:] = self._given[each["index"]].shape[1:]
                self._interpreter.resize_tensor_input(each["index"], shape)

    def _by_index(self, inputs):
        details = self._interpreter.get_input_details()
        if not inputs:
            return {}
        if len(details) == 1 and len(inputs) == 1:
            return {details[0]["index"]: next(iter(inputs.values()))}
        known = {each["name"]: each["index"] for each in details}
        for key in self._interpreter.get_signature_list():
            runner = self._interpreter.get_signature_runner(key)
            known |= {n: each["index"] for n, each in runner.get_input_details().items()}
        found = {known[name]: examples for name, examples in inputs.items() if name in known}
        if len(found) < max(len(inputs), len(details)):
            raise Refused(
                "inputs", self._path, f"takes inputs by the names {', '.join(sorted(known))}"
            )
        return found

    def _examples(self, each):
        shape, dtype = tuple(int(n) for n in each["shape"]), np.dtype(each["dtype"])
        if each["index"] not in self._given:
            return [made(shape, dtype, each["quantization"][0], self._random)]
        examples = self._given[each["index"]]
        if examples.shape[1:] != shape[1:] or len(examples) == 0:
            takes = ", ".join(str(n) for n in ("n", *shape[1:]))
            raise Refused("inputs", self._path, f"takes an array ({takes}), n examples of it")
        examples = quantized(examples, dtype, *each["quantization"])
        return [np.repeat(one[None], shape[0], axis=0) for one in examples]


def made(shape, dtype, scale, chance):
    """Values for an input: all of a narrow integer's range, 0 and 1 for wider ones (indices)."""
    if dtype.kind == "f":
        # Not by way of float64, whose eight bytes would be the peak of memory.
        return chance.random(shape, np.float32).astype(dtype, copy=False)
    if dtype.kind == "c":
        return (chance.random(shape) + 1j * chance.random(shape)).astype(dtype)
    if dtype.kind == "b":
        return chance.random(shape) < 0.5
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if scale or dtype.itemsize == 1:
            return chance.integers(limits.min, limits.max, shape, dtype, endpoint=True)
        return chance.integers(0, 2, shape, dtype)
    return np.full(shape, b"text")


def quantized(examples, dtype, scale, zero_point):
    """Real numbers in an input's own dtype and scale; what has that dtype is taken as it is."""
    if examples.dtype == dtype or dtype.kind not in "iu" or not scale:
        return examples.astype(dtype)
    limits = np.iinfo(dtype)
    steps = np.rint(examples / scale) + zero_point
    return np.clip(steps, limits.min, limits.max).astype(dtype)


def load(path, threads, inputs, seed):
    """One file, opened for the first time in this process.

    Returns:
        `{"load_ms": opening it and allocating, "first_call_ms": the first inference,
        "peak_memory": bytes by which this process's resident memory rose at its highest,
        or None where the system does not tell, "xnnpack": whether XNNPACK took operators,
        "tensorflow": whether TensorFlow is in this process, which it must not be}`.
    """
    import ai_edge_litert.interpreter  # noqa: F401  (its own time and memory do not count)

    before = _resident()
    began = time.perf_counter()
    file = OpenFile(path, threads, inputs, seed)
    opened = time.perf_counter() - began
    first = file.call(0)
    file.call(1)
    peak = _peak()
    return {
        "load_ms": 1000 * opened,
        "first_call_ms": 1000 * first,
        "peak_memory": None if None in (before, peak) else peak - before,
        "xnnpack": file.uses_xnnpack(),
        "tensorflow": "tensorflow" in sys.modules,
    }


def take_turns(calls, blocks, warmup, seed):
    """Calls several functions in turns, in another random order each round.

    Args:
        calls: Functions of a running number that return seconds.
        blocks: Counted calls of each function in each round.
        warmup: Calls of each function before the first round, that do not count. At the
            start of each turn some more do not: one, and as many as begin within 2 ms.
        seed: Of the orders.

    Returns:
        For each function, a list of rounds, each a list of seconds.
    """
    chance = random.Random(seed)
    order, taken = list(range(len(calls))), [[] for _ in calls]
    for call in calls:
        for number in range(warmup):
            call(number)
    number = 0
    for size in blocks:
        chance.shuffle(order)
        for which in order:
            settled = time.perf_counter() + SETTLE_SECONDS
            calls[which](number)
            while time.perf_counter() < settled:
                calls[which](number)
            taken[which].append([calls[which](number + i) for i in range(size)])
        number += size
    return taken


def turns(paths, threads, blocks, warmup, inputs, seed):
    """Seconds of every counted call: `{"seconds": [for each path and number of threads]}`."""
    files = [OpenFile(path, n, inputs, seed) for n in threads for path in paths]
    gc.disable()
    return {"seconds": take_turns([file.call for file in files], blocks, warmup, seed)}


def _resident():
    """Bytes in memory now, from which on the system keeps the peak anew."""
    status = pathlib.Path("/proc/self/status")
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")
        return _kilobytes(status.read_text(), "VmRSS")
    except OSError:
        return None


def _peak():
    try:
        return _kilobytes(pathlib.Path("/proc/self/status").read_text(), "VmHWM")
    except OSError:
        return None


def _kilobytes(status, name):
    (line,) = (line for line in status.splitlines() if line.startswith(f"{name}:"))
    return 1024 * int(line.split()[1])


def answer(job, inputs, **arguments):
    """What a job finds, or `{"refused": kind, "path": the file, "reason": what LiteRT says}`."""
    if inputs is not None:
        with np.load(inputs, allow_pickle=False) as stored:
            inputs = {name: stored[name] for name in stored.files}
    try:
        return {"load": load, "turns": turns}[job](inputs=inputs, **arguments)
    except Refused as refusal:
        return refusal.answer


if __name__ == "__main__":
    found = answer(**json.load(sys.stdin))
    pathlib.Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")
