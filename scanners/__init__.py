"""The application: prices, scans, verdicts, alerts and pages around the two libraries."""

import sys
from types import ModuleType
from typing import Any

import lazy_loader

# The stub beside this file names what is public: each name loads at first use, so that ``import scanners``
# stays light.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


class _CallableRoom(ModuleType):
    """The room `scanners.scan`, which bears the name of a public function and answers to it."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Scan many series; see `scanners.report.notebook.scan`."""
        from scanners.report.notebook import scan

        return scan(*args, **options)


class _Application(ModuleType):
    """The package: whichever comes first, the room or the function, ``scanners.scan`` can be called."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "scan" and type(value) is ModuleType:
            value.__class__ = _CallableRoom
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Application
