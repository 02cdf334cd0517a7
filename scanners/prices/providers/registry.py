"""The providers that there are: ours, and plug-ins found by entry point; each is loaded when it is used."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scanners.core import plugins
from scanners.core.errors import CommandError
from scanners.prices.clocks import NOT_STATED
from scanners.prices.interface import Provider, Traits

if TYPE_CHECKING:
    import pandas as pd

GROUP = plugins.PROVIDERS
# Name -> module with a function ``provider(**options)``. A plug-in cannot take one of these names.
BUILTIN = {
    "akshare": "scanners.prices.providers.akshare",
    "alfred": "scanners.prices.providers.alfred",
    "alphavantage": "scanners.prices.providers.alphavantage",
    "bis": "scanners.prices.providers.bis",
    "ccxt": "scanners.prices.providers.ccxt",
    "cffex": "scanners.prices.providers.cffex",
    "computed": "scanners.prices.providers.computed",
    "csv": "scanners.prices.providers.csv_folder",
    "dataset": "scanners.prices.providers.dataset",
    "eastmoney": "scanners.prices.providers.eastmoney",
    "ecb": "scanners.prices.providers.ecb",
    "fred": "scanners.prices.providers.fred",
    "h10": "scanners.prices.providers.h10",
    "krx": "scanners.prices.providers.krx",
    "mof": "scanners.prices.providers.mof",
    "naver": "scanners.prices.providers.naver",
    "stooq": "scanners.prices.providers.stooq",
    "tdx": "scanners.prices.providers.tdx",
    "tiingo": "scanners.prices.providers.tiingo",
    "tushare": "scanners.prices.providers.tushare",
    "yahoo": "scanners.prices.providers.yahoo",
}


def names() -> tuple[str, ...]:
    """Return the names of all providers, without loading any."""
    return tuple(sorted({*BUILTIN, *plugins.names(GROUP)}))


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


def traits_of(
    names: Iterable[str], options: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Traits]:
    """Return the traits of providers; those of one that cannot be opened are the plain ones.

    Parameters
    ----------
    names : iterable of str
    options : mapping, optional
        Provider -> keyword arguments of its ``provider`` function.
    """
    return {name: _traits(name, (options or {}).get(name)) for name in dict.fromkeys(names)}


def reader_of(name: str, options: Mapping[str, Any] | None = None) -> "Callable[[str], pd.Series] | None":
    """Return what reads a provider's series without a network; None where it cannot, or cannot be opened."""
    try:
        return open_provider(name, options).read
    except Exception:  # noqa: BLE001  as for its traits
        return None


def clock_of(name: str, symbol: str, options: Mapping[str, Any] | None = None) -> str:
    """Return what the daily bar of a provider's symbol is; not stated where the provider cannot be opened."""
    try:
        return open_provider(name, options).clock(symbol)
    except Exception:  # noqa: BLE001  as for its traits
        return NOT_STATED


def _traits(name: str, options: Mapping[str, Any] | None) -> Traits:
    try:
        return open_provider(name, options).traits
    except Exception:  # noqa: BLE001  a plug-in may raise anything; who fetches from it is told
        return Traits()


def _factory(name: str) -> Any:
    if name in BUILTIN:
        return import_module(BUILTIN[name]).provider
    found = plugins.load(GROUP, name)
    if found is None:
        raise CommandError(f"provider {name!r} is none of {', '.join(names())}")
    return found
