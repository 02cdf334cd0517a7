"""Where a command that takes one series finds its closes: the same options and the same places for all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.options import described_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    import pandas as pd

    from scanners.config.read_options import ReadOptions
    from scanners.config.settings import Settings


@dataclass(frozen=True)
class Source:
    """The user's configuration and lists, and what they say of a series."""

    settings: "Settings"
    database: Path
    watchlist: str | None
    reading: "ReadOptions"

    def read(self, series: str, *, as_of: str | None = None, start: str | None = None) -> "pd.Series":
        """Return the closes of a series or file; see `scanners.prices.by_name.single`."""
        from scanners.prices.by_name import single

        return single(
            series,
            as_of=as_of,
            start=start,
            database=self.database,
            watchlist=self.watchlist,
            reading=self.reading,
            stale_after=self.settings.policy.stale_after,
        )

    def class_of(self, series: str) -> str | None:
        """Return the asset class of a series, as the lists say it."""
        from scanners.prices.selection import class_of

        return class_of(series, self.watchlist)


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options, and hand what they say to the command as ``source``."""

    @config_option
    @configured_database_option
    @described_option
    @reading_options
    @wraps(command)
    def wrapped(
        config: Path | None,
        database: Path | None,
        watchlist: str | None,
        reading: "ReadOptions",
        **rest: Any,
    ) -> Any:
        from scanners.config.layers import load

        settings = load(config).settings
        return command(
            source=Source(settings, database or Path(settings.scan.database), watchlist, reading), **rest
        )

    return wrapped
