"""The scan: every series of a list through evidence and verdict, in parallel; a bad series is a row."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from lppl.indicators.presets import Preset
from scanners.config.policy import Policy
from scanners.core.as_of import until
from scanners.core.errors import CommandError, Unjudged
from scanners.core.vocabulary import AssetClass, Extent, Pages, Refused
from scanners.core.workers import Workers, chunks, work
from scanners.evidence.gathering import Workings, gather
from scanners.evidence.trust import trust
from scanners.prices.quality.session_calendar import closed_weekdays
from scanners.prices.series import Series
from scanners.verdict.assessment import look_longer, with_falls
from scanners.verdict.judgement import Refusal, judge
from scanners.verdict.row import JudgedRow, RefusedRow, Row

DEFAULT = Policy()
SPARK = 250  # closes kept for the small line in the table
ALL_PAGES_UP_TO = 50  # series; of a longer list only those above calm get pages and pictures

Draw = Callable[[Row, Workings, Policy], Mapping[str, bytes]]


@dataclass(frozen=True)
class Task:
    """One series as it travels to a worker: arrays, or the reason why there are none.

    ``closed`` counts the weekdays since the last close on which its exchange was closed.
    """

    name: str
    title: str
    asset_class: AssetClass
    days: np.ndarray
    closes: np.ndarray
    problem: str = ""
    status: Refused = "failed"
    closed: int = 0

    @property
    def digest(self) -> str:
        """Hash of everything in the task."""
        words = repr((self.name, self.title, self.asset_class, self.problem, self.status))
        words += f" closed {self.closed}" * bool(self.closed)
        content = hashlib.sha256(words.encode("utf-8", "surrogatepass"))
        content.update(self.days.astype(self.days.dtype.newbyteorder("<")).tobytes())
        content.update(self.closes.astype("<f8").tobytes())
        return content.hexdigest()


@dataclass(frozen=True)
class Judging:
    """What is done to each series: as of when, by which thresholds and windows, with which pages.

    Parameters
    ----------
    as_of : str
        ISO date; nothing after it is looked at.
    policy : Policy
        Thresholds.
    preset : str or lppl.Preset
        Published windows and filters, a name in ``lppl.PRESETS``, or the user's own.
    pages, trust : {"all", "raised", "none"}
        Series that get pages and pictures, and those that get the trust indicator.
    """

    as_of: str
    policy: Policy = DEFAULT
    preset: str | Preset = "shanghai_2015"
    pages: Extent = "none"
    trust: Extent = "none"


def scan(
    series: Iterable[Series],
    as_of: str,
    *,
    policy: Policy = DEFAULT,
    preset: str | Preset = "shanghai_2015",
    jobs: int | None = None,
    draw: Draw | None = None,
) -> Iterator[Row]:
    """Yield one row a series, in order.

    Parameters
    ----------
    series : iterable of Series
        Read one by one, while others are computed.
    as_of : str
        ISO date; nothing after it is looked at.
    policy : Policy
        Thresholds.
    preset : str or lppl.Preset
        Published windows and filters, a name in ``lppl.PRESETS``, or the user's own.
    jobs : int, optional
        Worker processes; by default as many as pay, at most one a core. Results do not depend on it.
    draw : callable, optional
        Makes the pages and pictures of each series, as `scanners.report.series.files_of`.
    """
    series = list(series)
    judging = Judging(as_of, policy, preset, "all" if draw else "none")
    tasks = (read(item, as_of) for item in series)
    batches = judged(tasks, judging, Workers(jobs), len(series), draw)
    rows = {row.name: row for batch in batches for row in batch}
    yield from (rows[item.name] for item in series)


def judged(
    tasks: Iterable[Task], judging: Judging, workers: Workers, count: int, draw: Draw | None = None
) -> Iterator[list[Row]]:
    """Yield the rows of a chunk of tasks as soon as they are there, in the order in which chunks end.

    A series whose worker process dies again and again is a row too.

    Parameters
    ----------
    tasks : iterable of Task
        Taken one by one, while others are computed.
    judging : Judging
    workers : Workers
    count : int
        Number of tasks, to choose how many workers pay and how long chunks are.
    draw : callable, optional
        A function of a module, so that it can be sent to a worker.
    """
    jobs = workers.paying(count)
    yield from work(
        partial(scan_chunk, judging=judging, draw=draw),
        chunks(tasks, count, jobs),
        workers=workers,
        jobs=jobs,
        lost=_lost,
    )


def scan_chunk(tasks: Sequence[Task], judging: Judging, draw: Draw | None = None) -> list[Row]:
    """Scan some series in one process."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # sums in the same order here, in a worker and on a cluster
        return [scan_one(task, judging, draw) for task in tasks]


def scan_one(task: Task, judging: Judging, draw: Draw | None = None) -> Row:
    """Scan one series; what goes wrong with it becomes its row."""
    names = task.name, task.title, task.asset_class
    if task.problem:
        return RefusedRow(*names, Refusal(task.status, task.problem))
    prices = pd.Series(task.closes, index=pd.DatetimeIndex(task.days))
    try:
        evidence, workings = gather(prices, judging.as_of, judging.preset, closed=task.closed)
        policy = judging.policy.for_class(task.asset_class)
        evidence = with_falls(prices, evidence, task.asset_class, policy.minimum_windows)
        evidence = look_longer(prices, evidence, workings, policy)
        verdict, spark = judge(evidence, policy), tuple(task.closes[-SPARK:].tolist())
        row: Row
        if isinstance(verdict, Refusal):
            row = RefusedRow(*names, verdict, evidence, spark)
        else:
            computed = trust(prices, verdict.level, judging.trust)
            row = JudgedRow(*names, verdict, evidence, computed, spark)
        return replace(row, files=draw(row, workings, policy)) if draw and _drawn(row, judging) else row
    except (ValueError, ArithmeticError, LookupError) as error:
        return RefusedRow(*names, Refusal("failed", str(error)))
    except Exception as error:  # noqa: BLE001 - a defect costs a row and says so, not everybody's scan
        reason = f"internal error: {type(error).__name__}: {error}"
        return RefusedRow(*names, Refusal("failed", reason))


def read(item: Series, as_of: str) -> Task:
    """Read a series up to the as-of date: nothing later reaches a worker."""
    days, closes = np.empty(0, dtype="datetime64[D]"), np.empty(0)
    problem, closed = "", 0
    status: Refused = "failed"
    try:
        prices = item.read()
        seen = until(prices, as_of)
        days, closes = _days(seen.index), seen.to_numpy(dtype=np.float64)
        if seen.empty:
            problem = f"no prices up to {as_of}: the series starts {prices.index[0]:%Y-%m-%d}"
        elif item.calendar:
            closed = closed_weekdays(item.calendar, seen.index[-1].date(), date.fromisoformat(as_of))
    except Unjudged as error:
        problem, status = str(error), error.status
    except (CommandError, ValueError) as error:
        problem = str(error)
    return Task(item.name, item.title, item.asset_class, days, closes, problem, status, closed)


def _days(index: pd.DatetimeIndex) -> np.ndarray:
    """Return dates as days, as seconds where bars are shorter than a day."""
    moments = index.tz_localize(None).to_numpy().astype("datetime64[s]")
    days = moments.astype("datetime64[D]")
    return days if (days == moments).all() else moments


def pages_of(asked: Pages, count: int) -> Extent:
    """Return which series of ``count`` get pages: as asked, or by the length of the list for ``auto``."""
    if asked == "auto":
        return "all" if count <= ALL_PAGES_UP_TO else "raised"
    return asked


def _drawn(row: Row, judging: Judging) -> bool:
    if judging.pages == "raised":
        return row.verdict.level not in (None, "calm")
    return judging.pages == "all"


def _lost(task: Task) -> Row:
    reason = "its worker process died twice, though it was alone there: a crash, or out of memory"
    return RefusedRow(task.name, task.title, task.asset_class, Refusal("failed", reason))
