"""Which parts of the kernels lie compiled on this disk: a stamp for each, beside what was compiled.

A stamp holds while sources, packages and processor are those that it names, as the compiled kernels do.
"""

import hashlib
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock, Timeout

PACKAGES = ("lppl", "earlywarning", "scanners.risk")
_LONGEST = 600.0  # seconds to wait for another process that compiles
_TRIED = b"\0" * 2**20  # a folder that has no room for this much keeps no kernels


def place() -> Path | None:
    """Return the folder where kernels are kept, or None where none can be written or has room."""
    from lppl._kernels.disk_cache import DiskCache
    from lppl._kernels.jit import kernel

    try:
        folder = Path(DiskCache(kernel).cache_path)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_TRIED)
        return folder
    except (OSError, RuntimeError):
        return None


def missing(parts: tuple[str, ...], folder: Path) -> list[str]:
    """Return the parts that have not been compiled by what is installed now."""
    return [part for part in parts if _read(_stamp(part, folder)) != _installed()]


def put(part: str, folder: Path) -> None:
    """Note that a part lies compiled on the disk."""
    _stamp(part, folder).write_text(_installed(), "utf-8")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time start compilers; the next finds the work done."""
    lock = FileLock(folder / "lppl-compile.lock", timeout=_LONGEST)
    try:
        lock.acquire()
    except (OSError, Timeout):  # compiling twice does no harm
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _stamp(part: str, folder: Path) -> Path:
    return folder / f"lppl-compiled-{part}.txt"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


@lru_cache(maxsize=1)
def _installed() -> str:
    """Return a digest of what compiled kernels depend on: sources, packages, processor."""
    from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

    told = [platform.python_version(), *(version(name) for name in ("numba", "llvmlite", "numpy"))]
    told += [get_host_cpu_name(), get_host_cpu_features().flatten()]
    for package in PACKAGES:
        found = find_spec(f"{package}._kernels")
        folders = (found.submodule_search_locations or ()) if found else ()
        for path in sorted(path for folder in folders for path in Path(folder).glob("*.py")):
            stat = path.stat()
            told.append(f"{path} {stat.st_mtime_ns} {stat.st_size}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
