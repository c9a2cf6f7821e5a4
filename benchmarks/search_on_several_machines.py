"""One search on several machines, by KerasTuner's chief and workers.

    python benchmarks/search_on_several_machines.py                    # all three here
    python benchmarks/search_on_several_machines.py chief HOST:PORT    # hands out, trains nothing
    python benchmarks/search_on_several_machines.py worker1 HOST:PORT  # a name for each machine

Put your own data, teacher and student in the place of `space_and_data`; every machine needs them,
and the same ones. HOST is the chief's address. Workers are to start before the chief is done: one
that comes later waits for it in vain. A worker that died is started again with its name, and is
given the trial that it had; the chief waits for it. The chief's folder has the trials: the same
command goes on with them after an interruption. The port is not protected; keep it inside your
network.
"""

import os
import socket
import subprocess
import sys

FOLDER = "runs/search_on_several_machines"
TRIALS = 8


def space_and_data():
    """Three classes divided by lines, a teacher that knows them, and a small student."""
    import keras
    import numpy as np

    import keras_distill as kd

    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(8, 3)).astype("float32")
    x = rng.normal(size=(1200, 8)).astype("float32")
    y = (x @ kernel).argmax(-1)
    # A tenth of the training labels are wrong, which the teacher knows better.
    labels = np.where(rng.random(1200) < 0.1, rng.integers(0, 3, 1200), y)
    teacher = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])
    teacher.set_weights([3 * kernel, np.zeros(3)])

    def student():
        layers = [keras.Input((8,)), keras.layers.Dense(6, "relu"), keras.layers.Dense(3)]
        return keras.Sequential(layers)

    space = kd.search.HyperDistiller(teacher, student)
    return space, (x[:600], labels[:600]), (x[600:], y[600:])


def main(arguments):
    if arguments:
        name, address = arguments
        host, _, port = address.rpartition(":")
        # What KerasTuner reads; set them in the shell and leave this out of a script of yours.
        os.environ["KERASTUNER_TUNER_ID"] = name
        os.environ["KERASTUNER_ORACLE_IP"], os.environ["KERASTUNER_ORACLE_PORT"] = host, port
        import keras_distill as kd

        def said(line):
            print(f"{name}: {line}", flush=True)

        result = kd.search.search(
            *space_and_data(), max_trials=TRIALS, epochs=5, directory=FOLDER, progress=said
        )
        if result is not None:
            result.save(FOLDER + "_result")
            best = result.best_trial
            said(f"best: trial {best['trial']}, val_accuracy {best['val_accuracy']:.4f}")
            said(f"default: val_accuracy {result.trials[0]['val_accuracy']:.4f}")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    names = ("chief", "worker1", "worker2")
    running = [subprocess.Popen([sys.executable, __file__, name, address]) for name in names]
    if any([each.wait(timeout=600) for each in running]):
        raise SystemExit("A process failed; its error stands above.")


if __name__ == "__main__":
    main(sys.argv[1:])
