"""``lppl data``: what is stored, and how files would be read."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.exports import picture_option
from scanners.cli.options import database_option, described_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.group(short_help="Show what is stored of a series, and how files would be read.")
def command() -> None:
    """Show what is stored of a series, and how files would be read."""


@command.command()
@click.argument("series")
@described_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print everything but the bars as JSON.")
@picture_option("Write a picture: .png, .svg or .pdf.")
def show(series: str, watchlist: str | None, database: Path, as_json: bool, plot: Path | None) -> None:
    """Show the span, the source and the findings of a stored SERIES."""
    from datetime import datetime, timezone

    from scanners.cli.terminal import price_tables, tables
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.prices.selection import known_entries
    from scanners.prices.series_summary import summarize

    found = summarize(database, series, known_entries(watchlist), datetime.now(timezone.utc))
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
    for part in price_tables.summary_parts(found, console.width):
        console.print(part)
    if plot is not None:
        console.print(f"\n{plot}", soft_wrap=True)


@command.command()
@described_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON instead of a table.")
def sources(watchlist: str | None, database: Path, as_json: bool) -> int:
    """Show where each series of a watchlist comes from, and whether its other sources agree.

    Sources are compared by lppl fetch, once a week. Exit codes: 0 all agree, 3 some series is contradicted or
    has no bars.
    """
    import msgspec

    from scanners.cli.terminal import price_tables, tables
    from scanners.core.errors import PARTIAL
    from scanners.core.run_files import to_json
    from scanners.prices.agreement.table import sources_of
    from scanners.prices.selection import to_fetch

    found = sources_of(database, to_fetch(watchlist, None).series)
    code = PARTIAL if any(row.fault or not row.source for row in found) else 0
    if as_json:
        click.echo(to_json([msgspec.to_builtins(row) for row in found]), nl=False)
        return code
    console = tables.console()
    console.print(price_tables.sources_table(found, console.width))
    return code


@command.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE|FOLDER")
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON instead of a table.")
def check(target: Path, as_json: bool, reading: "ReadOptions") -> int:
    """Show how each series of a FILE or FOLDER would be read, before anything is scanned.

    Column of the closes, dates, frequency, what was chosen or left out, steps that look like a split, and
    what stands in the way. Exit codes: 0 all can be read, 3 some cannot.
    """
    import msgspec

    from scanners.cli.terminal import file_tables, tables
    from scanners.core.errors import PARTIAL
    from scanners.core.run_files import to_json
    from scanners.prices.check_files import check_files

    found = list(check_files(target, reading))
    code = PARTIAL if any(one.problem for one in found) else 0
    if as_json:
        click.echo(to_json([msgspec.to_builtins(one) for one in found]), nl=False)
        return code
    console = tables.console()
    console.print(file_tables.check_table(found, console.width))
    for line in file_tables.check_lines(found):
        console.print(line)
    return code
