"""Content of files that are remembered between runs, with a digest in front, so that damage is seen."""

from hashlib import blake2b

_SIZE = 16  # bytes of the digest


def seal(content: bytes) -> bytes:
    """Return a content behind its digest."""
    return _digest(content) + content


def unseal(sealed: bytes) -> bytes:
    """Return what `seal` was given.

    Raises
    ------
    ValueError
        If a byte is another than then, or missing.
    """
    content = sealed[_SIZE:]
    if sealed[:_SIZE] != _digest(content):
        raise ValueError("sealed: must be what was written, got other bytes")
    return content


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_SIZE).digest()
