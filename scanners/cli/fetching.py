"""What the commands that fetch have in common: the writer lock, the deadline, and a progress bar."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from scanners.cli.terminal import tables
from scanners.config.watchlist import Entry
from scanners.config.workspace import DATA
from scanners.prices.agreement.look import EVERY, look
from scanners.prices.providers import csv_folder
from scanners.prices.refresh import Report, refresh
from scanners.store.store import Store


def provider_options(folder: Path | None, entries: Sequence[Entry] = ()) -> dict[str, dict[str, Any]]:
    """Return the options of the providers: where the files lie, and how that of each series is read."""
    readings = {entry.name: entry.reading for entry in entries if csv_folder.NAME in entry.symbols}
    return {csv_folder.NAME: {"folder": str(folder or DATA), "readings": readings}}


def run(
    entries: Sequence[Entry],
    database: Path,
    *,
    timeout: float,
    folder: Path | None = None,
    only: Sequence[str] = (),
    full: bool = False,
    wait: float = 0.0,
    since: date | None = None,
    compare: bool | None = None,
) -> list[Report]:
    """Bring series up to date and return a report each, in the order of the list.

    Once a week, or as ``compare`` says, stored series are compared with their other sources.

    Raises
    ------
    CommandError
        With exit code 75 if another process writes, 1 if the database cannot be written.
    """
    options = provider_options(folder, entries)
    with (
        Store.open(database, write=True, wait=wait) as store,
        tables.progress(len(entries), "fetching") as follow,
    ):
        deadline = time.monotonic() + timeout
        asked: dict[str, Any] = {"deadline": deadline, "options": options, "only": only or None}
        reports = follow(refresh(store, entries, full=full, since=since, **asked))
        by_name = {report.series: report for report in reports}
        if compare is not False:
            for _ in look(store, entries, every=timedelta(0) if compare else EVERY, **asked):
                pass  # each is kept in the store
    return [by_name[entry.name] for entry in entries]


def first(entries: Sequence[Entry], database: Path, *, timeout: float, folder: Path | None = None) -> None:
    """Fetch before another command goes on, and tell what failed on stderr."""
    for report in run(entries, database, timeout=timeout, folder=folder):
        if report.failed:
            click.echo(f"lppl: {report.series} was not fetched: {'; '.join(report.tried)}", err=True)
