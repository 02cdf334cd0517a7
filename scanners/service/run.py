"""One run that leaves a folder and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from scanners.core.run_files import Pictures, new_folder
from scanners.core.vocabulary import Pages
from scanners.core.workers import Workers
from scanners.prices.series import Series
from scanners.report.series_page import drop_sheets
from scanners.scan.plan import Plan
from scanners.service.collection import Follow, collect
from scanners.service.outcome import Outcome
from scanners.service.results import complete, publish, refuse_nothing


def run(
    plan: Plan,
    series: Sequence[Series],
    output: Path,
    *,
    jobs: int | None = None,
    workers: Workers | None = None,
    pages: Pages = "auto",
    follow: Follow = iter,
    history: Path | None = None,
) -> Outcome:
    """Scan and write the folder ``output/AS_OF``: page, pictures, ``scan.json``, ``scan.csv``, ``run.json``.

    Parameters
    ----------
    plan : Plan
        What to do.
    series : sequence of Series
        On what.
    output : Path
        Folder of all runs; the run's own folder appears in it when complete, in place of an earlier one.
    jobs : int, optional
        Worker processes; see `scanners.scan.scanning.scan`.
    workers : Workers, optional
        In place of ``jobs``.
    pages : {"auto", "all", "raised", "none"}
        Series that get pages and pictures; see `scanners.service.collection.pages_of`.
    follow : callable
        Wraps the iterator of drafts, for progress.
    history : Path, optional
        As for `scanners.service.collection.collect`.

    Returns
    -------
    Outcome

    Raises
    ------
    CommandError
        If no series could be scanned, or the folder cannot be written; nothing is left behind then.
    """
    started = datetime.now(timezone.utc)
    workers = workers or Workers(jobs)
    target = output / plan.as_of
    with new_folder(target) as folder:
        found = collect(plan, series, folder, workers=workers, pages=pages, follow=follow, history=history)
        outcome = complete(folder, plan, found, started=started, workers=workers, pages=pages)
        refuse_nothing(outcome.rows)
        drop_sheets(folder)
    publish(output)
    return replace(outcome, folder=target, pictures=Pictures(target, outcome.rows))
