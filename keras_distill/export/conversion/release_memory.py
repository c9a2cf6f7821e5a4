"""Memory that an export leaves behind."""

import ctypes
import gc
import sys


def release_memory():
    """Gives back what an export no longer needs.

    Its graphs refer to themselves, so only the garbage collector frees them: until it comes by, a
    row of exports piles them up. What is free then lies in pieces between what lives on, and
    glibc keeps it unless it is told.
    """
    gc.collect()
    # Other C libraries have no such function, and hand memory back by themselves.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
