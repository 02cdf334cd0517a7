"""The providers that there are: ours, and plug-ins found by entry point; each is loaded when it is used."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from scanners.core.errors import CommandError
from scanners.prices.interface import Provider

GROUP = "lppl_scanner.providers"
# Name -> module with a function ``provider(**options)``. A plug-in cannot take one of these names.
BUILTIN = {
    "akshare": "scanners.prices.providers.akshare",
    "cffex": "scanners.prices.providers.cffex",
    "csv": "scanners.prices.providers.csv_folder",
    "dataset": "scanners.prices.providers.dataset",
    "fred": "scanners.prices.providers.fred",
    "krx": "scanners.prices.providers.krx",
    "yahoo": "scanners.prices.providers.yahoo",
}


def names() -> tuple[str, ...]:
    """Return the names of all providers, without loading any."""
    return tuple(sorted({*BUILTIN, *(entry.name for entry in entry_points(group=GROUP))}))


def open_provider(name: str, options: Mapping[str, Any] | None = None) -> Provider:
    """Load a provider.

    Parameters
    ----------
    name : str
    options : mapping, optional
        Keyword arguments of its ``provider`` function, e.g. ``{"folder": "prices"}`` for ``csv``.

    Raises
    ------
    CommandError
        If there is no such provider, it cannot be loaded, or it does not take these options.
    """
    make = _factory(name)
    try:
        made = make(**(options or {}))
    except TypeError as error:
        raise CommandError(f"provider {name}: {error}") from None
    if not isinstance(made, Provider):
        raise CommandError(
            f"provider {name}: its entry point must return a Provider, got {type(made).__name__}"
        )
    return made


def _factory(name: str) -> Any:
    if name in BUILTIN:
        return import_module(BUILTIN[name]).provider
    found = next(iter(entry_points(group=GROUP, name=name)), None)
    if found is None:
        raise CommandError(f"provider {name!r} is none of {', '.join(names())}")
    try:
        return found.load()
    except (ImportError, AttributeError) as error:
        raise CommandError(f"provider {name} ({found.value}) cannot be loaded: {error}") from None
