"""One place that decides how kernels are compiled: the same text in both libraries, which are strangers."""

import getpass
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from llvmlite import binding
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global
from numba.extending import lower_builtin

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
REDUCTION = {"reassoc", "contract", "nsz", "arcp"}
# Products and sums may be fused, never reordered: for code that relies on the order of rounding.
ELEMENTWISE = {"contract"}


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time compile, so that processes that start together cache one consistent set."""
    try:
        lock = FileLock(Path(tempfile.gettempdir()) / f"lppl-kernels-{getpass.getuser()}.lock", timeout=120)
        lock.acquire()
    except (OSError, KeyError, Timeout):  # no place for a lock, no name for the user: compile unguarded
        yield
        return
    try:
        yield
    finally:
        lock.release()


class Linked:
    """A compiled kernel that other kernels call where it lies.

    Numba hands every caller a copy of what it calls, optimised once more; the callers of a linked kernel know
    its symbol alone. The symbol names the signature: stale callers in a cache fail to load instead of calling
    with other arguments.
    """

    def __init__(self, dispatcher: Any) -> None:
        self.dispatcher, self.py_func = dispatcher, dispatcher.py_func
        (compiled,) = dispatcher.overloads.values()
        result, arguments = compiled.signature.return_type, compiled.signature.args
        symbol = f"{self.py_func.__module__}.{self.py_func.__qualname__}{compiled.signature}"
        binding.add_symbol(symbol, compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))
        typing = {"key": self, "cases": [compiled.signature]}
        infer_global(self, types.Function(type("Call", (ConcreteTemplate,), typing)))

        @lower_builtin(self, *arguments)
        def call(context, builder, _, values):  # type: ignore[no-untyped-def]
            there = context.call_conv.get_function_type(result, arguments)
            function = cgutils.get_or_insert_function(builder.module, there, symbol)
            status, value = context.call_conv.call_function(builder, function, result, arguments, values)
            with cgutils.if_unlikely(builder, status.is_error):
                context.call_conv.return_status_propagate(builder, status)
            return value

    def __call__(self, *values: Any) -> Any:
        return self.dispatcher(*values)


def kernel(
    signature: Callable | str | list[str] | None = None,
    *,
    flags: set[str] | None = None,
    inner: bool = False,
    linked: bool = False,
) -> Any:
    """Compile a kernel, cached on disk where a directory can be written, in memory elsewhere.

    ``inner`` kernels are called by other kernels only: without an entry from Python they compile faster.
    ``linked`` ones are compiled once, not once more in every caller (:class:`Linked`): for what takes long to
    compile beside one call of it.
    Kernels with ``flags`` need a ``signature``: they are then the first of their name in every process,
    whether compiled or read from the cache. Callers hold copies that were optimised once more and may
    round differently; the linker takes the first, so that all processes compute the same bits.
    """
    if callable(signature):
        return kernel()(signature)
    for name, asked in (("flags", flags), ("linked", linked)):
        if asked and signature is None:
            raise ValueError(f"signature must be given with {name}, got none")
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": flags or False}
    options |= {"no_cpython_wrapper": inner, "no_cfunc_wrapper": True}

    def compiled(function: Callable) -> Any:
        try:
            with _alone() if signature else nullcontext():
                made = njit(signature, cache=True, **options)(function)
        except RuntimeError:  # numba found no directory to cache in
            made = njit(signature, **options)(function)
        return Linked(made) if linked else made

    return compiled
