import enum


class CentroidInitialization(enum.StrEnum):
    """How the centroids of a clustered kernel are placed before training.

    The members are those of TF-MOT's own enumeration and equal them; made here, TF-MOT need not
    be imported by hand.

    - `LINEAR`: evenly between the smallest and the largest weight.
    - `RANDOM`: drawn evenly between them, from TensorFlow's global seed.
    - `DENSITY_BASED`: at even steps of the weights' cumulative distribution.
    - `KMEANS_PLUS_PLUS`: weights of the kernel, far from one another, from a fixed seed.

    Example:

    ```python
    print(kd.compression.CentroidInitialization.LINEAR.name)  # LINEAR
    ```

    Reference:
        - [Han et al., 2016](https://arxiv.org/abs/1510.00149)
        - [Arthur and Vassilvitskii, 2007](https://theory.stanford.edu/~sergei/papers/kMeansPP-soda.pdf)
    """

    LINEAR = "CentroidInitialization.LINEAR"
    RANDOM = "CentroidInitialization.RANDOM"
    DENSITY_BASED = "CentroidInitialization.DENSITY_BASED"
    KMEANS_PLUS_PLUS = "CentroidInitialization.KMEANS_PLUS_PLUS"
