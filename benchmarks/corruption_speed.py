"""What the fifteen corruptions cost, beside the two packages that have them. One core.

    python benchmarks/corruption_speed.py

Milliseconds for one image at severity 3, the best of several passes, in one process: ours (fast
mode, bytes in, bytes out), imagecorruptions-imaug 1.1.5 (install that version of it; where it is
absent its column stays empty) and the functions of TensorFlow Datasets (224 pixels only, as they
are written; those that cannot be run stay empty). Neither has tables of constants for 32 pixels:
at 32 pixels imaug's work is done with the constants for 224. Then, where there are two cores,
10,000 images of 32 pixels in all 75 cells, on two processes: corruption_grid.csv.
"""

import csv
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

import keras_distill as kd

HERE = pathlib.Path(__file__).resolve().parent
SIDES = {32: 128, 224: 8}
SEVERITY, SECONDS, PASSES = 3, 1.0, 3


def pictures(number, side):
    """Smooth in parts and grainy in parts, over the whole range, as photographs are."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(0)
    noise = rng.random((number, side, side, 3))
    smooth = gaussian_filter(noise, (0, side / 16, side / 16, 0))
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return ((0.8 * smooth + 0.2 * noise) * 255).astype(np.uint8)


def milliseconds(work, images):
    """Best of the passes, each at least `SECONDS` long, per image."""
    work()
    best = np.inf
    for _ in range(PASSES):
        rounds, start = 0, time.perf_counter()
        while rounds == 0 or time.perf_counter() - start < SECONDS / PASSES:
            work()
            rounds += 1
        best = min(best, (time.perf_counter() - start) / rounds / images)
    return 1000 * best


def ours(name, images):
    corruption = kd.corruptions.get(name, SEVERITY)
    return milliseconds(lambda: corruption(images, seed=0), len(images))


def imaug(name, images):
    try:
        from imagecorruptions import corrupt
    except ImportError:
        return None
    some = images[: max(1, len(images) // 8)]

    def work():
        for image in some:
            corrupt(image, corruption_name=name, severity=SEVERITY)

    return milliseconds(work, len(some))


def tfds(name, images):
    if images.shape[1] != 224:
        return None
    try:
        from tensorflow_datasets.image_classification import corruptions
    except ImportError:
        return None
    function = getattr(corruptions, name)
    some = images[:1] if name == "glass_blur" else images[:4]
    try:
        return milliseconds(lambda: [function(image, SEVERITY) for image in some], len(some))
    except Exception as error:  # which of them cannot be run is the finding
        print(f"TFDS's {name} cannot be run: {type(error).__name__}: {str(error)[:80]}")
        return None


def whole_grid(images):
    """Seconds for all images in 75 cells, split over two processes."""
    command = [sys.executable, __file__, "--half"]
    start = time.perf_counter()
    halves = [subprocess.Popen([*command, str(i), str(images)]) for i in range(2)]
    codes = [half.wait() for half in halves]
    if any(codes):
        raise SystemExit(f"A process ended with {codes}.")
    return time.perf_counter() - start


def half(number, images):
    own = range(number, images, 2)
    given = np.resize(pictures(500, 32), (len(own), 32, 32, 3))
    for name in kd.corruptions.names("imagenet_c"):
        for severity in (1, 2, 3, 4, 5):
            corruption = kd.corruptions.get(name, severity)
            for start in range(0, len(own), 500):
                block = slice(start, start + 500)
                corruption(given[block], seed=0, indices=own[block])


def main():
    if "--half" in sys.argv:
        return half(*map(int, sys.argv[-2:]))
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    names = kd.corruptions.names("imagenet_c")
    table = {name: {"corruption": name} for name in [*names, "all 15"]}
    for side, number in SIDES.items():
        images = pictures(number, side)
        for who, work in (("ours", ours), ("imaug", imaug), ("TFDS", tfds)):
            if side == 32 and who == "TFDS":
                continue
            head = f"{who}, {side} px"
            for name in names:
                value = work(name, images)
                table[name][head] = "–" if value is None else f"{value:.3f}"
                print(name, head, table[name][head], flush=True)
            every = [table[name][head] for name in names]
            table["all 15"][head] = "–" if "–" in every else f"{sum(map(float, every)):.2f}"
            print("all 15", head, table["all 15"][head], flush=True)
    write("corruption_speed.csv", list(table.values()))
    os.sched_setaffinity(0, cores)
    if len(cores) > 1:
        seconds = whole_grid(10_000)
        grid = {
            "images": 10_000,
            "side": 32,
            "cells": 75,
            "processes": 2,
            "seconds": f"{seconds:.1f}",
        }
        write("corruption_grid.csv", [grid])
        print(grid)


def write(name, rows):
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
