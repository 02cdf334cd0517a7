"""One run that leaves a folder and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.core.run_files import Pictures
from scanners.core.run_folders import new_folder
from scanners.core.vocabulary import Pages
from scanners.core.workers import Workers
from scanners.prices.series import Series
from scanners.report.places import owner_of
from scanners.report.sheets import drop_sheets
from scanners.scan.plan import Plan
from scanners.service.collection import Follow, collect
from scanners.service.outcome import Outcome
from scanners.service.results import complete, home_of, publish, refuse_nothing


def run(
    plan: Plan,
    series: Sequence[Series],
    output: Path,
    *,
    jobs: int | None = None,
    workers: Workers | None = None,
    pages: Pages = "auto",
    follow: Follow = iter,
    again: bool = False,
    history: Path | None = None,
) -> Outcome:
    """Scan and write the run's folder: page, pictures, ``scan.json``, ``scan.csv``, ``run.json``.

    It is ``output/AS_OF``, or ``output/AS_OF/LIST`` for another list of that day.

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
    again : bool
        Write over the page of a recorded run of this list, date and configuration.
    history : Path, optional
        As for `scanners.service.collection.collect`.

    Returns
    -------
    Outcome

    Raises
    ------
    CommandError
        If no series could be scanned, the folder cannot be written, or a recorded run has it; nothing is left
        behind then.
    """
    started = datetime.now(timezone.utc)
    workers = workers or Workers(jobs)
    place = partial(unrecorded_home, output, plan, again)
    with new_folder(output, place) as folder:
        found = collect(plan, series, folder, workers=workers, pages=pages, follow=follow, history=history)
        outcome = complete(
            folder, plan, found, place(), recorded=False, started=started, workers=workers, pages=pages
        )
        refuse_nothing(outcome.rows)
        drop_sheets(folder)
    target = home_of(output, plan)
    publish(output)
    return replace(outcome, folder=target, pictures=Pictures(target, outcome.rows))


def unrecorded_home(output: Path, plan: Plan, again: bool = False) -> Path:
    """Return the folder of a run that nothing keeps, which is not that of one that is kept.

    Raises
    ------
    CommandError
        If it is, unless it is to be written over.
    """
    target = home_of(output, plan, again=again)
    owner = owner_of(target)
    if owner and owner.recorded and not again:
        raise CommandError(
            f"{target} holds the recorded run of {plan.watchlist}, and this one would not be recorded: "
            "--output names another folder, --again writes over it"
        )
    return target
