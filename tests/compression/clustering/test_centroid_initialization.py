import keras
import pytest

from keras_distill import _tfmot
from keras_distill.compression import CentroidInitialization, ClusteredLayer


def test_members_are_those_of_tfmot_and_equal_them():
    theirs = _tfmot.CentroidInitialization
    assert [member.name for member in CentroidInitialization] == [member.name for member in theirs]
    for member in CentroidInitialization:
        assert member == theirs[member.name]


@pytest.mark.parametrize("name", [member.name for member in CentroidInitialization])
def test_ours_tfmots_and_names_are_accepted(name):
    for given in (CentroidInitialization[name], _tfmot.CentroidInitialization[name], name):
        layer = ClusteredLayer(keras.layers.Dense(2), 4, given)
        assert layer.cluster_centroids_init is CentroidInitialization[name]
