"""How price files are to be read: the options of every command that reads them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options, and hand them to the command as ``reading`` (`scanners.config.read_options`)."""

    @click.option("--date-format", default="", metavar="FORMAT", help="Of dates in files, e.g. %d/%m/%Y.")
    @click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark in files.")
    @click.option("--column", default="", metavar="NAME", help="The column of closes in files.")
    @click.option("--timezone", default="", metavar="ZONE", help="Of the exchange, for times in others.")
    @click.option(
        "--confirm", multiple=True, metavar="DATE", help="A step of this day looks like a split and is none."
    )
    @wraps(command)
    def wrapped(
        date_format: str,
        decimal: str | None,
        column: str,
        timezone: str,
        confirm: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        from scanners.config.read_options import ReadOptions

        try:
            reading = ReadOptions(date_format, decimal or "", column, timezone, confirmed=confirm)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        return command(reading=reading, **rest)

    return wrapped
