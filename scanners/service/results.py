"""What a run leaves in its folder for all series together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from scanners.core.errors import CommandError
from scanners.core.run_files import MANIFEST, Pictures, to_csv, to_json
from scanners.core.versions import versions
from scanners.core.workers import Workers
from scanners.report.columns import record
from scanners.scan.plan import Plan
from scanners.service.collection import Collection, rows_of
from scanners.service.contents import Files, is_of, listed
from scanners.service.manifest import manifest
from scanners.service.outcome import Outcome
from scanners.verdict.row import JudgedRow, Row


def result(plan: Plan, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the content of ``scan.json``: the same for the same prices and configuration."""
    return {
        "schema": 2,
        "version": plan.version,
        "watchlist": plan.watchlist,
        "as_of": plan.as_of,
        "preset": plan.preset_name,
        "configuration": plan.configuration,
        "policy": asdict(plan.policy),
        "series": [row.to_dict() for row in rows],
    }


def refuse_nothing(rows: Sequence[Row]) -> None:
    """Raise a `CommandError` when every series failed."""
    if any(row.verdict.status != "failed" for row in rows):
        return
    first, *others = rows
    more = f" (and {len(others)} more series failed)" if others else ""
    raise CommandError(f"no series could be scanned: {first.name}: {first.verdict.reasons[0]}{more}")


def write_results(
    folder: Path, plan: Plan, rows: Sequence[Row], versions: Mapping[str, str], target: Path
) -> None:
    """Write what shows all series: the page, ``scan.json`` and ``scan.csv``.

    Parameters
    ----------
    folder : Path
        With the pictures of the series, and the drawings of their pages; it lies in the folder of all runs.
    plan, rows
        What was asked for and found.
    versions : mapping of str to str
        Package -> version that made the numbers.
    target : Path
        The run's own folder, for the links of the page.
    """
    from scanners.report.archive import looks_before, previous
    from scanners.report.page import render
    from scanners.report.series_page import write_pages

    write_pages(folder, plan, rows)
    (folder / "scan.json").write_text(to_json(result(plan, rows)), "utf-8")
    (folder / "scan.csv").write_text(to_csv([record(row, plan.filters) for row in rows]), "utf-8")
    before = previous(folder.parent, plan.as_of, plan.watchlist)
    place = target.relative_to(folder.parent).as_posix()
    blind = any(isinstance(row, JudgedRow) and row.trail is None for row in rows)
    looked = looks_before(folder.parent, plan.as_of, plan.watchlist) if blind else {}
    page = render(
        plan,
        rows,
        folder,
        before=before,
        packages=dict(sorted(versions.items())),
        looked=looked,
        place=place,
    )
    (folder / "index.html").write_text(page, "utf-8")


def home_of(output: Path, plan: Plan, *, again: bool = False, files: Files | None = None) -> Path:
    """Return the run's own folder; see `scanners.report.places.home`. ``files`` are those of its manifest."""
    from scanners.report.places import home

    known = partial(is_of, files or {})
    return home(output, plan.as_of, plan.watchlist, plan.configuration, again=again, known=known)


def publish(output: Path) -> None:
    """Bring the index of runs, ``latest`` and the links between runs up to date."""
    from scanners.report import publish

    publish.publish(output)


def complete(
    folder: Path,
    plan: Plan,
    found: Collection,
    target: Path,
    *,
    recorded: bool,
    started: datetime,
    workers: Workers,
    pages: str,
) -> Outcome:
    """Write all that a run's folder holds beside the pictures of its series, and return what came of it.

    ``target`` is the run's own folder, ``recorded`` says whether the database will have it.
    """
    rows = rows_of(plan, found)
    write_results(folder, plan, rows, versions(), target)
    told = manifest(plan, found, rows, folder, started=started, workers=workers, pages=pages)
    told |= {"recorded": recorded, "files": listed(folder)}
    (folder / MANIFEST).write_text(to_json(told), "utf-8")
    place = target.relative_to(folder.parent).as_posix()
    return Outcome(plan, rows, folder, told, Pictures(folder, rows), place=place)
