"""The first run on a machine: a second process compiles the early warnings while this one compiles the fits.

Kernels are compiled once and kept on disk. Half of that time is spent on kernels that a scan needs after the
fits: by then the second process has left them on disk, or they are compiled here as ever. No number depends
on which process compiled.
"""

import atexit
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

from scanners.core import kernel_stamps
from scanners.core.errors import CommandError
from scanners.scan.kernels import command_of, compile_missing, surroundings


@lru_cache(maxsize=1)
def compile_beside() -> "subprocess.Popen[bytes] | None":
    """Start the second process, where there is something to compile, a place to keep it and a core for it."""
    kept, compiled = _first_kernel()
    if not kept or not compiled:
        return None
    if (os.cpu_count() or 1) < 2 or not sys.executable:
        return None
    helper = subprocess.Popen(
        command_of("tests"),
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(_end, helper)
    return helper


def kernels_on_disk() -> bool:
    """Return whether kernels are kept on disk, those of a scan compiled there if they were not."""
    kept, compiled = _first_kernel()
    if kept and compiled:
        compile_for_workers(("fits", "tests"), lambda done, total: None)
    return kept


def _first_kernel() -> tuple[bool, bool]:
    """Return whether kernels are kept on disk, and whether this process had to compile the first of them."""
    from lppl._kernels.elementary import log

    stats = log.stats
    return bool(stats.cache_path), bool(sum(stats.cache_misses.values()))


def compile_for_workers(parts: tuple[str, ...], told: Callable[[int, int], object]) -> None:
    """Compile parts of the kernels side by side before workers start, where there is a place to keep them."""
    if kernel_stamps.place() is not None:
        with suppress(CommandError):  # then each worker compiles, or says what is wrong
            compile_missing(parts, told)


def _end(helper: "subprocess.Popen[bytes]") -> None:
    if helper.poll() is None:
        helper.terminate()
    helper.wait()
