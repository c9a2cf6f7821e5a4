"""The run's own log file, `run.log`."""

import logging
import time


class RunLog:
    """While it is open, what the package logs is appended to a file, with UTC times."""

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
        logger.setLevel(logging.INFO)
        # Otherwise warnings would come out on the terminal a second time.
        logger.propagate = False
        return self

    def __exit__(self, *error):
        logger = logging.getLogger("keras_distill")
        logger.removeHandler(self._handler)
        self._handler.close()
        logger.level, logger.propagate = self._before
