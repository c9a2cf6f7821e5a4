"""The run's own log file, `run.log`."""

import logging
import time


class RunLog:
    """While it is open, what is logged is appended to a file, with UTC times.

    TensorFlow's own warnings (about retracing, for one) go there too and not to the terminal:
    nobody who runs a journey can act on them.
    """

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        logger = logging.getLogger("keras_distill")
        self._handler = logging.FileHandler(self.path, encoding="utf-8")
        formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        formatter.converter = time.gmtime
        self._handler.setFormatter(formatter)
        self._before = logger.level, logger.propagate
        logger.addHandler(self._handler)
        tensorflow = logging.getLogger("tensorflow")
        self._tensorflow = tensorflow.handlers, tensorflow.propagate
        tensorflow.handlers, tensorflow.propagate = [self._handler], False
        logger.setLevel(logging.INFO)
        # Otherwise warnings would come out on the terminal a second time.
        logger.propagate = False
        return self

    def __exit__(self, *error):
        logger = logging.getLogger("keras_distill")
        tensorflow = logging.getLogger("tensorflow")
        tensorflow.handlers, tensorflow.propagate = self._tensorflow
        logger.removeHandler(self._handler)
        self._handler.close()
        logger.level, logger.propagate = self._before
