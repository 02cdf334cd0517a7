"""Kernels that are compiled once, and called by the others where they lie."""

from typing import Any

from llvmlite import binding
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global
from numba.extending import lower_builtin


class Linked:
    """A compiled kernel whose callers know its symbol alone; see :func:`linked`."""

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


def linked(kernel: Any) -> Linked:
    """Let other kernels call a kernel where it lies: for what takes long to compile beside one call of it.

    Numba hands every caller a copy of what it calls, optimised once more. The symbol of a linked kernel names
    its signature, so that stale callers in a cache fail to load instead of calling with other arguments.
    """
    if not kernel.overloads:
        raise ValueError(f"kernel must have a signature to be linked, got {kernel.py_func.__name__} without")
    return Linked(kernel)
