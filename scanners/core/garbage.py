"""How often Python looks for garbage."""

import gc

_OBJECTS = 100_000


def look_seldom() -> None:
    """Look seldom: kernels and pictures are millions of small objects, hardly any of them garbage."""
    gc.set_threshold(_OBJECTS)


def leave_what_is_loaded() -> None:
    """Never look through what there is now: in a copy of a process it stays, and is shared until touched."""
    gc.freeze()
