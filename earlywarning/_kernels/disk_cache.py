"""Compiled kernels on disk, of today's sources only: the same text in both libraries, which are strangers."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache as once
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numba
from numba.core import config, typeinfer
from numba.core.caching import FunctionCache, IndexDataCacheFile

_CUT_OFF = (EOFError, UnpicklingError)  # a file that was not written to its end, as when a machine stops
_IMPORTS = re.compile(r"^\s*(?:from|import)\s[^(\n]*(?:\([^)]*\))?", re.MULTILINE)

unkept: list[Exception] = []  # why kernels of this process were not kept


def folder() -> str:
    """Return where kernels are told to be kept, "" without a word: a relative folder is one of today's place.

    Numba would look for it anew wherever the process goes.
    """
    config.CACHE_DIR = os.path.abspath(config.CACHE_DIR) if config.CACHE_DIR else ""
    return str(config.CACHE_DIR)


def sources(path: str) -> str:
    """Return a digest of a file and of those beside it that it reaches by imports.

    A kernel holds copies of what it calls; numba looks at its own file alone, and would run the copies of
    another release for ever.
    """
    beside = _beside(Path(path).parent)
    reached, waiting = set(), {Path(path).stem} & beside.keys()
    while waiting:
        reached |= waiting
        waiting = set().union(*(beside[name][1] for name in waiting)) - reached
    return sha256("".join(beside[name][0] for name in sorted(reached)).encode()).hexdigest()


@once
def _beside(place: Path) -> dict[str, tuple[str, set[str]]]:
    """Return a digest of each file of a folder, and which others its imports name."""
    texts = {path.stem: path.read_text("utf-8") for path in place.glob("*.py")}
    named = {name: {*re.findall(r"\w+", " ".join(_IMPORTS.findall(text)))} for name, text in texts.items()}
    return {
        name: (sha256(f"{name}\n{text}".encode()).hexdigest(), named[name] & texts.keys())
        for name, text in texts.items()
    }


class DiskCache(FunctionCache):
    """A cache that costs time where its disk is full, locked, damaged or of other sources, never a kernel."""

    def __init__(self, function: Callable) -> None:
        folder()
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp(), sources(function.__code__.co_filename)
        self._cache_file = IndexDataCacheFile(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return a kernel, or None where it must be compiled."""
        try:
            return super().load_overload(sig, target_context)
        except OSError:
            return None
        except _CUT_OFF:
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled kernel if the disk lets."""
        try:
            super().save_overload(sig, data)
        except (OSError, *_CUT_OFF) as error:
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
