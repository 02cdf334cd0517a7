"""One run that leaves a folder and nothing else."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from scanners.core.run_files import new_folder
from scanners.core.vocabulary import Pages
from scanners.core.workers import Workers
from scanners.prices.series import Series
from scanners.scan.plan import Plan
from scanners.service.collection import collect
from scanners.service.results import complete, publish, refuse_nothing
from scanners.verdict.row import Row


def run(
    asked: Plan,
    series: Sequence[Series],
    output: Path,
    *,
    jobs: int | None = None,
    workers: Workers | None = None,
    pages: Pages = "auto",
    follow: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> tuple[list[Row], Path]:
    """Scan and write the folder ``output/AS_OF``: page, pictures, ``scan.json``, ``scan.csv``, ``run.json``.

    Parameters
    ----------
    asked : Plan
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
        Series that get pages and pictures; see `scanners.scan.scanning.pages_of`.
    follow : callable
        Wraps the iterator of rows, for progress.

    Returns
    -------
    rows : list of Row
        Without their files.
    folder : Path
        What was written.

    Raises
    ------
    CommandError
        If no series could be scanned, or the folder cannot be written; nothing is left behind then.
    """
    started = datetime.now(timezone.utc)
    workers = workers or Workers(jobs)
    target = output / asked.as_of
    with new_folder(target) as folder:
        found = collect(asked, series, folder, workers=workers, pages=pages, follow=follow)
        refuse_nothing(found.rows)
        complete(folder, asked, found, started=started, workers=workers, pages=pages)
    publish(output)
    return found.rows, target
