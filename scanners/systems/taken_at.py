"""At what hour of its day a series is taken: as its provider says, else as the catalogue does."""

from scanners.prices import clocks
from scanners.prices.providers import csv_folder
from scanners.systems.sources import Source

# Hours UTC of the clocks that do not depend on an exchange.
_HOURS = {clocks.NOON: 17.0, clocks.NEW_YORK: 22.0, clocks.FIXING: 13.25}


def taken_at(source: Source, provider: str = "", symbol: str = "") -> tuple[str, float | None]:
    """Return clock and hour UTC of a series, None where nobody says.

    Parameters
    ----------
    source : Source
    provider, symbol : str
        Who the figures are from, and what it calls the series; empty for files.
    """
    from scanners.prices.providers.registry import clock_of

    said = clock_of(provider, symbol) if provider not in ("", csv_folder.NAME) else clocks.NOT_STATED
    return (said, _HOURS[said]) if said in _HOURS else (source.clock, source.hour)


def session_late(hour: float | None) -> bool:
    """Return whether figures stand a session late: taken before their day began, or nobody says when."""
    return hour is None or hour < 0
