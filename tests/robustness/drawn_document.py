"""Complete, plausible documents of report.json's form, drawn at random: no model is needed."""

import base64
import copy
import functools
import io
import math

import numpy as np

GROUPS = {
    "noise": ["gaussian_noise", "shot_noise", "impulse_noise"],
    "blur": ["defocus_blur", "glass_blur", "motion_blur", "zoom_blur"],
    "weather": ["snow", "frost", "fog", "brightness"],
    "digital": ["contrast", "elastic_transform", "pixelate", "jpeg_compression"],
}
TEXT = {"other": ["keyboard_typos", "ocr_confusions", "word_drop"]}
MODELS = {
    "teacher": ("keras", None, 0.95, 855_770, 3_423_080, 6.41),
    "control": ("keras", None, 0.84, 78_042, 312_168, 0.92),
    "distilled": ("keras", None, 0.88, 78_042, 312_168, 0.93),
    "pruned": ("keras", "distilled", 0.87, 78_042, 312_168, 0.92),
    "int8": ("tflite", "distilled", 0.877, 78_042, 96_544, 0.31),
}
CLASSES = ["aeroplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "lorry"]
CELL_METRICS = (
    "nll",
    "brier",
    "ece15",
    "ece15_equal_mass",
    "nll_scaled",
    "ece15_scaled",
    "aurc",
    "agreement",
    "kl",
    "js",
    "error_consistency",
    "negative_flips",
    "positive_flips",
    "agreement_when_right",
    "agreement_when_wrong",
)


def drawn_document(models=tuple(MODELS), groups=None, n=400, modality="image", extras=True, seed=0):
    """`(document, predictions, labels)`; the same arguments give the same, in objects anew."""
    groups = {"image": GROUPS, "text": TEXT}[modality] if groups is None else groups
    key = tuple((name, tuple(members)) for name, members in groups.items())
    return copy.deepcopy(_drawn(tuple(models), key, n, modality, extras, seed))


@functools.cache
def _drawn(names, groups, n, modality, extras, seed):
    rng = np.random.default_rng(seed)
    groups = {name: list(members) for name, members in groups}
    corruptions = [name for members in groups.values() for name in members]
    severities = [1, 2, 3, 4, 5] if corruptions else []
    grid = [("clean", 0), *[(c, s) for c in corruptions for s in severities]]
    labels = rng.permutation(np.arange(n) % 10)
    predictions = _predictions(names, corruptions, grid, labels, rng)
    right = {name: top == labels for name, top in predictions.items()}
    baseline = names[0]
    cells = {
        name: [
            _cell(name, cell, k, right, predictions, baseline, rng) for k, cell in enumerate(grid)
        ]
        for name in names
    }
    document = {
        "schema": "keras_distill.robustness/2",
        "created": "2026-11-21T22:00:00Z",
        "wall_seconds": 212.3,
        "seed": seed,
        "baseline": baseline,
        "margin": 0.005,
        "resamples": 1000,
        "environment": {
            "python": "3.11.7",
            "keras_distill": "0.5.0",
            "tensorflow": "2.21.0",
            "keras": "3.15.1",
            "numpy": "2.4.6",
            "ai-edge-litert": "2.1.0",
            "cores": 2,
        },
        "data": {
            "name": "cifar10" if modality == "image" else None,
            "modality": modality,
            "n": n,
            "image_shape": [32, 32, 3] if modality == "image" else None,
            "bits": 8 if modality == "image" else None,
            "empty_texts": 2 if modality == "text" else None,
            "class_names": list(CLASSES),
            "labels_sha256": "5e" * 32,
            "inputs_sha256": "1b" * 32,
            "temperature_from": "held-out data",
            "paired": True,
        },
        "suite": {
            "name": "imagenet_c" if len(corruptions) == 15 else None,
            "corruptions": corruptions,
            "severities": severities,
            "profiles": ["cifar32"] if modality == "image" else [],
            "rng": "fast",
            "source": "generated",
            "groups": groups,
            "bytes_sha256": {f"{c}/{s}": "0f" * 32 for c, s in grid},
            "approximate": ["glass_blur"] if "glass_blur" in corruptions else [],
        },
        "models": [
            _model(name) | ({"texts_cut": 7} if modality == "text" else {}) for name in names
        ],
        "cells": [cell for name in names for cell in cells[name]],
        "aggregates": [
            _aggregate(name, cells[name], right, grid, groups, labels, baseline) for name in names
        ],
        "comparisons": _comparisons(names, right, grid, corruptions, predictions, baseline, rng),
    }
    if extras:
        document |= _extras(names, right, labels, corruptions, predictions, baseline, modality, rng)
    return document, predictions, labels


def _predictions(names, corruptions, grid, labels, rng):
    hardness = rng.random(len(labels))
    strength = {name: rng.uniform(0.2, 1.3) for name in corruptions} | {"clean": 0.0}
    wrong = (labels + rng.integers(1, 10, len(labels))) % 10
    predictions = {}
    for name in names:
        skill = MODELS.get(name, ("", None, 0.8))[2]
        own = rng.normal(0, 0.03, len(labels))
        limits = [skill - 0.09 * s * strength[c] / skill for c, s in grid]
        right = np.stack([hardness + own < limit for limit in limits])
        predictions[name] = np.where(right, labels, wrong)
    return predictions


def _model(name):
    kind, parent, _, parameters, size, ms = MODELS.get(
        name, ("callable", None, 0, None, None, None)
    )
    return {
        "name": name,
        "format": kind,
        "parent": parent,
        "parameters": parameters,
        "macs": None if parameters is None else 160 * parameters,
        "bytes": size,
        "gzip_bytes": None if size is None else int(0.9 * size),
        "sparsity": 0.9 if name == "pruned" else 0.0,
        "latency_ms_p50": ms,
        "training_seconds": None,
        "temperature": 1.37,
        "texts_cut": None,
    }


def _around(value, half, low=-np.inf, high=np.inf):
    return [float(max(low, value - half)), float(min(high, value + half))]


def _share(hits):
    """A fraction and its interval."""
    value, n = float(np.mean(hits)), np.shape(hits)[-1]
    return value, _around(value, 1.96 * np.sqrt(value * (1 - value) / n + 1 / n**2), 0, 1)


def _scores(right, top, base_right, base_top, rng):
    accuracy = right.mean()
    error = 1 - accuracy
    ece = float(np.clip(0.02 + 0.25 * error + rng.normal(0, 0.005), 0, 1))
    same = top == base_top
    return {
        "nll": 0.1 + 2.4 * error,
        "brier": 1.4 * error,
        "ece15": ece,
        "ece15_equal_mass": ece * 0.97,
        "nll_scaled": 0.1 + 1.9 * error,
        "ece15_scaled": ece * 0.4,
        "aurc": error**2,
        "agreement": same.mean(),
        "kl": 1.1 * (1 - same.mean()),
        "js": 0.2 * (1 - same.mean()),
        "error_consistency": _kappa(right, base_right),
        "negative_flips": (base_right & ~right).mean(),
        "positive_flips": (~base_right & right).mean(),
        "agreement_when_right": same[base_right].mean() if base_right.any() else None,
        "agreement_when_wrong": same[~base_right].mean() if not base_right.all() else None,
    }


def _with_intervals(scores, n):
    made = {}
    for name, value in scores.items():
        value = None if value is None or not np.isfinite(value) else float(value)
        high = np.inf if name in ("nll", "brier", "kl", "js", "nll_scaled") else 1
        made[name] = value
        made[f"{name}_ci95"] = (
            None if value is None else _around(value, 0.4 / np.sqrt(n), min(0, value), high)
        )
    return made


def _cell(name, cell, k, right, predictions, baseline, rng):
    n = right[name].shape[1]
    accuracy, interval = _share(right[name][k])
    scores = _scores(
        right[name][k], predictions[name][k], right[baseline][k], predictions[baseline][k], rng
    )
    return {
        "model": name,
        "corruption": cell[0],
        "severity": cell[1],
        "n": n,
        "accuracy": accuracy,
        "accuracy_ci95": interval,
        **_with_intervals({"macro_f1": accuracy * 0.99} | scores, n),
    }


def _aggregate(name, cells, right, grid, groups, labels, baseline):
    mine = right[name]
    clean, clean_ci95 = _share(mine[0])
    made = {"model": name, "clean_accuracy": clean, "clean_accuracy_ci95": clean_ci95}
    some = len(grid) > 1
    corrupted = mine[1:].mean(axis=0) if some else None
    whole = {"mean_corrupted_accuracy": corrupted.mean() if some else None}
    mean = whole["mean_corrupted_accuracy"]
    its = 1 - right[baseline][1:].mean() if some else None
    whole |= {
        "relative_accuracy": mean / clean if some else None,
        "mce_unnormalised": 100 * (1 - mean) if some else None,
        "ce_vs_baseline": 100 * (1 - mean) / its if some else None,
        "relative_mce_vs_baseline": 100 * (clean - mean) / (right[baseline][0].mean() - 1 + its)
        if some
        else None,
        "mce_alexnet": None,
        "macro_f1_clean": clean * 0.99,
    }
    for metric in CELL_METRICS:
        whole[f"{metric}_clean"] = cells[0][metric]
        known = [cell[metric] for cell in cells[1:] if cell[metric] is not None]
        whole[f"{metric}_corrupted"] = np.mean(known) if known else None
    made |= {key: None if value is None else float(value) for key, value in whole.items()}
    for key in whole:
        wide = 2.0 if "mce" in key or "ce_vs" in key else 0.015
        made[f"{key}_ci95"] = None if made[key] is None else _around(made[key], wide, 0)

    def share(rows):
        value, interval = _share(mine[rows].mean(axis=0))
        return {"accuracy": value, "accuracy_ci95": interval}

    members = {c: [i for i, cell in enumerate(grid) if cell[0] == c] for c, _ in grid[1:]}
    made["by_group"] = {g: share(sum((members[c] for c in cs), [])) for g, cs in groups.items()}
    hardest = min(members, key=lambda c: mine[members[c]].mean(), default=None)
    made["worst_corruption"] = (
        None if hardest is None else {"name": hardest} | share(members[hardest])
    )
    for kind, rows in (("clean", mine[:1]), ("corrupted", mine[1:])):
        by_class = [rows[:, labels == c].mean() for c in range(10)] if len(rows) else []
        made[f"worst_class_{kind}"] = None
        if by_class:
            worst = int(np.argmin(by_class))
            made[f"worst_class_{kind}"] = {
                "class": worst,
                "accuracy": float(by_class[worst]),
                "accuracy_ci95": _around(by_class[worst], 0.1, 0, 1),
            }
    return made


def _kappa(a, b):
    observed, chance = (a == b).mean(), a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return float((observed - chance) / (1 - chance)) if chance < 1 else None


def _test(a, b, family=1):
    mine, its = int((a & ~b).sum()), int((b & ~a).sum())
    p = math.erfc(abs(mine - its) / math.sqrt(2 * (mine + its))) if mine + its else 1.0
    return {"only_model": mine, "only_against": its, "p_exact": p, "p_holm": min(1.0, family * p)}


def _paired(a, b):
    difference = (a.astype(float) - b.astype(float)).mean(axis=0) if a.ndim == 2 else a * 1.0 - b
    value = float(difference.mean())
    return value, _around(value, 1.96 * float(difference.std()) / np.sqrt(len(difference)), -1, 1)


def _verdict(value, interval, margin=0.005):
    if value is None:
        return None
    if interval[0] > 0:
        return "better"
    if interval[0] >= -margin:
        return "as good"
    return "worse" if interval[1] < 0 else "not told apart"


def _comparisons(names, right, grid, corruptions, predictions, baseline, rng):
    pairs = [(name, baseline) for name in names if name != baseline]
    pairs += [
        (a, b)
        for a, b in (("distilled", "control"), ("int8", "distilled"), ("pruned", "distilled"))
        if {a, b} <= set(names)
    ]
    made = []
    for name, against in pairs:
        a, b = right[name], right[against]
        clean, clean_ci95 = _paired(a[0], b[0])
        value, interval = _paired(a[1:], b[1:]) if corruptions else (None, None)
        rows = []
        for corruption in corruptions:
            cells = [i for i, cell in enumerate(grid) if cell[0] == corruption]
            found, found_ci95 = _paired(a[cells], b[cells])
            rows.append(
                {
                    "corruption": corruption,
                    "difference": found,
                    "difference_ci95": found_ci95,
                    **_test(a[cells].ravel(), b[cells].ravel(), len(pairs) * len(corruptions)),
                }
            )
        lost, won = np.flatnonzero(b[0] & ~a[0]), np.flatnonzero(a[0] & ~b[0])
        made.append(
            {
                "model": name,
                "against": against,
                "clean_difference": clean,
                "clean_difference_ci95": clean_ci95,
                "clean_mcnemar": _test(a[0], b[0], len(pairs)),
                "corrupted_difference": value,
                "corrupted_difference_ci95": interval,
                "margin": 0.005,
                "clean_verdict": _verdict(clean, clean_ci95),
                "corrupted_verdict": _verdict(value, interval),
                "by_corruption": rows,
                "flips": {
                    "negative": lost[:200].tolist(),
                    "positive": won[:200].tolist(),
                    "negative_count": len(lost),
                    "positive_count": len(won),
                },
            }
        )
    return made


def _classification(name, kind, classes):
    def scores(recall):
        found = {"precision": min(1.0, recall + 0.01), "recall": recall, "f1": recall}
        return found | {f"{key}_ci95": _around(value, 0.04) for key, value in found.items()}

    rows = [
        {"class": row["class"], "support": row["n"], "answers": row["n"]} | scores(row[kind])
        for row in classes
    ]
    macro = scores(float(np.mean([row[kind] for row in classes])))
    return {"model": name, "kind": kind, "classes": rows, "macro": macro}


def _extras(names, right, labels, corruptions, predictions, baseline, modality, rng):
    n, some = len(labels), bool(corruptions)

    def matrix(rows):
        return [
            [_kappa(right[a][rows].ravel(), right[b][rows].ravel()) for b in names] for a in names
        ]

    made = {
        "error_consistency": {
            "models": list(names),
            "clean": matrix(slice(0, 1)),
            "corrupted": matrix(slice(1, None)) if some else None,
        },
        "per_class": [],
        "classification": [],
        "calibration": [],
        "attacks": [],
        "out_of_distribution": [],
        "stability": [],
        "gallery": [],
        "tests": [
            {"name": "int8 not worse than distilled by 0.5 points, corrupted", "passed": True},
            {"name": "distilled.mean_corrupted_accuracy >= 0.90", "passed": False},
        ],
    }
    for i, name in enumerate(names):
        for c in range(10):
            clean = right[name][0][labels == c].mean()
            corrupted = right[name][1:][:, labels == c].mean() if some else None
            row = {
                "clean": clean,
                "corrupted": corrupted,
                "drop": clean - corrupted if some else None,
            }
            row = {key: None if value is None else float(value) for key, value in row.items()}
            row |= {
                f"{key}_ci95": None if value is None else _around(value, 0.05)
                for key, value in row.items()
            }
            made["per_class"].append(
                {"model": name, "class": c, "n": int((labels == c).sum()), **row}
            )
        for kind, gap in (("clean", 0.04), ("corrupted", 0.12)) if some else (("clean", 0.04),):
            made["classification"].append(_classification(name, kind, made["per_class"][-10:]))
            made["calibration"].append({"model": name, "kind": kind, "bins": _bins(gap + 0.01 * i)})
        if modality == "image":
            made["attacks"] += _attacks(name, names, i)
            flip = {
                "frames": 10,
                "n": 200,
                "flip_probability": 0.02 + 0.01 * i,
                "flip_probability_ci95": [0.015 + 0.01 * i, 0.025 + 0.01 * i],
            }
            made["stability"] += [
                {"model": name, "sequence": s, **flip}
                for s in ("translate", "rotate", "brightness")
            ]
        auroc = 0.93 - 0.02 * i
        made["out_of_distribution"].append(
            {
                "model": name,
                "data": "svhn_cropped",
                "n_in": n,
                "n_out": n,
                "auroc": auroc,
                "auroc_ci95": _around(auroc, 0.02),
                "aupr": auroc - 0.02,
                "aupr_ci95": _around(auroc - 0.02, 0.02),
                "fpr95": 0.3 + 0.03 * i,
                "fpr95_ci95": _around(0.3 + 0.03 * i, 0.05),
                "histogram": {
                    "edges": [k / 10 for k in range(11)],
                    "in": [0, 0, 1, 3, 6, 10, 20, 40, 80, 240],
                    "out": [0, 2, 20, 50, 70, 60, 60, 50, 40, 48],
                },
            }
        )
    made["gallery"] = _gallery(
        names, right, labels, predictions, baseline, corruptions, modality, rng
    )
    return made


def _bins(gap):
    made = []
    for k in range(15):
        low, high = k / 15, (k + 1) / 15
        middle, empty = (low + high) / 2, k < 2
        made.append(
            {
                "low": low,
                "high": high,
                "n": 0 if empty else 4 + k * k,
                "confidence": None if empty else middle,
                "accuracy": None if empty else max(0.0, middle - gap),
            }
        )
    return made


def _attacks(name, names, i):
    source = "distilled" if name == "int8" and "distilled" in names else name
    rows = []
    for attack, steps, slope in (("fgsm", None, 12), ("pgd", 20, 20)):
        for epsilon in (2 / 255, 4 / 255, 8 / 255):
            value = max(0.0, 0.85 - slope * epsilon - 0.02 * i)
            rows.append(
                {
                    "model": name,
                    "attack": attack,
                    "epsilon": epsilon,
                    "steps": steps,
                    "crafted_on": source,
                    "n": 500,
                    "accuracy": value,
                    "accuracy_ci95": _around(value, 0.03, 0, 1),
                }
            )
    return rows


def _gallery(names, right, labels, predictions, baseline, corruptions, modality, rng):
    if not corruptions:
        return []
    made = []
    for position in range(4):
        other = names[-1]
        flipped = np.flatnonzero(right[baseline][3] & ~right[other][3])
        chance = position == 3 or len(flipped) <= position
        index = int(rng.integers(len(labels)) if chance else flipped[position])
        frames = []
        for severity, row in ((0, 0), (1, 1), (3, 3), (5, 5)):
            frames.append(
                {
                    "severity": severity,
                    "png": _png(index, severity, rng) if modality == "image" else None,
                    "text": None
                    if modality == "image"
                    else "a film that <b>holds</b> you " + "x" * severity,
                    "answers": {
                        m: {
                            "class": int(predictions[m][row, index]),
                            "confidence": round(float(rng.uniform(0.4, 1)), 3),
                        }
                        for m in names
                    },
                }
            )
        made.append(
            {
                "id": index,
                "label": int(labels[index]),
                "corruption": corruptions[0],
                "frames": frames,
                "why": "chance pick" if chance else f"{baseline} right, {other} wrong",
            }
        )
    return made


def _png(index, severity, rng):
    from PIL import Image

    y, x = np.mgrid[0:32, 0:32]
    picture = np.stack(
        [(x * 7 + index) % 256, (y * 7) % 256, ((x - 16) ** 2 + (y - 16) ** 2) % 256], -1
    )
    noisy = np.clip(picture + rng.normal(0, 14 * severity, picture.shape), 0, 255).astype("uint8")
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
