"""``lppl fit``: one series or file, one fit, the windows around it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.exports import csv_option, parquet_option, picture_option
from scanners.cli.options import IsoDate, preset_option, timeout_option
from scanners.cli.sources import source_options

if TYPE_CHECKING:
    from scanners.cli.sources import Source


@click.command("fit")
@click.argument("series", metavar="SERIES|FILE.csv")
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: the last one]"
)
@click.option(
    "--start",
    type=IsoDate(),
    metavar="DATE",
    help="Start of the window.  [default: the longest that qualifies]",
)
@click.option("--fetch", is_flag=True, help="Bring the stored prices of the series up to date first.")
@timeout_option
@preset_option
@source_options
@click.option(
    "--posterior",
    is_flag=True,
    help="Say how probable a bubble is, averaged over its possible starts.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON instead of tables.")
@csv_option
@parquet_option
@picture_option("Write a picture: .png, .svg or .pdf.")
def command(
    series: str,
    as_of: str | None,
    start: str | None,
    fetch: bool,
    timeout: float,
    preset: str | None,
    posterior: bool,
    as_json: bool,
    csv: Path | None,
    parquet: Path | None,
    plot: Path | None,
    source: "Source",
) -> None:
    """Fit one series: a CSV file, one of the database, or an embedded one (gold, nasdaq, sp500, wti).

    The file needs the columns date and close; more columns do no harm. A name is looked up in the database
    first.
    """
    from scanners.cli import exports
    from scanners.cli.terminal import tables
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.prices.selection import listed, named_preset
    from scanners.report.exports import window_rows
    from scanners.scan.one_series import look

    if fetch:
        from scanners.cli import fetching

        fetching.first([listed(series, source.watchlist)], source.database, timeout=timeout)
    prices = source.read(series, as_of=as_of, start=start)
    try:
        with tables.waiting("fitting"):
            found = look(
                prices,
                as_of=as_of,
                start=start,
                preset=named_preset(preset or source.settings.scan.preset, source.settings.preset),
                policy=source.settings.policy,
                asset_class=source.class_of(series),
                posterior=posterior,
            )
        if plot is not None:
            from scanners.report.look import picture

            write_file(plot, picture(found, plot.suffix))
    except ValueError as error:
        raise CommandError(f"{series}: {error}") from error
    written = exports.write(window_rows(found), csv, parquet) if csv or parquet else ()
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    console = tables.console()
    for part in tables.look(found, console.width):
        console.print(part)
    for path in filter(None, (*written, plot)):
        console.print(f"\n{path}", soft_wrap=True)
