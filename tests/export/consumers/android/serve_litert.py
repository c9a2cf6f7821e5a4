"""Runs a .tflite file for a JVM: it says what the tensors are, then a line in, lines out."""

import base64
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def main(path, threads):
    runner = Interpreter(
        model_path=path, num_threads=int(threads) if int(threads) > 0 else None
    ).get_signature_runner("serving_default")
    ends = {"input": runner.get_input_details(), "output": runner.get_output_details()}
    for which, tensors in ends.items():
        for name, tensor in tensors.items():
            dtype = np.dtype(tensor["dtype"])
            scale, zero_point = tensor["quantization"]
            size = int(np.prod(tensor["shape"])) * dtype.itemsize
            # A float32's shortest decimals.
            print(which, name, dtype.name, np.float32(scale), zero_point, size, *tensor["shape"])
    print("ready", flush=True)
    for line in sys.stdin:
        key, *words = line.split()
        if key != "serving_default":
            raise ValueError(f"There is no signature {key!r}.")
        given = {}
        for name, content in zip(words[::2], words[1::2], strict=True):
            tensor = ends["input"][name]
            values = np.frombuffer(base64.b64decode(content), tensor["dtype"])
            given[name] = values.reshape(tensor["shape"])
        outputs = runner(**given)
        for name in ends["output"]:
            print(base64.b64encode(outputs[name].tobytes()).decode(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
