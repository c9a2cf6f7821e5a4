"""What nothing needs is given back."""

import gc
import weakref

import numpy as np

from keras_distill.export.conversion.release_memory import release_memory


class Ring:
    """Refers to itself, as a traced graph does."""

    def __init__(self):
        self.itself = self
        self.values = np.ones(1_000_000)


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_what_refers_to_itself_is_freed():
    gc.disable()
    try:
        ring = weakref.ref(Ring())
        assert ring() is not None
        release_memory()
        assert ring() is None
    finally:
        gc.enable()


def test_pieces_between_what_lives_on_go_back_to_the_system():
    # Too small to be mapped alone, so that they come from the heap.
    pieces = [bytearray(60_000) for _ in range(2000)]
    kept = pieces[::50] + pieces[-1:]
    full = resident()
    del pieces
    release_memory()
    assert resident() < full - 80e6
    assert len(kept) == 41
