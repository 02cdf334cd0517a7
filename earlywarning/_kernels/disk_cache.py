"""Compiled kernels on a disk that may refuse them: the same text in both libraries, which are strangers."""

import os
from collections.abc import Callable
from contextlib import suppress
from pickle import UnpicklingError
from typing import Any

import numba
from numba.core import config, typeinfer
from numba.core.caching import FunctionCache

_CUT_OFF = (EOFError, UnpicklingError)  # a file that was not written to its end, as when a machine stops

unkept: list[Exception] = []  # why kernels of this process were not kept


def folder() -> str:
    """Return where kernels are told to be kept, "" without a word: a relative folder is one of today's place.

    Numba would look for it anew wherever the process goes.
    """
    config.CACHE_DIR = os.path.abspath(config.CACHE_DIR) if config.CACHE_DIR else ""
    return str(config.CACHE_DIR)


class DiskCache(FunctionCache):
    """A cache that costs time where its disk is full, locked or damaged, and never a kernel."""

    def __init__(self, function: Callable) -> None:
        folder()
        super().__init__(function)

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
