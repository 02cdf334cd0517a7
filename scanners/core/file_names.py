"""File names for series and symbols: readable, unique, and unable to leave the folder they are meant for."""

import hashlib
import re

_LONGEST = 60
_HASH = 8  # hexadecimal digits
# Names that Windows keeps for devices, whatever follows the first dot.
_PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
_DEVICES = _PORTS | {"con", "prn", "aux", "nul"}


def slug(name: str, *, hashed: bool = False) -> str:
    """Return a file name stem for ``name``: itself when harmless, else cleaned and made unique by a hash.

    A stem has only ``a-z``, ``0-9``, ``-`` and ``_``, so that it is the same file on a file system that folds
    case, cannot be hidden, reserved or a path, and stays short; two names that clean alike stay two files.

    Parameters
    ----------
    name : str
        Any text, e.g. ``"^KQ11"`` or ``"../../etc"``.
    hashed : bool
        Whether a harmless name gets a hash too, so that it can be none of the folder's other files.
    """
    cleaned = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:_LONGEST]
    if cleaned == name and name not in _DEVICES and not hashed:
        return name
    # A lone surrogate is valid in a Python string and must not stop a run.
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
    return f"{cleaned.strip('-') or 'series'}-{digest}"


def file_name(symbol: str, suffix: str = "") -> str:
    """Return a hashed file name for a symbol, with ``suffix`` (with its dot) appended as it is.

    Raises
    ------
    ValueError
        If the symbol is empty.
    """
    if not symbol:
        raise ValueError("symbol must not be empty, got ''")
    return slug(symbol, hashed=True) + suffix


def picture_file(name: str) -> str:
    """Return the place of a series' picture in the folder of a run."""
    return f"{slug(name)}.png"


def drawing_file(name: str) -> str:
    """Return the place of the same picture as SVG."""
    return f"{slug(name)}.svg"


def phone_file(name: str) -> str:
    """Return the place of a series' picture for the width of a phone."""
    return f"phone/{slug(name)}.png"
