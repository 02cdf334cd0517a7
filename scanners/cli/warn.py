"""``lppl warn``: the early warnings of one series, printed and drawn."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.exports import csv_option, parquet_option, picture_option
from scanners.cli.options import IsoDate
from scanners.cli.sources import source_options

if TYPE_CHECKING:
    from scanners.cli.sources import Source


@click.command("warn")
@click.argument("series", metavar="SERIES|FILE.csv")
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: the last one]"
)
@click.option(
    "--window",
    type=click.IntRange(min=64),
    default=250,
    show_default=True,
    help="Sessions of the rolling window; the tests see three of them.",
)
@source_options
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON instead of tables.")
@csv_option
@parquet_option
@picture_option("Write a picture: .png, .svg or .pdf.")
def command(
    series: str,
    as_of: str | None,
    window: int,
    as_json: bool,
    csv: Path | None,
    parquet: Path | None,
    plot: Path | None,
    source: "Source",
) -> None:
    """Test one series for slowing down, a fold nearby and an explosive root.

    An embedded series (gold, nasdaq, sp500, wti) or a CSV file with the columns date and close. With the
    default window the numbers are those of a scan.
    """
    from scanners.cli import exports
    from scanners.cli.terminal import tables, warn_tables
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.report.exports import session_rows
    from scanners.scan.early_warnings import warn

    prices = source.read(series, as_of=as_of)
    try:
        with tables.waiting("testing"):
            found = warn(prices, as_of=as_of, window=window, policy=source.settings.policy)
        if plot is not None:
            from scanners.report.axes import encode
            from scanners.report.warning_picture import warning_picture

            write_file(plot, encode(warning_picture(found), plot.suffix))
    except ValueError as error:
        raise CommandError(f"{series}: {error}") from error
    written = exports.write(session_rows(found), csv, parquet) if csv or parquet else ()
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    console = tables.console()
    for part in warn_tables.parts(found, console.width):
        console.print(part)
    for path in filter(None, (*written, plot)):
        console.print(f"\n{path}", soft_wrap=True)
