"""How often Python looks for garbage."""

import gc

_OBJECTS = 100_000


def look_seldom() -> None:
    """Look seldom: kernels and pictures are millions of small objects, hardly any of them garbage."""
    gc.set_threshold(_OBJECTS)
