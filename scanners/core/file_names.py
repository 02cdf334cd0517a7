"""File names for symbols: readable, unique, and unable to leave the folder they are meant for."""

import re
import unicodedata
from hashlib import blake2b

_SLUG_LENGTH = 40
_HASH_BYTES = 6


def file_name(symbol: str, suffix: str = "") -> str:
    """Return a file name for a symbol: an ASCII slug to read and a hash that keeps symbols apart.

    The name has only ``a-z``, ``0-9``, ``-`` and the suffix, so that it is the same file on a file system
    that folds case, cannot be hidden, reserved or a path, and two symbols with one slug stay two files.

    Parameters
    ----------
    symbol : str
        Any text, e.g. ``"^KQ11"`` or ``"../../etc"``.
    suffix : str
        Extension with its dot, appended as it is.

    Returns
    -------
    str
        E.g. ``"kq11-"`` and twelve hexadecimal digits.

    Raises
    ------
    ValueError
        If the symbol is empty.
    """
    if not symbol:
        raise ValueError("symbol must not be empty, got ''")
    plain = unicodedata.normalize("NFKD", symbol).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG_LENGTH].strip("-") or "series"
    # A lone surrogate is valid in a Python string and must not stop a run.
    digest = blake2b(symbol.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).hexdigest()
    return f"{slug}-{digest}{suffix}"
