"""A run that is recorded: it survives a crash at any point, and is done once for the same prices.

In this order: the files of each series and its row (checkpoint), the run's folder prepared out of sight, one
transaction with results, episodes and mails, and the folder put in its place. A process that dies before the
transaction leaves what is used again; one that dies after it leaves a folder that the next one puts in place.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.core.run_files import MANIFEST, sync, to_json
from scanners.core.run_folders import refuse_foreign, remove_older_work, swap, work_folder
from scanners.core.versions import versions
from scanners.evidence.fit_identity import fit_identity
from scanners.prices.series import Series
from scanners.report.sheets import drop_sheets
from scanners.scan.plan import Plan
from scanners.service.checkpoints import Checkpoints
from scanners.service.collection import Collection, Follow, collect, prices_hash
from scanners.service.commit import finish, key_of
from scanners.service.contents import is_of
from scanners.service.earlier import consensus_before
from scanners.service.manifest import folder_hash, plan_from, shown_by
from scanners.service.mending import RESULTS, keep, mend
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.service.results import complete, home_of, publish, refuse_nothing, write_results
from scanners.store.runs import Run
from scanners.store.store import Store
from scanners.verdict.appraisal import Refusal
from scanners.verdict.draft import Draft
from scanners.verdict.row import Row, row_of

_QUIET_SECONDS = 30.0  # between two lines of a log while series are scanned


def record(
    store: Store,
    plan: Plan,
    series: Sequence[Series],
    options: Options,
    *,
    log: Log,
    follow: Follow = iter,
) -> Outcome:
    """Scan, or go on where an interrupted scan ended, and commit; or return what was committed before.

    Parameters
    ----------
    store : Store
        Open for writing, which also keeps a second scan away.
    plan : Plan
        What to do.
    series : sequence of Series
        On what.
    options : Options
        How, and what follows from it.
    log : Log
    follow : callable
        Wraps the iterator of drafts, for progress.

    Raises
    ------
    CommandError
        If no series could be scanned and nobody is to hear of it, or something cannot be written.
    """
    started = datetime.now(timezone.utc)
    done = store.runs.find(key_of(plan))
    files = done.manifest.get("files", {}) if done else {}
    target = home_of(options.output, plan, again=options.again, files=files)
    if not is_of(files, target):
        refuse_foreign(target)
    with work_folder(options.output, plan.as_of, work_key(plan)) as work:
        unchanged = done and not options.again and shown_by(done.manifest) == plan.shown
        if done and unchanged and prices_hash(series, plan.as_of) == done.manifest["data"]:
            return _done_before(store, done, plan, series, options, work, target, log)
        progress = Checkpoints(store, key_of(plan), work, _stamp(plan, options))
        found = collect(
            plan,
            series,
            work,
            workers=options.workers,
            pages=options.pages,
            progress=progress,
            follow=_Logged(log, follow, len(series)),
            earlier=consensus_before(store, plan) if options.workers.backend == "loky" else {},
            history=options.history,
        )
        progress.tidy()
        return commit(store, plan, found, work, options, started=started, log=log)


def commit(
    store: Store,
    plan: Plan,
    found: Collection,
    work: Path,
    options: Options,
    *,
    started: datetime,
    log: Log,
) -> Outcome:
    """Commit a run whose series' files are in the work folder, and put the folder in its place.

    Parameters
    ----------
    store, plan, options, log
        As in `record`.
    found : Collection
        All drafts of the list.
    work : Path
        The folder now.
    started : datetime
        When the work began, for the manifest.
    """
    begun, output = time.monotonic(), options.output
    target = home_of(output, plan, again=options.again)
    outcome = complete(
        work,
        plan,
        found,
        target,
        recorded=True,
        started=started,
        workers=options.workers,
        pages=options.pages,
    )
    if not options.settings.route:
        _refuse_nothing(outcome, work)
    sync(work)
    decision = finish(store, outcome, options)
    _put_in_place(work, target, output)
    _publish(output, log)
    remove_older_work(output, plan.as_of, work_key(plan)[:8])
    facts = {"steps": len(decision.steps), "mails": len(decision.messages)} if decision else {}
    log("committed", as_of=plan.as_of, **facts, folder=target, seconds=time.monotonic() - begun)
    return replace(outcome, folder=target, pictures={}, decision=decision)


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
    plan, rows = plan_from(run.manifest), stored_rows(store, run)
    target = home_of(output, plan)
    refuse_foreign(target)
    with work_folder(output, plan.as_of, work_key(plan)) as work:
        shutil.rmtree(work)
        work.mkdir()
        if folder_hash(target) == run.manifest["scan"]:
            keep(target, work, RESULTS)
        write_results(work, plan, rows, run.manifest["versions"], target)
        (work / MANIFEST).write_text(to_json(run.manifest), "utf-8")
        sync(work)
        _put_in_place(work, target, output)
    publish(output)
    return target


def _done_before(
    store: Store,
    done: Run,
    plan: Plan,
    series: Sequence[Series],
    options: Options,
    work: Path,
    target: Path,
    log: Log,
) -> Outcome:
    """Return what was committed before; its folder is put in place, or right, if something is amiss there."""
    rows, output = stored_rows(store, done), options.output
    asked = replace(plan_from(done.manifest), preset=plan.preset)
    wanted, manifest = done.manifest["scan"], done.manifest
    notes: tuple[str, ...] = ()
    if folder_hash(target) != wanted:
        if folder_hash(work) == wanted and (work / MANIFEST).is_file():
            _put_in_place(work, target, output)
            work.mkdir()
            log("folder put in place", as_of=plan.as_of)
        elif "files" not in manifest:
            render_again(store, done, output)
            log("folder made from the store", as_of=plan.as_of)
    mended = mend(store, done, asked, rows, series, options, work, target) if "files" in manifest else None
    if mended:
        notes, manifest = mended.notes, mended.manifest
        store.runs.amend(done, manifest)
        log("folder put right", as_of=plan.as_of, again=len(mended.again), lost=len(mended.lost))
    else:
        log("done before", as_of=plan.as_of)
    shutil.rmtree(work, ignore_errors=True)
    _publish(output, log)
    remove_older_work(output, plan.as_of, work_key(plan)[:8])
    return Outcome(asked, rows, target, manifest, notes=notes)


def _put_in_place(work: Path, target: Path, output: Path) -> None:
    """Put a complete folder in its place, without what only its making needed."""
    drop_sheets(work)
    swap(work, target, output)


def _publish(output: Path, log: Log) -> None:
    """Update what lies beside the runs; a run that is committed does not fail for it."""
    try:
        publish(output)
    except CommandError as error:
        log("index of runs not written", reason=str(error))


def _refuse_nothing(outcome: Outcome, work: Path) -> None:
    try:
        refuse_nothing(outcome.rows)
    except CommandError:
        shutil.rmtree(work)
        raise


def work_key(plan: Plan) -> str:
    """Return what tells the work folder of a run from those of other lists and configurations."""
    return f"{hashlib.sha256(plan.watchlist.encode()).hexdigest()[:8]}-{plan.configuration}"


def _stamp(plan: Plan, options: Options) -> str:
    said = json.dumps([versions(), fit_identity(), plan.shown, options.pages, plan.trust], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


class _Logged:
    """Follow the drafts of a scan: progress for a person, lines for a log."""

    def __init__(self, log: Log, follow: Follow, total: int) -> None:
        self._log, self._follow, self._total = log, follow, total

    def __call__(self, drafts: Iterable[Draft]) -> Iterable[Draft]:
        begun = told = time.monotonic()
        count = 0
        for count, draft in enumerate(self._follow(drafts), 1):
            if isinstance(draft.found, Refusal) and draft.found.status == "failed":
                self._log("series failed", series=draft.name, reason=draft.found.reason)
            if time.monotonic() - told > _QUIET_SECONDS:
                told = time.monotonic()
                self._log("scanning", series=count, of=self._total, seconds=told - begun)
            yield draft
        facts = {"series": count, "restored": self._total - count}
        self._log("scanned", **facts, seconds=time.monotonic() - begun)
