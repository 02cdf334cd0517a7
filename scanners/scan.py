"""The scan: every series of a list through evidence and verdict, in parallel; a bad series is a row."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import joblib
import numpy as np
import pandas as pd

from lppl.presets import Preset
from scanners.errors import CommandError, Unjudged
from scanners.evidence import Evidence, Workings, gather
from scanners.policy import Policy
from scanners.trusted import Trusted, trusted
from scanners.verdict import Verdict, judge

DEFAULT = Policy()
SPARK = 250  # closes kept for the small line in the table
_SERIES_PER_WORKER = 8  # a worker process costs about as much to start as this many series to scan


@dataclass(frozen=True)
class Series:
    """A series to scan: what to call it, what it is, and how to read it.

    Parameters
    ----------
    name, title, asset_class : str
        As in a watchlist.
    read : callable
        Returns the closes; a `CommandError` or `ValueError` it raises becomes the row's reason, and the
        status of an `Unjudged` the row's status.
    """

    name: str
    title: str
    asset_class: str
    read: Callable[[], pd.Series]


@dataclass(frozen=True)
class Row:
    """What the scan found for one series.

    Parameters
    ----------
    name, title, asset_class : str
        As in the watchlist.
    verdict : Verdict
        Judgement, or the status that forbids one.
    evidence : Evidence or None
        Numbers; None when the series failed.
    trust : Trusted or None
        How many fits survive reshuffled residuals, where it was computed.
    spark : tuple of float
        Last closes, for a small line.
    files : mapping of str to bytes
        Pages and pictures of the series by their place in the run's folder, when they were asked for and
        there is something to draw.
    """

    name: str
    title: str
    asset_class: str
    verdict: Verdict
    evidence: Evidence | None = None
    trust: Trusted | None = None
    spark: tuple[float, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return names, verdict and evidence as nested plain values."""
        evidence = self.evidence.to_dict() if self.evidence else None
        names = {"name": self.name, "title": self.title, "asset_class": self.asset_class}
        trust = asdict(self.trust) if self.trust else None
        return {**names, **self.verdict.to_dict(), "evidence": evidence, "trust": trust}


@dataclass(frozen=True)
class Task:
    """One series as it travels to a worker: arrays, or the reason why there are none."""

    name: str
    title: str
    asset_class: str
    days: np.ndarray
    closes: np.ndarray
    problem: str = ""
    status: str = "failed"


def scan(
    series: Iterable[Series],
    as_of: str,
    *,
    policy: Policy = DEFAULT,
    preset: str | Preset = "shanghai_2015",
    jobs: int | None = None,
    files: bool = False,
    trust: str = "none",
) -> Iterator[Row]:
    """Yield one row a series, in order, as soon as it is there.

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
    files : bool
        Whether to make the pages and pictures of each series.
    trust : {"raised", "all", "none"}
        For which series to compute trust; see `scanners.trusted`.
    """
    series = list(series)
    if jobs is None:
        jobs = max(1, min(joblib.cpu_count(), -(-len(series) // _SERIES_PER_WORKER)))
    workers = joblib.Parallel(n_jobs=jobs, backend="loky", return_as="generator")
    work = joblib.delayed(scan_one)
    yield from workers(work(_read(item, as_of), as_of, policy, preset, files, trust) for item in series)


def scan_one(
    task: Task, as_of: str, policy: Policy, preset: str | Preset, files: bool, trust: str = "none"
) -> Row:
    """Scan one series; what goes wrong with it becomes its row."""
    names = {"name": task.name, "title": task.title, "asset_class": task.asset_class}
    if task.problem:
        return Row(**names, verdict=Verdict(task.status, reasons=(task.problem,)))
    prices = pd.Series(task.closes, index=pd.DatetimeIndex(task.days))
    try:
        evidence, workings = gather(prices, as_of, preset)
        own = policy.for_class(task.asset_class)
        verdict = judge(evidence, own)
        found = trusted(prices, verdict, trust)
        made = _files(task, evidence, verdict, workings, own, found) if files else {}
    except (ValueError, ArithmeticError, LookupError) as error:
        return Row(**names, verdict=Verdict("failed", reasons=(str(error),)))
    spark = tuple(task.closes[-SPARK:])
    return Row(**names, verdict=verdict, evidence=evidence, trust=found, spark=spark, files=made)


def _read(item: Series, as_of: str) -> Task:
    """Read a series up to the as-of date: nothing later reaches a worker."""
    days, closes = np.empty(0, dtype="datetime64[D]"), np.empty(0)
    problem, status = "", "failed"
    try:
        prices = item.read()
        seen = prices[: pd.Timestamp(as_of)]
        days, closes = seen.index.to_numpy().astype("datetime64[D]"), seen.to_numpy(dtype=np.float64)
        if seen.empty:
            problem = f"no prices up to {as_of}: the series starts {prices.index[0]:%Y-%m-%d}"
    except Unjudged as error:
        problem, status = str(error), error.status
    except (CommandError, ValueError) as error:
        problem = str(error)
    return Task(item.name, item.title, item.asset_class, days, closes, problem, status)


def _files(
    task: Task,
    evidence: Evidence,
    verdict: Verdict,
    workings: Workings,
    policy: Policy,
    trust: Trusted | None,
) -> dict[str, bytes]:
    from scanners.report.series import series_files

    return series_files(task.name, task.title, evidence, verdict, workings, policy=policy, trust=trust)


def configuration_hash(policy: Policy, preset: str | Preset) -> str:
    """Return a short hash of everything that decides a verdict besides the prices."""
    return hashlib.sha256(repr((asdict(policy), preset)).encode()).hexdigest()[:12]
