"""``lppl db``: look after the local database."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.options import database_option

if TYPE_CHECKING:
    from scanners.core.adjustment import Adjustment

_DATE = click.DateTime(["%Y-%m-%d"])


@click.group(short_help="Check, back up or export the local database.")
def command() -> None:
    """Check, back up or export the local database."""


@command.command()
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(database: Path, as_json: bool) -> int:
    """Verify every byte of the database; exit 1 when one differs from what was written.

    Nothing is repaired and nothing is deleted.
    """
    from scanners.store.check import find_damage
    from scanners.store.database import DamagedStore, Database

    try:
        with Database.open(database) as opened:
            found = find_damage(opened)
    except DamagedStore as error:
        found = [f"{database}: {error.what}"]
    if as_json:
        import json

        click.echo(json.dumps({"database": str(database), "sound": not found, "damage": found}))
    else:
        click.echo("\n".join(found) if found else f"{database} is sound")
    return 1 if found else 0


@command.command()
@click.argument("destination", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@click.option("--replace", is_flag=True, help="Replace a backup of that name.")
def backup(destination: Path, database: Path, replace: bool) -> None:
    """Copy the database to DESTINATION and verify the copy; other commands may run meanwhile."""
    from scanners.store.check import back_up
    from scanners.store.database import Database

    with Database.open(database) as opened:
        back_up(opened, destination, replace=replace)
    click.echo(f"{destination} is a sound copy of {database}")


@command.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@database_option
@click.option("--series", multiple=True, help="A series to export; may be repeated. Default: all.")
@click.option("--as-of", type=_DATE, help="Leave out sessions after this date.")
@click.option("--known-at", help="Write what was known then, e.g. 2026-01-31T06:00+00:00.")
@click.option(
    "--adjust",
    type=click.Choice(["all", "splits", "none"]),
    default="all",
    show_default=True,
    help="Adjust prices for splits and dividends, splits alone, or nothing.",
)
@click.option("--versions", is_flag=True, help="Write every stored version of the raw bars instead.")
def export(
    folder: Path,
    database: Path,
    series: tuple[str, ...],
    as_of: datetime | None,
    known_at: str | None,
    adjust: "Adjustment",
    versions: bool,
) -> None:
    """Write the bars to CSV files in FOLDER, one a series, and series.csv that names them."""
    from scanners.store.export import export_bars, export_versions
    from scanners.store.store import Store

    if versions and (as_of or known_at or adjust != "all"):
        raise click.UsageError(
            "--versions writes everything: it goes with neither --as-of, --known-at nor --adjust"
        )
    moment = _moment(known_at)
    with Store.open(database) as store:
        if versions:
            paths = export_versions(store.bars, folder, series=series)
        else:
            date = as_of.date() if as_of else None
            paths = export_bars(store.bars, folder, series=series, as_of=date, known_at=moment, adjust=adjust)
    click.echo(f"{len(paths)} files in {folder}")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(
            f"--known-at must be a date and time such as 2026-01-31T06:00+00:00, got {text!r}"
        ) from error
    if moment.tzinfo is None:
        raise click.UsageError(f"--known-at must say its distance to UTC (+00:00), got {text!r}")
    return moment
