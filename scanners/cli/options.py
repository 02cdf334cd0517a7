"""Options that several commands share."""

from datetime import date
from typing import Any

import click


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
    default="shanghai_2015",
    show_default=True,
    help="Published windows and filters shown beside the consensus.",
)
