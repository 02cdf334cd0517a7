"""The scan: every series of a list through evidence and verdict, in parallel; a bad series is a row."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from lppl.core.one_thread import one_thread
from lppl.fitting.window_fits import WindowFits
from lppl.indicators.presets import Preset, find
from scanners.config.policy import Policy
from scanners.core.as_of import until
from scanners.core.errors import CommandError, Unjudged
from scanners.core.vocabulary import AssetClass, Refused
from scanners.core.workers import Workers, chunks, work
from scanners.evidence.confidence_memory import Memory, Remembered
from scanners.evidence.fit_identity import Known
from scanners.evidence.gathering import Workings, gather, known_sessions
from scanners.evidence.series_fits import CONSENSUS, Ready, fit_alike
from scanners.evidence.trust import trust
from scanners.prices.quality.session_calendar import closed_weekdays
from scanners.prices.series import Series
from scanners.scan.first_run import compile_beside, kernels_on_disk
from scanners.scan.plan import DEFAULT, Plan, plan_of
from scanners.verdict.appraisal import Appraisal, Refusal, appraise
from scanners.verdict.assessment import look_longer, with_falls
from scanners.verdict.draft import Draft
from scanners.verdict.row import Row
from scanners.verdict.whole_list import row_from

SPARK = 250  # closes kept for the small line in the table

Draw = Callable[[Draft, pd.Series, Appraisal | Refusal, Workings, Policy], Draft]


@dataclass(frozen=True)
class Task:
    """One series as it travels to a worker: arrays, or the reason why there are none.

    ``closed`` counts the weekdays since the last close on which its exchange was closed, by its ``calendar``;
    ``proxy`` names the series that is judged beside it; ``known`` and ``remembered`` save fits and change no
    number.
    """

    name: str
    title: str
    asset_class: AssetClass
    days: np.ndarray
    closes: np.ndarray
    problem: str = ""
    status: Refused = "failed"
    closed: int = 0
    calendar: str = ""
    proxy: str = ""
    known: Known = field(default_factory=dict)
    remembered: Remembered = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hash of everything in the task that decides a number."""
        words = repr((self.name, self.title, self.asset_class, self.problem, self.status))
        words += f" closed {self.closed}" * bool(self.closed) + f" proxy {self.proxy}" * bool(self.proxy)
        content = hashlib.sha256(words.encode("utf-8", "surrogatepass"))
        content.update(self.days.astype(self.days.dtype.newbyteorder("<")).tobytes())
        content.update(self.closes.astype("<f8").tobytes())
        return content.hexdigest()


def scan(
    series: Iterable[Series],
    as_of: str,
    *,
    policy: Policy = DEFAULT,
    preset: str | Preset = CONSENSUS,
    jobs: int | None = None,
) -> Iterator[Row]:
    """Yield one row a series, in order; what only a whole list can say is not in it.

    Parameters
    ----------
    series : iterable of Series
        Read one by one, while others are computed.
    as_of : str
        ISO date; nothing after it is looked at.
    policy : Policy
        Thresholds.
    preset : str or lppl.Preset
        Windows and filters shown beside those that decide: a name in ``lppl.PRESETS``, or the user's own.
    jobs : int, optional
        Worker processes; by default as many as pay, at most one a core. Results do not depend on it.
    """
    series, plan = list(series), plan_of("", as_of, preset, policy, "none")
    tasks = (read(item, as_of) for item in series)
    batches = drafts(tasks, plan, Workers(jobs), len(series))
    found = {draft.name: draft for batch in batches for draft in batch}
    for item in series:
        yield row_from(found[item.name], policy.for_class(item.asset_class))


def drafts(
    tasks: Iterable[Task], plan: Plan, workers: Workers, count: int, draw: Draw | None = None
) -> Iterator[list[Draft]]:
    """Yield what is found for a chunk of tasks as soon as it is there, in the order in which chunks end.

    A series whose worker process dies again and again is a draft too.

    Parameters
    ----------
    tasks : iterable of Task
        Taken one by one, while others are computed.
    plan : Plan
    workers : Workers
    count : int
        Number of tasks, to choose how many workers pay and how long chunks are.
    draw : callable, optional
        Adds to a draft what only pages show: the past of its verdict, its files. It is sent to the workers.
    """
    jobs = workers.paying(count)
    here = jobs == 1 and workers.backend == "loky"
    copies = workers.copies(count)
    if copies and not kernels_on_disk():
        copies = 0
    elif here and not copies:
        compile_beside()
    with one_thread() if here else nullcontext():  # of which the end of one chunk robs no other
        yield from work(
            partial(scan_chunk, plan=plan, draw=draw),
            chunks(tasks, count, max(jobs, copies)),
            workers=workers,
            jobs=jobs,
            lost=_lost,
            copies=copies,
        )


def scan_chunk(tasks: Sequence[Task], plan: Plan, draw: Draw | None = None) -> list[Draft]:
    """Scan some series in one process."""
    ready = _fitted_together(tasks, plan)
    with one_thread():
        drafts = [scan_one(task, plan, draw, fits) for task, fits in zip(tasks, ready, strict=True)]
    return [replace(draft, proxy=task.proxy) for task, draft in zip(tasks, drafts, strict=True)]


def _fitted_together(tasks: Sequence[Task], plan: Plan) -> list[Ready | None]:
    """Return what gives the fits of each task; all are made, in shared passes, when one is asked for."""
    if len(tasks) < 2 or find(plan.preset).name != CONSENSUS:
        return [None] * len(tasks)

    @lru_cache(maxsize=1)
    def fits() -> list[dict[int, WindowFits]]:
        seen = [until(_prices(task), plan.as_of) for task in tasks]
        memories = (Memory(task.remembered) for task in tasks)
        asked = zip(seen, tasks, memories, strict=True)
        return fit_alike(
            [(closes, known_sessions(closes, task.known, memory)) for closes, task, memory in asked]
        )

    return [partial(_of, fits, k) for k in range(len(tasks))]


def _of(fits: Callable[[], list[dict[int, WindowFits]]], k: int) -> dict[int, WindowFits]:
    return fits()[k]


def _prices(task: Task) -> pd.Series:
    return pd.Series(task.closes, index=pd.DatetimeIndex(task.days))


def scan_one(task: Task, plan: Plan, draw: Draw | None = None, ready: Ready | None = None) -> Draft:
    """Scan one series; what goes wrong with it becomes its draft."""
    names = task.name, task.title, task.asset_class
    if task.problem:
        return Draft(*names, Refusal(task.status, task.problem))
    prices, memory = _prices(task), Memory(task.remembered)
    try:
        evidence, workings = gather(
            prices,
            plan.as_of,
            plan.preset,
            closed=task.closed,
            known=task.known,
            memory=memory,
            ready=ready,
        )
        evidence = replace(evidence, data=replace(evidence.data, calendar=task.calendar))
        policy = plan.policy.for_class(task.asset_class)
        evidence = with_falls(prices, evidence, task.asset_class, policy.minimum_windows)
        found = appraise(evidence, policy)
        evidence = look_longer(prices, evidence, workings, policy, found)
        trusted = trust(workings.fits, found.level, plan.trust) if isinstance(found, Appraisal) else None
        draft = Draft(*names, evidence, trusted, tuple(task.closes[-SPARK:].tolist()))
        if draw:
            draft = draw(draft, prices, found, workings, policy)
        return replace(draft, learnt=memory.new)
    except (ValueError, ArithmeticError, LookupError) as error:
        return Draft(*names, Refusal("failed", str(error)))
    except Exception as error:  # noqa: BLE001 - a defect costs a row and says so, not everybody's scan
        return Draft(*names, Refusal("failed", f"internal error: {type(error).__name__}: {error}"))


def read(item: Series, as_of: str) -> Task:
    """Read a series up to the as-of date: nothing later reaches a worker."""
    days, closes = np.empty(0, dtype="datetime64[D]"), np.empty(0)
    problem, closed = "", None
    status: Refused = "failed"
    try:
        prices = item.read()
        seen = until(prices, as_of)
        days, closes = _days(pd.DatetimeIndex(seen.index)), seen.to_numpy(dtype=np.float64)
        if seen.empty:
            problem = f"no prices up to {as_of}: the series starts {prices.index[0]:%Y-%m-%d}"
        elif item.calendar:
            closed = closed_weekdays(item.calendar, seen.index[-1].date(), date.fromisoformat(as_of))
    except Unjudged as error:
        problem, status = str(error), error.status
    except (CommandError, ValueError) as error:
        problem = str(error)
    names, calendar = (item.name, item.title, item.asset_class), item.calendar if closed is not None else ""
    return Task(*names, days, closes, problem, status, closed or 0, calendar, item.proxy)


def _days(index: pd.DatetimeIndex) -> np.ndarray:
    """Return dates as days, as seconds where bars are shorter than a day."""
    moments = index.tz_localize(None).to_numpy().astype("datetime64[s]")
    days = moments.astype("datetime64[D]")
    return days if (days == moments).all() else moments


def _lost(task: Task) -> Draft:
    reason = "its worker process died twice, though it was alone there: a crash, or out of memory"
    return Draft(task.name, task.title, task.asset_class, Refusal("failed", reason), proxy=task.proxy)
