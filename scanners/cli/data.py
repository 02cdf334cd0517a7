"""``lppl data``: what is stored."""

from pathlib import Path

import click

from scanners.cli.options import database_option, described_option


@click.group(short_help="Show what is stored of a series, and what is wrong with it.")
def command() -> None:
    """Show what is stored of a series, and what is wrong with it."""


@command.command()
@click.argument("series")
@described_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print everything but the bars as JSON.")
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE", help="Write a picture: .png, .svg or .pdf."
)
def show(series: str, watchlist: str | None, database: Path, as_json: bool, plot: Path | None) -> None:
    """Show the span, the source and the findings of a stored SERIES."""
    from datetime import datetime, timezone

    from scanners.cli.terminal import price_tables, tables
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.prices.selection import known_entries
    from scanners.prices.series_summary import sheet

    found = sheet(database, series, known_entries(watchlist), datetime.now(timezone.utc))
    if plot is not None:
        from scanners.report.axes import encode
        from scanners.report.price_picture import price_picture

        try:
            write_file(plot, encode(price_picture(found), plot.suffix))
        except ValueError as error:
            raise CommandError(f"{series}: {error}") from error
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    console = tables.console()
    for part in price_tables.sheet_parts(found, console.width):
        console.print(part)
    if plot is not None:
        console.print(f"\n{plot}", soft_wrap=True)
