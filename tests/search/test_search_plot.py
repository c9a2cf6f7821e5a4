"""Panels, what is marked in them, and the moving mean by hand."""

import numpy as np

from keras_distill.search import SearchResult
from keras_distill.search.search_plot import local_mean, search_plot


def trial(number, **values):
    return {
        "trial": number,
        "status": "completed",
        "distillation_loss": "soft_targets",
        "temperature": 4.0,
        "student_loss_weight": 0.5,
        "val_accuracy": 0.9,
        **values,
    }


SEARCHED = {"temperature": (1.0, 20.0), "student_loss_weight": (0.0, 1.0)}


def figure(trials, searched=SEARCHED):
    return search_plot(SearchResult(trials, "val_accuracy", "max", searched))


def test_a_panel_for_each_number_the_best_and_the_default_marked():
    trials = [
        trial(1),
        trial(2, temperature=2.0, student_loss_weight=0.1, val_accuracy=0.95),
        trial(3, temperature=20.0, val_accuracy=0.8),
        trial(4, status="failed", val_accuracy=None),
        trial(5, temperature=None, val_accuracy=0.7),
    ]
    made = figure(trials)
    # Two panels, and a scale of colours beside each.
    temperature, weight, *_ = made.axes
    assert temperature.get_xlabel() == "temperature" and temperature.get_xscale() == "log"
    assert weight.get_xlabel() == "student loss weight" and weight.get_xscale() == "linear"
    assert temperature.get_ylabel() == "val_accuracy"
    assert {text.get_text() for text in temperature.get_xticklabels()} == {
        "1",
        "2",
        "5",
        "10",
        "20",
    }
    points = temperature.collections[0].get_offsets()
    assert sorted(points[:, 0]) == [2.0, 4.0, 20.0]
    legend = [text.get_text() for text in made.legends[0].get_texts()]
    assert legend == ["default: 0.9000", "best: 0.9500"]
    marks = {each.get_label(): each.get_offsets()[0] for each in temperature.collections[1:]}
    np.testing.assert_allclose(marks["best: 0.9500"], (2.0, 0.95))
    np.testing.assert_allclose(marks["default: 0.9000"], (4.0, 0.9))
    colours = temperature.collections[0].get_array()
    np.testing.assert_allclose(sorted(colours), [0.1, 0.5, 0.5])


def test_one_number_alone_and_no_number_at_all():
    trials = [trial(1), trial(2, distillation_loss="dist", temperature=1.0, val_accuracy=0.8)]
    alone = figure(trials, {"temperature": (1.0, 20.0)})
    assert len(alone.axes) == 1
    losses = figure(trials, {"distillation_loss": ["soft_targets", "dist"]})
    labels = [text.get_text() for text in losses.axes[0].get_xticklabels()]
    assert labels == ["soft_targets", "dist"]


def test_the_mean_near_by():
    # Two trials a whole range apart: each is its own mean, and between them there is no line.
    x, mean = local_mean([1.0, 100.0], np.array([0.2, 0.8]), (1.0, 100.0), linear=False)
    np.testing.assert_allclose(mean[[0, -1]], [0.2, 0.8], atol=1e-12)
    assert not ((x > 1.7) & (x < 60)).any()
    # At the middle of two a tenth apart the weights are equal; at one of them they are
    # 1 and exp(-1/2).
    x, mean = local_mean([0.4, 0.5], np.array([0.0, 1.0]), (0.0, 1.0), linear=True)
    near = np.exp(-0.5)
    np.testing.assert_allclose(mean[np.isclose(x, 0.45)], [0.5])
    np.testing.assert_allclose(mean[np.isclose(x, 0.4)], [near / (1 + near)])
