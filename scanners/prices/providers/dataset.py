"""The prices that come with the package, as a provider like any other."""

from typing import TYPE_CHECKING

from scanners.core.errors import CommandError
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one

if TYPE_CHECKING:
    import pandas as pd

NAME = "dataset"
TRAITS = Traits(local=True, shipped=True)
# series: currency, time zone of the session.
_PLACES = {
    "nasdaq": ("USD", "America/New_York"),
    "sp500": ("USD", "America/New_York"),
    "wti": ("USD", "America/Chicago"),
    "gold": ("USD", "Europe/London"),
}


def provider() -> Provider:
    """Return the provider."""
    return Provider(NAME, one_by_one(NAME, _fetch_one), traits=TRAITS, read=_read)


def _read(name: str) -> "pd.Series":
    from lppl import datasets

    try:
        return datasets.load(name)
    except ValueError as error:
        raise CommandError(f"{NAME}: {error}") from None


def _fetch_one(request: Request, deadline: float) -> Bars:
    from lppl import datasets

    try:
        prices = datasets.load(request.symbol)
    except ValueError as error:
        raise FetchError("not_found", str(error)) from None
    close = prices.to_numpy()
    sessions = prices.index.to_numpy().astype("datetime64[D]")
    currency, place = _PLACES[request.symbol]
    return assemble(
        request,
        NAME,
        sessions,
        {"close": close},
        payload_hash=digest(sessions, close),
        currency=currency,
        timezone_name=place,
    )
