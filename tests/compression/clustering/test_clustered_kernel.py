import keras
import numpy as np
import pytest

from keras_distill.compression import CentroidInitialization
from keras_distill.compression.clustering.clustered_kernel import ClusteredKernel


def kernel_of(values, clusters, preserve_sparsity=False, per_channel=False, aggregation="SUM"):
    owner = keras.layers.Layer()
    variable = keras.Variable(np.array(values, "float32"), name="kernel")
    clustered = ClusteredKernel(
        owner, "kernel", variable, clusters, preserve_sparsity, per_channel, aggregation
    )
    clustered.start(CentroidInitialization.LINEAR, "layer")
    return clustered


def test_values_by_hand():
    clustered = kernel_of([[0.0, 0.4], [0.7, 1.0]], 2)
    np.testing.assert_array_equal(clustered.centroids, [0.0, 1.0])
    np.testing.assert_array_equal(clustered.pulling_indices, [[0, 0], [1, 1]])
    np.testing.assert_array_equal(clustered.values(), [[0.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize("aggregation, expected", [("SUM", [3.0, 12.0]), ("AVG", [1.5, 6.0])])
def test_gradients_reach_centroids_and_kernel(aggregation, expected):
    import tensorflow as tf

    clustered = kernel_of([[0.0, 0.4], [0.7, 1.0]], 2, aggregation=aggregation)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(clustered.values(True) * [[1.0, 2.0], [4.0, 8.0]])
    both = (clustered.centroids.value, clustered.kernel.value)
    centroids, kernel = tape.gradient(loss, both)
    # Dense: Keras 3's Adam would square a sparse gradient part by part.
    assert isinstance(centroids, tf.Tensor)
    np.testing.assert_array_equal(centroids, expected)
    np.testing.assert_array_equal(kernel, [[1.0, 2.0], [4.0, 8.0]])


def test_only_training_moves_anything():
    clustered = kernel_of([0.0, 0.5, -1.0, 0.25], 3, preserve_sparsity=True)
    np.testing.assert_array_equal(clustered.centroids, [-1.0, 0.0, 0.25])
    # What an optimizer may do: the zero has drifted, and so has a weight.
    clustered.centroids.assign([-1.0, 0.125, 0.25])
    clustered.kernel.assign([0.2, 0.3, 0.2, 1.0])
    expected = np.array([0.0, 0.25, 0.25, 0.25], "float32")
    np.testing.assert_array_equal(clustered.values(), expected)
    assert float(clustered.centroids[1]) == 0.125
    np.testing.assert_array_equal(clustered.pulling_indices, [1, 2, 0, 2])
    np.testing.assert_array_equal(clustered.values(True), expected)
    assert float(clustered.centroids[1]) == 0.0
    np.testing.assert_array_equal(clustered.pulling_indices, [1, 2, 2, 2])


def test_a_channel_that_is_pruned_away_stays_zero():
    values = np.zeros((1, 2, 2, 2), "float32")
    values[..., 1] = [[[1.0, -1.0], [2.0, 0.0]]]
    clustered = kernel_of(values, 3, preserve_sparsity=True, per_channel=True)
    np.testing.assert_array_equal(clustered.centroids, [[0, 0, 0], [-1, 0, 1]])
    np.testing.assert_array_equal(clustered.values(True)[..., 0], np.zeros((1, 2, 2)))


def test_more_clusters_than_values():
    with pytest.raises(ValueError) as caught:
        kernel_of([[1.0, 1.0], [2.0, 2.0]], 3)
    assert str(caught.value) == (
        "`number_of_clusters` must not be above the number of distinct weights of a kernel. "
        "Received: number_of_clusters=3 for the kernel of layer 'layer', which has 2. Pass at most "
        "2, or leave this layer out by `keras.models.clone_model`."
    )


def test_more_clusters_than_values_of_any_channel():
    with pytest.raises(ValueError) as caught:
        kernel_of(np.arange(8).reshape(1, 2, 2, 2), 5, per_channel=True)
    assert str(caught.value) == (
        "`number_of_clusters` must not be above the number of distinct weights of a kernel. "
        "Received: number_of_clusters=5 for the kernel of layer 'layer', which has 4 (in its "
        "richest channel). Pass at most 4, or leave this layer out by `keras.models.clone_model`."
    )
