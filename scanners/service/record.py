"""A run that is recorded: it survives a crash at any point, and is done once for the same prices.

In this order: the files of each series and its row (checkpoint), the run's folder prepared out of sight, one
transaction with results, episodes and mails, and the folder put in its place. A process that dies before the
transaction leaves what is used again; one that dies after it leaves a folder that the next one puts in place.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from scanners.alerts.decisions import Asked, Decision
from scanners.alerts.observation import Observation
from scanners.config.settings import Settings
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.core.run_files import Pictures, remove_older_work, swap, sync, to_json, work_folder
from scanners.core.versions import versions
from scanners.core.vocabulary import Pages
from scanners.core.workers import Workers
from scanners.prices.series import Series
from scanners.scan.plan import Plan
from scanners.service.checkpoints import Checkpoints
from scanners.service.collection import Collected, collect, prices_hash
from scanners.service.commit import finish, key_of
from scanners.service.manifest import asked_of, folder_hash, shown_by
from scanners.service.results import complete, publish, refuse_nothing, write_results
from scanners.store.runs import Run
from scanners.store.store import Store
from scanners.verdict.row import Row, row_of

_QUIET_SECONDS = 30.0  # between two lines of a log while series are scanned


@dataclass(frozen=True)
class Recorded:
    """What became of a run.

    Parameters
    ----------
    rows : list of Row
        Without their files.
    folder : Path
        Of the run.
    decision : Decision or None
        None when the run was done before.
    """

    rows: list[Row]
    folder: Path
    decision: Decision | None


@dataclass(frozen=True)
class Way:
    """How a run is done and what follows from it.

    Parameters
    ----------
    workers : Workers
    pages : {"auto", "all", "raised", "none"}
        Series that get pages and pictures.
    alerts, notice : bool
        As in `scanners.service.commit.finish`.
    again : bool
        Scan even if the run is done and its prices are the same.
    """

    workers: Workers = field(default_factory=Workers)
    pages: Pages = "auto"
    alerts: bool = True
    notice: bool = True
    again: bool = False


def record(
    store: Store,
    asked: Plan,
    series: Sequence[Series],
    output: Path,
    settings: Settings,
    *,
    at: datetime,
    way: Way,
    log: Log,
    observations: Iterable[Observation] = (),
    follow: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> Recorded:
    """Scan, or go on where an interrupted scan ended, and commit; or return what was committed before.

    Parameters
    ----------
    store : Store
        Open for writing, which also keeps a second scan away.
    asked : Plan
        What to do.
    series : sequence of Series
        On what.
    output : Path
        Folder of all runs.
    settings : Settings
        Rules of episodes, routes.
    at : datetime
        The present, with a time zone.
    way : Way
    log : Log
    observations : iterable of Observation
        Of what is no series of the list, for the episodes.
    follow : callable
        Wraps the iterator of rows, for progress.

    Raises
    ------
    CommandError
        If no series could be scanned and nobody is to hear of it, or something cannot be written.
    """
    started = datetime.now(timezone.utc)
    which = Asked(asked.watchlist, asked.as_of, asked.configuration, at)
    done = store.runs.find(key_of(which))
    with work_folder(output, asked.as_of, work_key(asked)) as work:
        unchanged = done and not way.again and shown_by(done.manifest) == asked.shown
        if done and unchanged and prices_hash(series, asked.as_of) == done.manifest["data"]:
            return _done_before(store, done, output, work, log)
        progress = Checkpoints(store, key_of(which), work, _stamp(asked, way))
        followed = _Logged(log, follow, len(series))
        found = collect(
            asked,
            series,
            work,
            workers=way.workers,
            pages=way.pages,
            progress=progress,
            follow=followed,
        )
        progress.tidy()
        if not settings.route:
            _refuse_nothing(found, work)
        target = output / asked.as_of
        return commit(
            store,
            asked,
            found,
            work,
            target,
            settings,
            at=at,
            started=started,
            way=way,
            log=log,
            observations=observations,
        )


def commit(
    store: Store,
    asked: Plan,
    found: Collected,
    work: Path,
    target: Path,
    settings: Settings,
    *,
    at: datetime,
    started: datetime,
    way: Way,
    log: Log,
    observations: Iterable[Observation] = (),
) -> Recorded:
    """Commit a run whose series' files are in the work folder, and put the folder in its place.

    Parameters
    ----------
    store, asked, settings, at, way, log, observations
        As in `record`.
    found : Collected
        All rows of the list.
    work, target : Path
        The folder now, and where it is to be.
    started : datetime
        When the work began, for the manifest.
    """
    begun = time.monotonic()
    told = complete(work, asked, found, started=started, workers=way.workers, pages=way.pages)
    sync(work)
    decision = finish(
        store,
        found.rows,
        Asked(asked.watchlist, asked.as_of, asked.configuration, at),
        settings,
        manifest=told,
        pictures=Pictures(work, found.rows),
        observations=observations,
        alerts=way.alerts,
        notice=way.notice,
        again=way.again,
    )
    swap(work, target)
    _publish(target.parent, log)
    remove_older_work(target.parent, asked.as_of, work_key(asked)[:8])
    facts = {"steps": len(decision.steps), "mails": len(decision.messages)} if decision else {}
    log("committed", as_of=asked.as_of, **facts, folder=target, seconds=time.monotonic() - begun)
    return Recorded(found.rows, target, decision)


def stored_rows(store: Store, run: Run) -> list[Row]:
    """Return the rows of a finished run in the order of its list, without small lines and files."""
    results = store.runs.results(run)
    return [row_of(results[name]) for name in dict.fromkeys(run.manifest["series"])]


def render_again(store: Store, run: Run, output: Path) -> Path:
    """Write the folder of a finished run from the store; pictures that lie there already are kept.

    Raises
    ------
    CommandError
        If it cannot be written, or something else lies in its place.
    """
    asked, rows = asked_of(run.manifest), stored_rows(store, run)
    target = output / asked.as_of
    with work_folder(output, asked.as_of, work_key(asked)) as work:
        if folder_hash(target) == run.manifest["scan"]:
            shutil.copytree(target, work, dirs_exist_ok=True)
        write_results(work, asked, rows, run.manifest["versions"])
        (work / "run.json").write_text(to_json(run.manifest), "utf-8")
        sync(work)
        swap(work, target)
    publish(output)
    return target


def _done_before(store: Store, done: Run, output: Path, work: Path, log: Log) -> Recorded:
    """Return what was committed before; its folder is put in place if that was not done."""
    rows, target = stored_rows(store, done), output / done.manifest["as_of"]
    wanted = done.manifest["scan"]
    if folder_hash(target) == wanted:
        shutil.rmtree(work)
        _publish(output, log)
        log("done before", as_of=target.name)
    elif folder_hash(work) == wanted and (work / "run.json").is_file():
        swap(work, target)
        log("folder put in place", as_of=target.name)
    else:
        shutil.rmtree(work)
        render_again(store, done, output)
        log("folder made from the store", as_of=target.name)
    _publish(output, log)
    remove_older_work(output, target.name, work_key(asked_of(done.manifest))[:8])
    return Recorded(rows, target, None)


def _publish(output: Path, log: Log) -> None:
    """Update what lies beside the runs; a run that is committed does not fail for it."""
    try:
        publish(output)
    except CommandError as error:
        log("index of runs not written", reason=str(error))


def _refuse_nothing(found: Collected, work: Path) -> None:
    try:
        refuse_nothing(found.rows)
    except CommandError:
        shutil.rmtree(work)
        raise


def work_key(asked: Plan) -> str:
    """Return what tells the work folder of a run from those of other lists and configurations."""
    return f"{hashlib.sha256(asked.watchlist.encode()).hexdigest()[:8]}-{asked.configuration}"


def _stamp(asked: Plan, way: Way) -> str:
    said = json.dumps([versions(), asked.shown, way.pages, asked.trust], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


class _Logged:
    """Follow the rows of a scan: progress for a person, lines for a log."""

    def __init__(self, log: Log, follow: Callable[[Iterable[Row]], Iterable[Row]], total: int) -> None:
        self._log, self._follow, self._total = log, follow, total

    def __call__(self, rows: Iterable[Row]) -> Iterable[Row]:
        begun = told = time.monotonic()
        count = 0
        for count, row in enumerate(self._follow(rows), 1):
            if row.verdict.status == "failed":
                self._log("series failed", series=row.name, reason="; ".join(row.verdict.reasons))
            if time.monotonic() - told > _QUIET_SECONDS:
                told = time.monotonic()
                self._log("scanning", series=count, of=self._total, seconds=told - begun)
            yield row
        facts = {"series": count, "restored": self._total - count}
        self._log("scanned", **facts, seconds=time.monotonic() - begun)
