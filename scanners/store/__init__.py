"""The point-in-time store: one SQLite file with bars as they were known, runs, episodes and the outbox."""

from importlib import import_module
from typing import Any

# Public name -> module: loaded at first use, so that the command line stays quick.
_HOME = {
    "Actions": "bar_history",
    "BarStore": "bars",
    "DamagedStore": "database",
    "Database": "database",
    "Episode": "runs",
    "History": "bar_history",
    "Message": "outbox",
    "Outbox": "outbox",
    "Provenance": "bar_history",
    "Refresh": "bar_history",
    "Run": "runs",
    "RunKey": "runs",
    "RunStore": "runs",
    "Store": "store",
    "UnknownSeries": "series_index",
    "exclusive": "locking",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
