"""``lppl scan``: a watchlist through evidence and verdict into the folder of the day."""

from datetime import date
from pathlib import Path

import click

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.exports import csv_option, parquet_option
from scanners.cli.options import IsoDate, timeout_option


@click.command("scan")
@click.option(
    "--watchlist",
    metavar="NAME|FILE",
    help="Built-in list or TOML file.  [default: watchlist.toml, else demo; with --data all its files]",
)
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: today]"
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of the user's CSV files, read as they are, past the database.",
)
@click.option("--fetch", is_flag=True, help="Bring the stored prices up to date first.")
@timeout_option
@config_option
@configured_database_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of all runs.  [default: as configured, outputs]",
)
@click.option(
    "--preset",
    help="Windows and filters shown beside the consensus.  [default: as configured, shanghai_2015]",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: as many as pay]")
@click.option("--json", "as_json", is_flag=True, help="Print scan.json instead of the table.")
@csv_option
@parquet_option
def command(
    watchlist: str | None,
    as_of: str | None,
    data: Path | None,
    fetch: bool,
    timeout: float,
    config: Path | None,
    database: Path | None,
    output: Path | None,
    preset: str | None,
    jobs: int | None,
    as_json: bool,
    csv: Path | None,
    parquet: Path | None,
) -> int:
    """Scan a watchlist and write a page, a table and pictures.

    Series that the database has are read from there. The results go to OUTPUT/DATE, in place of an earlier
    run of that date. Exit codes: 0 done, 1 nothing written, 3 some series failed, 4 no series is fresh, 75
    with --fetch another process writes the database.
    """
    from scanners.cli import exports, fetching, tables
    from scanners.config_layers import load
    from scanners.outputs import to_json
    from scanners.run import NOTHING_FRESH, exit_code, plan, result, run
    from scanners.selection import choose, named_preset, select, to_fetch
    from scanners.table import record

    named = {"watchlist": watchlist, "data": data, "output": output, "database": database, "preset": preset}
    options = {f"scan.{key}": None if value is None else str(value) for key, value in named.items()}
    settings = load(config, options=options | {"scan.jobs": jobs}).settings
    said = settings.scan
    database, data = Path(said.database), Path(said.data) if said.data else None
    chosen = (to_fetch if fetch else choose)(said.watchlist or None, data)
    preset_ = named_preset(said.preset, settings.preset)
    asked = plan(chosen.name, as_of or date.today().isoformat(), preset_, settings.policy)
    if fetch:
        fetching.first(chosen.series, database, folder=data, timeout=timeout)
    use = database if fetch or data is None else None
    series = select(chosen, data, as_of=asked.as_of, database=use)
    with tables.progress(len(series)) as follow:
        rows, folder = run(asked, series, Path(said.output), jobs=said.jobs, follow=follow)
    written = exports.write([record(row, asked.filters) for row in rows], csv, parquet)
    if exit_code(rows) == NOTHING_FRESH:
        click.echo(f"lppl: no series has a bar near {asked.as_of}; --as-of names an earlier date", err=True)
    if as_json:
        click.echo(to_json(result(asked, rows)), nl=False)
        return exit_code(rows)
    console = tables.console()
    console.print(tables.scan_table(rows, asked.filters, console.width))
    for line in tables.reasons(rows):
        console.print()
        console.print(line)
    for path in (*written, folder / "index.html"):
        console.print(f"\n{path}", soft_wrap=True)
    return exit_code(rows)
