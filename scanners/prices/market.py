"""What the quality gate must know of the market of a watchlist's entry."""

from datetime import date

from scanners.config.watchlist import Entry
from scanners.prices.quality.gate import Market


def market(entry: Entry) -> Market:
    """Return what the quality gate must know of an entry's market."""
    return Market(
        timezone=entry.timezone,
        close=entry.close,
        calendar=entry.calendar,
        every_day=entry.asset_class in ("crypto", "macro"),
        splits=entry.asset_class in ("equity", "unclassified"),
        confirmed=tuple(date.fromisoformat(day) for day in entry.confirmed),
        levels=entry.asset_class == "macro",
    )
