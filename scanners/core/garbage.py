"""How often Python looks for garbage."""

import atexit
import gc

_OBJECTS = 100_000


def look_seldom() -> None:
    """Look seldom: kernels and pictures are millions of small objects, hardly any of them garbage.

    At the end of the process none of them is looked through once more, which takes half a second.
    """
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)


def leave_what_is_loaded() -> None:
    """Never look through what there is now: in a copy of a process it stays, and is shared until touched."""
    gc.freeze()
