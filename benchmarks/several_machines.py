"""Several machines, one student: JAX under Keras's distribution API, each process with its share.

    KERAS_BACKEND=jax python benchmarks/several_machines.py                  # two processes, here
    KERAS_BACKEND=jax python benchmarks/several_machines.py HOST:PORT N RANK # on each of N machines

Every process feeds its own part of the batch and reports the loss of the whole; the last line
compares the two with a run in one process. On TensorFlow use MirroredStrategy (one machine):
Keras 3's own `fit` fails under MultiWorkerMirroredStrategy (keras-team/keras#20585).
"""

import json
import socket
import subprocess
import sys

BATCH, STEPS = 32, 20


def train(processes, rank):
    """Losses of STEPS steps; `processes` of 1 is the run to compare with."""
    import keras
    import numpy as np

    import keras_distill as kd

    if processes > 1:
        keras.distribution.set_distribution(
            keras.distribution.DataParallel(auto_shard_dataset=False)
        )
    keras.utils.set_random_seed(0)

    def build(width, name):
        inputs = keras.Input((16,))
        x = keras.layers.Dense(width, "relu", name="hidden")(inputs)
        return keras.Model(inputs, keras.layers.Dense(5)(x), name=name)

    distiller = kd.Distiller(
        build(64, "teacher"),
        build(8, "student"),
        [kd.losses.SoftTargets(), kd.losses.FeatureHint("hidden", "hidden", seed=0)],
    )
    distiller.compile(
        keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    rng = np.random.default_rng(1)
    x = rng.normal(size=(STEPS, BATCH, 16)).astype("float32")
    y = rng.integers(0, 5, (STEPS, BATCH))
    share = slice(rank * BATCH // processes, (rank + 1) * BATCH // processes)
    return [
        float(distiller.train_on_batch(x[i, share], y[i, share], return_dict=True)["student_loss"])
        for i in range(STEPS)
    ]


def main(arguments):
    if arguments == ["alone"]:
        print(json.dumps(train(1, 0)))
    elif arguments:
        import keras

        address, processes, rank = arguments[0], int(arguments[1]), int(arguments[2])
        keras.distribution.initialize(address, processes, rank)
        print(json.dumps(train(processes, rank)))
    else:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        every = [["alone"], [address, "2", "0"], [address, "2", "1"]]
        running = [
            subprocess.Popen([sys.executable, __file__, *each], stdout=subprocess.PIPE, text=True)
            for each in every
        ]
        outputs = [each.communicate(timeout=600)[0] for each in running]
        if any(each.returncode for each in running):
            raise SystemExit("A process failed; its error stands above.")
        alone, one, other = (json.loads(each.splitlines()[-1]) for each in outputs)
        worst = max(
            abs(a - b) / abs(a) for run in (one, other) for a, b in zip(alone, run, strict=True)
        )
        print(f"loss after {STEPS} steps: {alone[-1]:.6f} alone, {one[-1]:.6f} and {other[-1]:.6f}")
        print(f"largest relative difference over the steps: {worst:.1e}")


if __name__ == "__main__":
    main(sys.argv[1:])
