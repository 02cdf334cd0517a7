"""``lppl scan``: a watchlist through evidence and verdict into the folder of the day."""

import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.exports import csv_option, parquet_option, xlsx_option
from scanners.cli.options import IsoDate, timeout_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions
    from scanners.config.settings import Settings
    from scanners.core.log import Log, Style
    from scanners.core.workers import Backend
    from scanners.service.options import Request
    from scanners.service.outcome import Outcome


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
    help="Folder of the user's CSV files, read as they are, past the database; nothing is recorded.",
)
@reading_options
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
    help="Windows and filters shown beside those that decide.  [default: as configured, none]",
)
@click.option(
    "--pages",
    type=click.Choice(["auto", "all", "raised", "none"]),
    help="Series that get pages and pictures.  [default: as configured; all of up to 50, else raised ones]",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: as many as pay]")
@click.option(
    "--backend",
    type=click.Choice(["loky", "dask"]),
    default="loky",
    show_default=True,
    help="What runs the workers: processes of this machine, or a Dask cluster.",
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Of the Dask cluster, for --backend dask.")
@click.option("--shard", metavar="I/N", help="Scan part I of N of the list into one file, for lppl merge.")
@click.option(
    "--scheduled",
    is_flag=True,
    help="The run of cron or systemd: make up for missed days, tell the dead-man's switch, try mails again.",
)
@click.option("--again", is_flag=True, help="Scan even if this day is done and no price has changed.")
@click.option(
    "--dry-run",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write pages and .eml files there; send nothing, change neither database nor outputs.",
)
@click.option(
    "--log",
    "style",
    type=click.Choice(["text", "json", "none"]),
    help="Log lines on stderr.  [default: text with --scheduled, else none]",
)
@click.option("--json", "as_json", is_flag=True, help="Print scan.json instead of the table.")
@csv_option
@parquet_option
@xlsx_option
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
    pages: str | None,
    jobs: int | None,
    backend: "Backend",
    scheduler: str,
    shard: str | None,
    scheduled: bool,
    again: bool,
    dry_run: Path | None,
    style: "Style | None",
    as_json: bool,
    csv: Path | None,
    parquet: Path | None,
    xlsx: Path | None,
    reading: "ReadOptions",
) -> int:
    """Scan a watchlist and write a page, a table and pictures.

    Series that the database has are read from there. The results go to OUTPUT/DATE, those of a second list of
    that date to OUTPUT/DATE/LIST. In a workspace with a database or a route the run is recorded, alerts are
    decided and mails go out, once for the same prices; an interrupted run goes on where it ended.

    Exit codes: 0 done, 1 nothing written, 3 some series failed, 4 no series is fresh, 5 a mail was not
    delivered, 75 another process has the database.
    """
    from scanners.cli import fetching
    from scanners.config.layers import load
    from scanners.core.log import Log
    from scanners.core.workers import Workers
    from scanners.prices.selection import choose, named_preset, to_fetch
    from scanners.service.options import Options, Request

    if scheduled and (as_of or dry_run or shard):
        raise click.UsageError("--scheduled takes neither --as-of, --dry-run nor --shard")
    if dry_run and fetch:
        raise click.UsageError("--dry-run changes no database, so that it takes no --fetch")
    if shard and dry_run:
        raise click.UsageError("--shard sends nothing, so that it takes no --dry-run")
    named = {"watchlist": watchlist, "data": data, "output": output, "database": database, "preset": preset}
    options: dict[str, Any] = {
        f"scan.{key}": None if value is None else str(value) for key, value in named.items()
    }
    settings = load(config, options=options | {"scan.jobs": jobs, "scan.pages": pages}).settings
    said = settings.scan
    folder = Path(said.data) if said.data else None
    log = Log(style or ("text" if scheduled else "none"), sys.stderr)

    def go() -> "Outcome":
        chosen = (to_fetch if fetch else choose)(said.watchlist or None, folder, reading)
        request = Request(
            Options(settings, Workers(said.jobs, backend, scheduler, may_copy=True), said.pages, again),
            chosen,
            named_preset(said.preset, settings.preset),
            as_of,
            folder,
            stored=fetch or folder is None,
            scheduled=scheduled,
        )
        if fetch:
            fetching.first(chosen.series, request.options.database, folder=folder, timeout=timeout)
        return _scan(request, log, dry_run, shard, ad_hoc=data is not None, fetched=fetch)

    done = _watched(settings, go) if scheduled else go()
    return print_run(done, as_json, _files(done, Path(said.database), csv, parquet, xlsx))


def _files(
    done: "Outcome", database: Path, csv: Path | None, parquet: Path | None, xlsx: Path | None
) -> tuple[Path, ...]:
    """Write the table to the files that were asked for."""
    from scanners.cli import exports
    from scanners.report.columns import record
    from scanners.service.papers import to_workbook

    written = exports.write([record(row, done.plan.filters) for row in done.rows], csv, parquet)
    if xlsx is None:
        return written
    to_workbook(xlsx, done.plan, done.rows, database)
    return (*written, xlsx)


def _watched(settings: "Settings", go: Callable[[], "Outcome"]) -> "Outcome":
    """Run with the dead-man's switch told how it starts and ends, also when the manager stops it."""
    import signal

    from scanners.service.ping import watched

    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with watched(settings.ping, tell) as ended:
            done = go()
            ended(done.code)
    finally:
        signal.signal(signal.SIGTERM, before)
    return done


def _scan(
    request: "Request", log: "Log", dry_run: Path | None, shard: str | None, *, ad_hoc: bool, fetched: bool
) -> "Outcome":
    from scanners.alerts.channels.folder import write_letters
    from scanners.cli.terminal import tables
    from scanners.service.daily import one_off, recorded, rehearse, serve
    from scanners.service.merging import scan_shard
    from scanners.service.shards import Shard

    with tables.progress(len(request.watchlist.series)) as follow:
        if shard:
            return scan_shard(request, Shard.parse(shard), now(), log=log, follow=follow)
        if dry_run:
            done, mails = rehearse(request, dry_run, now=now, log=log, follow=follow)
            for path in write_letters(mails, dry_run):
                tell(f"would be sent: {path}")
            return done
        if request.scheduled or recorded(request.options.settings, ad_hoc=ad_hoc, fetched=fetched):
            return serve(request, now=now, tell=tell, log=log, follow=follow)
        return one_off(request, now(), log=log, follow=follow)


def print_run(done: "Outcome", as_json: bool, written: tuple[Path, ...] = ()) -> int:
    """Print what a run found, and what else was written; return its exit code."""
    from scanners.cli.terminal import tables
    from scanners.core.errors import NOTHING_FRESH
    from scanners.core.run_files import to_json
    from scanners.service.outcome import exit_code
    from scanners.service.results import result

    if exit_code(done.rows) == NOTHING_FRESH:
        tell(f"no series has a bar near {done.plan.as_of}; --as-of names an earlier date")
    if as_json:
        click.echo(to_json(result(done.plan, done.rows)), nl=False)
        return done.code
    console = tables.console()
    console.print(tables.scan_table(done.rows, console.width))
    for line in tables.reasons(done.rows):
        console.print()
        console.print(line)
    page = done.folder if done.folder.is_file() else done.folder / "index.html"
    for path in (*written, page):
        console.print(f"\n{path}", soft_wrap=True)
    return done.code


def tell(line: str) -> None:
    """Print a line for a person."""
    click.echo(f"lppl: {line}", err=True)


def now() -> datetime:
    """Return the present."""
    return datetime.now(timezone.utc)
