"""Options that several commands share."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from scanners.config.workspace import DATABASE


class IsoDate(click.ParamType):
    """A date as 2000-03-10; text in, the same text out."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return ``value`` when it is an ISO date, else fail with what it should look like."""
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"a date must look like 2000-03-10, got {value!r}", param, ctx)


preset_option = click.option(
    "--preset",
    help="Windows and filters shown beside those that decide.  [default: as configured, none]",
)

database_option = click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DATABASE,
    show_default=True,
    help="The database file.",
)

timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Most time for all providers together.",
)

described_option = click.option(
    "--watchlist",
    metavar="NAME|FILE",
    help="List that says what a stored series is.  [default: watchlist.toml, then core]",
)
