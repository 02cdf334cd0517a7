"""Options that several commands share."""

from datetime import date
from typing import Any

import click


class _IsoDate(click.ParamType):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"a date must look like 2000-03-10, got {value!r}", param, ctx)


as_of_option = click.option(
    "--as-of", type=_IsoDate(), metavar="DATE", help="See nothing after this date.  [default: today]"
)

preset_option = click.option(
    "--preset",
    default="shanghai_2015",
    show_default=True,
    help="Published windows and filters shown beside the consensus.",
)
