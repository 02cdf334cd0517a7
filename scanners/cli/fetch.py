"""``lppl fetch``: bring the stored prices of a watchlist up to date."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.options import database_option, timeout_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from datetime import datetime

    from scanners.config.read_options import ReadOptions


@click.command("fetch")
@click.option(
    "--watchlist",
    metavar="NAME|FILE",
    help="Built-in list or TOML file.  [default: watchlist.toml; with --data all its files]",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of the files behind csv symbols.  [default: data]",
)
@reading_options
@click.option(
    "--provider",
    "providers",
    multiple=True,
    metavar="NAME",
    help="Use this provider and no other; may be repeated.",
)
@click.option(
    "--full", is_flag=True, help="Fetch whole histories, and let them replace what is stored from elsewhere."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Fetch from this session on, of new series too; stored ones never leave a session out.",
)
@click.option(
    "--compare/--no-compare",
    default=None,
    help="Compare with the other sources of each series now, or not at all.  [default: once a week]",
)
@click.option("--offline", is_flag=True, help="Ask no server: files of your own alone.")
@timeout_option
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for another process that writes the database.",
)
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON instead of a table.")
def command(
    watchlist: str | None,
    data: Path | None,
    providers: tuple[str, ...],
    full: bool,
    since: "datetime | None",
    compare: bool | None,
    offline: bool,
    timeout: float,
    wait: float,
    database: Path,
    as_json: bool,
    reading: "ReadOptions",
) -> int:
    """Bring the stored prices of a watchlist up to date.

    Every series is asked of its providers in their order, judged, and stored; what was known before stays
    readable. Exit codes: 0 done, 1 the database cannot be written, 3 some series failed, 4 no series is
    fresh, 75 another process writes.
    """
    import msgspec

    from scanners.cli import fetching
    from scanners.cli.terminal import price_tables, tables
    from scanners.core.run_files import to_json
    from scanners.prices.providers.registry import names, traits_of
    from scanners.prices.refresh import exit_code
    from scanners.prices.selection import to_fetch

    unknown = sorted({*providers} - {*names()})
    if unknown:
        raise click.UsageError(f"--provider {unknown[0]} is none of {', '.join(names())}")
    if offline:
        local = [name for name, traits in traits_of(providers or names()).items() if traits.local]
        providers = tuple(local)
    reports = fetching.run(
        to_fetch(watchlist, data, reading).series,
        database,
        folder=data,
        only=providers,
        full=full,
        timeout=timeout,
        wait=wait,
        since=since.date() if since else None,
        compare=compare,
    )
    if as_json:
        click.echo(to_json([msgspec.to_builtins(report) for report in reports]), nl=False)
        return exit_code(reports)
    console = tables.console()
    console.print(price_tables.refresh_table(reports, console.width))
    for line in price_tables.remarks(reports):
        console.print()
        console.print(line)
    console.print()
    console.print(price_tables.summary(reports))
    return exit_code(reports)
