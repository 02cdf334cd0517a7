"""``lppl doctor``: look whether everything is there that the commands need."""

from datetime import datetime, timezone
from pathlib import Path

import click

from scanners.cli.options import database_option

_TRIAL = 120.0  # seconds for all sources together


@click.command("doctor")
@click.option(
    "--watchlist",
    metavar="NAME|FILE",
    help="Whose providers to ask.  [default: watchlist.toml and core]",
)
@click.option("--offline", is_flag=True, help="Ask no server.")
@click.option(
    "--sources",
    is_flag=True,
    help="Fetch a few days from every source and say which to put first; takes a minute.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Most time for all servers together.",
)
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def command(
    watchlist: str | None, offline: bool, sources: bool, timeout: float, database: Path, as_json: bool
) -> int:
    """Check providers, database, mails, caches and packages; exit 1 when there is a problem.

    A note is something to know, such as an extra that is not installed. Nothing is changed.
    """
    from scanners.cli.terminal import price_tables, tables
    from scanners.core.run_files import to_json
    from scanners.prices.selection import known_entries
    from scanners.service import doctor

    found = [
        *doctor.check_workspace(),
        doctor.check_database(database),
        *doctor.check_runs(database),
        *doctor.check_outbox(database, datetime.now(timezone.utc)),
        doctor.check_cache(),
        *doctor.check_packages(),
        *doctor.check_calendars(known_entries(watchlist)),
        *([] if offline else doctor.check_providers(known_entries(watchlist), timeout)),
    ]
    if sources and not offline:
        own = tuple({entry.name: entry for entry in reversed(known_entries(watchlist))}.values())
        found += doctor.try_sources(own[::-1], max(timeout, _TRIAL))
    if as_json:
        click.echo(to_json([check._asdict() for check in found]), nl=False)
    else:
        console = tables.console()
        console.print(price_tables.checks(found, console.width))
    return 1 if any(check.result == "problem" for check in found) else 0
