import pytest

from keras_distill import _tfmot
from keras_distill.compression import CentroidInitialization
from keras_distill.compression.clustering.clustering_checks import (
    aggregation_of,
    check_number_of_clusters,
    initialization_of,
)


@pytest.mark.parametrize("member", list(CentroidInitialization))
def test_ours_tfmots_and_names_are_one(member):
    theirs = _tfmot.CentroidInitialization[member.name]
    for given in (member, theirs, member.name, str(member)):
        assert initialization_of(given) is member


def test_aggregations():
    assert [aggregation_of(one) for one in _tfmot.GradientAggregation] == ["SUM", "AVG"]
    assert aggregation_of("AVG") == "AVG"


@pytest.mark.parametrize(
    "check, sentence",
    [
        (
            lambda: check_number_of_clusters(2, True),
            "`number_of_clusters` must be a whole number of at least 3: zero is one of them. "
            "Received: number_of_clusters=2. Pass for example 16.",
        ),
        (
            lambda: check_number_of_clusters("16", False),
            "`number_of_clusters` must be a whole number of at least 2. Received: "
            "number_of_clusters='16'. Pass for example 16.",
        ),
        (
            lambda: initialization_of(None),
            "`cluster_centroids_init` must be one of LINEAR, RANDOM, DENSITY_BASED, "
            "KMEANS_PLUS_PLUS. Received: None. Pass for example "
            "`keras_distill.compression.CentroidInitialization.LINEAR`.",
        ),
        (
            lambda: aggregation_of("sum"),
            "`cluster_gradient_aggregation` must be 'SUM' or 'AVG'. Received: 'sum'. Pass 'SUM', "
            "TF-MOT's default.",
        ),
    ],
)
def test_what_is_refused(check, sentence):
    with pytest.raises(ValueError) as caught:
        check()
    assert str(caught.value) == sentence


def test_the_least_numbers_are_taken():
    check_number_of_clusters(2, False)
    check_number_of_clusters(3, True)
