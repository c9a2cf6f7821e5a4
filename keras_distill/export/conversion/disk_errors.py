"""A full disk, told in one way whoever found out."""

import contextlib
import tempfile


@contextlib.contextmanager
def disk_errors(path):
    """Turns the many errors of a full disk into an OSError that says what to do."""
    import tensorflow as tf

    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise OSError(
            f"Could not write {str(path)!r}: {error} No file was left. Free some space there and "
            f"in {tempfile.gettempdir()!r}, or choose another path, and export again."
        ) from error
