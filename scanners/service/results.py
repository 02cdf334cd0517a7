"""What a run leaves in its folder for all series together, and its exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from scanners.core.errors import NOTHING_FRESH, PARTIAL, CommandError
from scanners.core.run_files import to_csv, to_json
from scanners.core.versions import versions
from scanners.core.workers import Workers
from scanners.report.columns import record
from scanners.scan.plan import Plan
from scanners.service.collection import Collected
from scanners.service.manifest import manifest
from scanners.verdict.row import Row


def exit_code(rows: Sequence[Row]) -> int:
    """Return 0, 3 when a series failed, or 4 when no series is fresh."""
    statuses = [row.verdict.status for row in rows]
    if "failed" in statuses:
        return PARTIAL
    return NOTHING_FRESH if set(statuses) == {"stale"} else 0


def result(asked: Plan, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the content of ``scan.json``: the same for the same prices and configuration."""
    return {
        "schema": 2,
        "version": asked.version,
        "watchlist": asked.watchlist,
        "as_of": asked.as_of,
        "preset": asked.preset_name,
        "configuration": asked.configuration,
        "policy": asdict(asked.policy),
        "series": [row.to_dict() for row in rows],
    }


def refuse_nothing(rows: Sequence[Row]) -> None:
    """Raise a `CommandError` when every series failed."""
    if any(row.verdict.status != "failed" for row in rows):
        return
    first, *others = rows
    more = f" (and {len(others)} more series failed)" if others else ""
    raise CommandError(f"no series could be scanned: {first.name}: {first.verdict.reasons[0]}{more}")


def write_results(folder: Path, asked: Plan, rows: Sequence[Row], versions: Mapping[str, str]) -> None:
    """Write what shows all series: the page, ``scan.json`` and ``scan.csv``.

    Parameters
    ----------
    folder : Path
        With the pages and pictures of the series; it lies in the folder of all runs.
    asked, rows
        What was asked for and found.
    versions : mapping of str to str
        Package -> version that made the numbers.
    """
    from scanners.report.archive import previous
    from scanners.report.page import render
    from scanners.report.verdict_block import settle

    settle(folder, rows, asked.policy)
    (folder / "scan.json").write_text(to_json(result(asked, rows)), "utf-8")
    (folder / "scan.csv").write_text(to_csv([record(row, asked.filters) for row in rows]), "utf-8")
    before = previous(folder.parent, asked.as_of, asked.watchlist)
    page = render(asked, rows, folder, before=before, packages=versions)
    (folder / "index.html").write_text(page, "utf-8")


def publish(output: Path) -> None:
    """Bring the index of runs, ``latest`` and the links between runs up to date."""
    from scanners.report import publish

    publish.publish(output)


def complete(
    folder: Path, asked: Plan, found: Collected, *, started: datetime, workers: Workers, pages: str
) -> dict[str, Any]:
    """Write all that a run's folder holds beside the files of its series, and return the manifest."""
    write_results(folder, asked, found.rows, versions())
    told = manifest(asked, found, folder, started=started, workers=workers, pages=pages)
    (folder / "run.json").write_text(to_json(told), "utf-8")
    return told
