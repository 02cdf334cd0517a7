"""TOML that a user wrote: every way in which it can be none is one line."""

import sys
from pathlib import Path
from typing import Any

from scanners.core import plain_files
from scanners.core.errors import CommandError
from scanners.core.text import one_line

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_LARGEST = 16 * 2**20  # bytes; a watchlist of fifty thousand series has fewer
_DEEPEST = 20  # tables and arrays within each other


def read(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises
    ------
    CommandError
        Naming the file, if it cannot be read, is too large or no ordinary file, or is no TOML.
    """
    try:
        text = plain_files.read_bytes(path, _LARGEST).decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: {error}") from None
    return parse(text, str(path))


def parse(text: str, place: str) -> dict[str, Any]:
    """Return what a text in TOML says.

    Parameters
    ----------
    text : str
    place : str
        Where it is from, for the message.

    Raises
    ------
    CommandError
        If it is no TOML, or its tables and arrays are nested deeper than any of ours.
    """
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise CommandError(f"{place}: nested too deeply") from None
    except ValueError as error:  # no TOML, or a number of thousands of digits
        raise CommandError(f"{place}: {one_line(str(error))}") from None
    if _deeper(found, _DEEPEST):
        raise CommandError(f"{place}: nested too deeply")
    return found


def _deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper(each, depth - 1) for each in inner)
