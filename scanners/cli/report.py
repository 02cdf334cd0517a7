"""``lppl report``: what a run found, from the store."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.exports import pdf_option, picture_option, xlsx_option
from scanners.cli.options import IsoDate
from scanners.core.errors import CommandError

if TYPE_CHECKING:
    from scanners.store import Run, Store


@click.command("report")
@click.argument("day", metavar="[DATE]", required=False, type=IsoDate())
@click.option("--watchlist", metavar="NAME", help="Of which list, when the database has runs of several.")
@config_option
@configured_database_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of all runs, for --page.  [default: as configured, outputs]",
)
@click.option("--page", is_flag=True, help="Make the run's folder again; pictures there are kept.")
@picture_option(
    "Draw the year of the list, a row a series and a cell a week, as .png, .svg or .pdf.", "--heat-map"
)
@pdf_option
@xlsx_option
@click.option("--json", "as_json", is_flag=True, help="Print scan.json instead of text.")
def command(
    day: str | None,
    watchlist: str | None,
    config: Path | None,
    database: Path | None,
    output: Path | None,
    page: bool,
    heat_map: Path | None,
    pdf: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> None:
    """Print the recorded run of DATE (the newest) as text that stands alone.

    It comes from the database: what was found then, whatever has become of the prices and the page since.
    With --page, --pdf or --xlsx it writes files and prints their names.
    """
    from scanners.config.layers import load
    from scanners.core.run_files import to_json
    from scanners.report.plain import plain
    from scanners.service.manifest import plan_from
    from scanners.service.papers import to_paper, to_workbook
    from scanners.service.record import render_again, stored_rows
    from scanners.service.results import result
    from scanners.store import Store

    named = {"output": output, "database": database}
    options = {f"scan.{key}": None if value is None else str(value) for key, value in named.items()}
    settings = load(config, options=options).settings
    with Store.open(settings.scan.database, write=page) as store:
        run = _find(store, day, watchlist)
        folder = Path(settings.scan.output)
        written = [render_again(store, run, folder) / "index.html"] if page else []
        found, rows = plan_from(run.manifest), stored_rows(store, run)
        if pdf:
            written.append(to_paper(pdf, store, run, rows, folder))
        if xlsx:
            written.append(to_workbook(xlsx, found, rows, store.database.path))
    if heat_map:
        from scanners.report.heat_picture import write_heat_map

        written.append(write_heat_map(heat_map, found, rows))
    for path in written:
        click.echo(path)
    if written:
        return
    click.echo(to_json(result(found, rows)) if as_json else plain(found, rows), nl=False)


def _find(store: "Store", day: str | None, watchlist: str | None) -> "Run":
    runs = store.runs.runs(watchlist=watchlist, as_of=date.fromisoformat(day) if day else None)
    if not runs:
        of = f" of {watchlist}" if watchlist else ""
        raise CommandError(f"no run{of}{f' as of {day}' if day else ''} is recorded in {store.database.path}")
    lists = sorted({run.key.watchlist for run in runs})
    if len(lists) > 1:
        raise CommandError(f"there are runs of several lists, name one with --watchlist: {', '.join(lists)}")
    return max(runs, key=lambda run: (run.key.as_of, run.finished_at))
