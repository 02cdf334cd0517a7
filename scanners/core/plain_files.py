"""Files that a user names: ordinary ones of a bounded size, so that no pipe or device holds a command up."""

import errno
import os
import stat
from pathlib import Path

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe that has nobody at its other end would block
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700  # modes of what nobody else is to read


def read_bytes(path: Path, most: int = 2**30) -> bytes:
    """Return the content of an ordinary file.

    Parameters
    ----------
    path : Path
    most : int
        Largest size in bytes.

    Raises
    ------
    OSError
        If it cannot be read, is a folder, a pipe or a device, or is larger; its ``strerror`` says which.
    """
    handle = os.open(path, os.O_RDONLY | _AT_ONCE | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        refuse_special(handle, path)
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"larger than {_size(most)}", str(path))
    return content


def private(path: str, flags: int) -> int:
    """Open a file as `open` does, a new one for nobody else to read: its ``opener``."""
    return os.open(path, flags, PRIVATE_FILE)


def make_private(path: Path) -> None:
    """Make an empty file that nobody else can read, where there is none; raises what `os.open` does."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | _AT_ONCE, PRIVATE_FILE))


def refuse_special(place: Path | int, path: Path) -> None:
    """Raise an `OSError` for what is no ordinary file: ``path``, by its name or its open handle ``place``."""
    mode = os.stat(place).st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "a pipe or a device, no ordinary file", str(path))


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 2**20 else f"{count} bytes"
