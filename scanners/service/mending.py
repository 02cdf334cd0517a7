"""A run that is done, put right: what is missing or damaged in its folder is made again, and nothing else."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanners.core.file_names import drawing_file, phone_file, picture_file
from scanners.core.plain_files import read_bytes
from scanners.core.run_files import MANIFEST, sync, to_json
from scanners.core.run_folders import link, runs_inside, swap
from scanners.prices.series import Series
from scanners.report.archive import series_page
from scanners.report.sheets import drop_sheets
from scanners.scan.plan import Plan
from scanners.scan.scanning import SPARK, read
from scanners.service.collection import collect
from scanners.service.contents import damaged, listed
from scanners.service.earlier import consensus_before
from scanners.service.options import Options
from scanners.service.results import write_results
from scanners.store.runs import Run
from scanners.store.store import Store
from scanners.verdict.row import Row

RESULTS = frozenset({"index.html", "scan.json", "scan.csv"})  # what shows all series
_NAMED = 5  # files that a line names


@dataclass(frozen=True)
class Mended:
    """What was put right.

    Attributes
    ----------
    manifest : dict
        Of the run, with the files that its folder has now.
    again, lost : list of str
        Files that were made again, and those that could not be.
    """

    manifest: dict[str, Any]
    again: list[str]
    lost: list[str]

    @property
    def notes(self) -> tuple[str, ...]:
        """The same for a person."""
        return tuple(
            f"{words}: {', '.join(places[:_NAMED])}"
            + (f" and {len(places) - _NAMED} more" if len(places) > _NAMED else "")
            for words, places in (("made again", self.again), ("cannot be made again", self.lost))
            if places
        )


def mend(
    store: Store,
    done: Run,
    plan: Plan,
    rows: Sequence[Row],
    series: Sequence[Series],
    options: Options,
    work: Path,
    target: Path,
) -> Mended | None:
    """Put the folder of a recorded run right; None when all of its files are there, as they were.

    Results come from the database. Pictures and pages of series are drawn again from the prices, which are
    those that the run saw; no other series is looked at, and no number that was found is found anew.

    Parameters
    ----------
    store, options
        As for the run.
    done : Run
        With its files in the manifest.
    plan, rows, series
        What was asked for and found, and on what.
    work : Path
        The run's work folder, which is emptied first.
    target : Path
        The run's own folder.
    """
    broken = damaged(target, done.manifest["files"])
    if not broken and _manifest(target) == done.manifest:
        return None
    shutil.rmtree(work)
    work.mkdir()
    drawn = [row for row in rows if _files(row.name) & set(broken)]
    anew = {*broken, *(place for row in drawn for place in _files(row.name))}
    if RESULTS & anew:
        anew |= RESULTS
    keep(target, work, anew)
    _draw(store, plan, drawn, series, options, work)
    if RESULTS & anew:
        wanted = _with_sparks(rows, series, plan.as_of) if "index.html" in anew else rows
        write_results(work, plan, wanted, done.manifest["versions"], target)
    drop_sheets(work)
    lost = [place for place in broken if not (work / place).is_file()]
    now, files = listed(work), done.manifest["files"]
    told = {**done.manifest, "files": {place: now.get(place, facts) for place, facts in files.items()}}
    (work / MANIFEST).write_text(to_json(told), "utf-8")
    sync(work)
    swap(work, target, options.output)
    return Mended(told, [place for place in broken if place not in lost], lost)


def _files(name: str) -> set[str]:
    return {picture_file(name), drawing_file(name), phone_file(name), series_page(name)}


def keep(target: Path, work: Path, but: Iterable[str]) -> None:
    """Give the files of a run's folder a place in a work folder too, but for some and the manifest."""
    if not target.is_dir():
        return
    inside = {path.name for path in runs_inside(target)}
    gone = {*but, MANIFEST}

    def left_out(folder: str, names: list[str]) -> set[str]:
        where = Path(folder).relative_to(target)
        here = {name for name in names if (where / name).as_posix() in gone or name[0] == "."}
        return here | (inside if where == Path() else set())

    shutil.copytree(target, work, ignore=left_out, copy_function=link, dirs_exist_ok=True)


def _draw(
    store: Store, plan: Plan, rows: Sequence[Row], series: Sequence[Series], options: Options, work: Path
) -> None:
    """Draw pictures and pages of some series again."""
    if not rows:
        return
    from scanners.report.series_page import write_pages

    names = {row.name for row in rows}
    again = [item for item in series if item.name in names]
    earlier = consensus_before(store, plan) if options.workers.backend == "loky" else {}
    collect(
        plan,
        again,
        work,
        workers=options.workers,
        pages="all",
        earlier=earlier,
        history=options.history,
    )
    write_pages(work, plan, rows)


def _with_sparks(rows: Sequence[Row], series: Sequence[Series], as_of: str) -> list[Row]:
    """Return rows with the small lines of the table, which the database does not keep."""
    by_name = {item.name: item for item in series}
    return [
        replace(row, spark=tuple(read(by_name[row.name], as_of).closes[-SPARK:].tolist()))
        if row.evidence and row.name in by_name
        else row
        for row in rows
    ]


def _manifest(folder: Path) -> Any:
    """Return what the manifest in a folder says, None when it cannot be read."""
    try:
        return json.loads(read_bytes(folder / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
