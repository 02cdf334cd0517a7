"""Compiled kernels on disk, of today's sources only: the same text in both libraries, which are strangers."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache as once
from glob import escape
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numba
from numba.core import config, typeinfer
from numba.core.caching import FunctionCache, IndexDataCacheFile

# What is raised by a file that was not written to its end, or in which the disk changed a byte.
_PICKLED = (EOFError, UnpicklingError, ValueError, ArithmeticError, LookupError)
_DAMAGED = (*_PICKLED, AttributeError, ImportError, TypeError, MemoryError)
_IMPORTS = re.compile(r"^\s*(?:from|import)\s[^(\n]*(?:\([^)]*\))?", re.MULTILINE)

unkept: list[Exception] = []  # why kernels of this process were not kept


def folder() -> str:
    """Return where kernels are told to be kept, "" without a word: a relative folder is one of today's place.

    Numba would look for it anew wherever the process goes.
    """
    config.CACHE_DIR = os.path.abspath(config.CACHE_DIR) if config.CACHE_DIR else ""
    return str(config.CACHE_DIR)


def sources(path: str) -> str:
    """Return a digest of a file, of those beside it that it reaches by imports, and of how all are compiled.

    A kernel holds copies of what it calls; numba looks at its own file alone, and would run the copies of
    another release for ever.
    """
    beside = _beside(Path(path).parent)
    reached, waiting = set(), {Path(path).stem} & beside.keys()
    while waiting:
        reached |= waiting
        waiting = set().union(*(beside[name][1] for name in waiting)) - reached
    digests = [beside[name][0] for name in sorted(reached)]
    if (ours := Path(__file__).parent) != Path(path).parent:
        digests.append(_beside(ours)["jit"][0])
    return sha256("".join(digests).encode()).hexdigest()


@once
def _beside(place: Path) -> dict[str, tuple[str, set[str]]]:
    """Return a digest of each file of a folder, and which others its imports name."""
    texts = {path.stem: path.read_text("utf-8") for path in place.glob("*.py")}
    named = {name: {*re.findall(r"\w+", " ".join(_IMPORTS.findall(text)))} for name, text in texts.items()}
    return {
        name: (sha256(f"{name}\n{text}".encode()).hexdigest(), named[name] & texts.keys())
        for name, text in texts.items()
    }


class _Files(IndexDataCacheFile):
    """An index and kernels whose names tell the sources.

    Numba writes an index before the kernel that it points to, under the name that the kernel of the release
    before had: where the disk was full between the two, that kernel was run.
    """

    def __init__(self, place: str, base: str, stamp: tuple) -> None:
        super().__init__(place, base, stamp)
        self._of_all = f"{escape(base)}.*.nbc"
        self._data_name_pattern = f"{base}.{sha256(repr(stamp).encode()).hexdigest()[:8]}.{{number:d}}.nbc"

    def save(self, key: Any, data: Any) -> None:
        """Keep a kernel, and none that the index does not know."""
        super().save(key, data)
        known = self._load_index().values()
        for path in Path(self._cache_path).glob(self._of_all):
            if path.name not in known:
                path.unlink(missing_ok=True)


class DiskCache(FunctionCache):
    """A cache that costs time where its disk is full, locked, damaged or of other sources, never a kernel."""

    def __init__(self, function: Callable) -> None:
        folder()
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp(), sources(function.__code__.co_filename)
        self._cache_file = _Files(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return a kernel, or None where it must be compiled."""
        try:
            return super().load_overload(sig, target_context)
        except OSError:
            return None
        except _DAMAGED:
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled kernel if the disk lets."""
        try:
            super().save_overload(sig, data)
        except (OSError, *_DAMAGED) as error:
            unkept.append(error)


def njit(
    signature: str | list[str] | None = None, *, cache: bool = False, **options: Any
) -> Callable[[Callable], Any]:
    """Do what `numba.njit` does, with a `DiskCache`; RuntimeError where there is no folder for one."""
    if not cache:
        return numba.njit(signature, **options)
    signatures = [signature] if isinstance(signature, str) else signature or []

    def compiled(function: Callable) -> Any:
        dispatcher = numba.njit(**options)(function)
        dispatcher._cache = DiskCache(function)
        with typeinfer.register_dispatcher(dispatcher):
            for each in signatures:
                dispatcher.compile(each)
        if signatures:
            dispatcher.disable_compile()
        return dispatcher

    return compiled
