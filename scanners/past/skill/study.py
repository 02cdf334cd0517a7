"""The whole comparison: the policy's levels, signals at the policy's alarm rate, splits, reliability."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from scanners.config.policy import Policy
from scanners.core.vocabulary import LEVELS
from scanners.past.skill import signals
from scanners.past.skill.alarms import threshold_for
from scanners.past.skill.intervals import wilson
from scanners.past.skill.judged import JudgedPast, part
from scanners.past.skill.outcomes import MAJOR
from scanners.past.skill.score import Score, episodes_at, score
from scanners.past.skill.states import State, states

_CURVE = 24  # thresholds of a precision-recall curve
Values = list[np.ndarray]


@dataclass(frozen=True)
class Reliability:
    """A probability that one half of the series states, against what followed on the other.

    Parameters
    ----------
    level : str
    stated : tuple of float or None
        Share of major tops within 60 sessions on the second half, which states it for the first, and on the
        first, which states it for the second; None where that half has no such alarm.
    hits, episodes : int
        Of episodes that begin at that level.
    wilson : tuple of float
        95% interval of their share.
    brier, brier_base : float or None
        Mean squared error of the stated probability, and of the share of all dates of the same series.
    """

    level: str
    stated: tuple[float | None, float | None]
    hits: int
    episodes: int
    wilson: tuple[float, float]
    brier: float | None
    brier_base: float | None


@dataclass(frozen=True)
class TcSkill:
    """The critical time against the major top that followed within 120 sessions.

    Parameters
    ----------
    dates : int
        Judged dates with a window that qualifies and such a top.
    correlation : float or None
        Of the sessions to the median critical time and to the top.
    error : float or None
        Median absolute difference in sessions.
    naive : float or None
        The same of the best constant: the median wait.
    covered : float or None
        Share of the dates whose middle 80% held the top.
    """

    dates: int
    correlation: float | None
    error: float | None
    naive: float | None
    covered: float | None


@dataclass(frozen=True)
class Study:
    """Everything the tables and the page of ``lppl skill`` show; see `run`."""

    panel: str
    series: tuple[str, ...]
    first: str
    last: str
    step: int
    series_years: float
    levels: tuple[Score, ...]
    capitulation: tuple[Score, ...]
    rivals: dict[str, tuple[Score, ...]]
    splits: dict[str, dict[str, tuple[Score, ...]]]
    sensitivity: tuple[Score, ...]
    states: tuple[State, ...]
    curves: dict[str, tuple[tuple[float, float, float], ...]]
    reliability: tuple[Reliability, ...]
    tc: TcSkill

    def to_dict(self) -> dict[str, Any]:
        """Return nested plain values."""
        return asdict(self)


def run(
    panel: Sequence[JudgedPast],
    name: str,
    policy: Policy,
    *,
    extra: Mapping[str, signals.Signal] | None = None,
    draws: int = 999,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Score the levels that were judged and their rivals over a panel.

    Parameters
    ----------
    panel : sequence of JudgedPast
    name : str
        Of the panel.
    policy : Policy
        Its thresholds on C3 part the states.
    extra : mapping of str to Signal, optional
        The user's own signals.
    draws : int
        Of the block bootstrap.
    progress : callable, optional
        Called with (signals done, signals in all).
    """
    fomo = [one.levels("fomo") for one in panel]
    levels = tuple(score(level, panel, fomo, k, draws=draws) for k, level in enumerate(LEVELS) if k)
    consensus = [one.consensus() for one in panel]
    scored: dict[str, Values] = {"C3": consensus}
    wanted = {**signals.BASELINES, **(extra or {})}
    for done, (label, signal) in enumerate(wanted.items(), 1):
        scored[label] = [signals.values(signal, one.member.prices, one.member.at) for one in panel]
        if progress is not None:
            progress(done, len(wanted))
    high = [signals.near_high(one.member.prices)[one.member.at] for one in panel]
    capitulation = [one.levels("capitulation") for one in panel]
    return Study(
        panel=name,
        series=tuple(one.member.name for one in panel),
        first=str(min(one.days[0] for one in panel)),
        last=str(max(one.days[-1] for one in panel)),
        step=panel[0].member.step,
        series_years=sum(one.member.years for one in panel),
        levels=levels,
        capitulation=(score("watch", panel, capitulation, 1, side="bottom", draws=draws),),
        rivals={
            level.signal: (
                *_matched(scored, panel, level.episodes, draws),
                score(signals.HIGH, panel, high, signals.HIGH_FROM, draws=draws),
            )
            for level in levels
            if level.episodes
        },
        splits={
            "asset class": _split(panel, lambda one: np.full(len(one.days), one.member.asset_class), draws),
            "decade": _split(panel, _decade, draws),
            "half": _split(panel, _half(panel), draws),
        },
        sensitivity=tuple(
            score("C3", panel, consensus, at, draws=draws)
            for at in (0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.50)
        ),
        states=states(panel, (policy.moderate, policy.warning, policy.critical), draws=max(draws, 199)),
        curves={label: _curve(panel, values) for label, values in scored.items()},
        reliability=_reliability(panel),
        tc=_tc(panel),
    )


def _matched(
    scored: Mapping[str, Values], panel: Sequence[JudgedPast], episodes: int, draws: int
) -> tuple[Score, ...]:
    """Score every signal at the threshold that gives at most so many episodes over the whole panel."""
    at = [one.member.at for one in panel]
    found = []
    for label, values in scored.items():
        threshold = threshold_for(values, at, episodes)
        if np.isfinite(threshold):
            found.append(score(label, panel, values, threshold, draws=draws))
    return tuple(found)


def _split(
    panel: Sequence[JudgedPast], label: Callable[[JudgedPast], np.ndarray], draws: int
) -> dict[str, tuple[Score, ...]]:
    labels = [label(one) for one in panel]
    found = {}
    for value in sorted(set(np.concatenate(labels).tolist())):
        chosen = [part(one, mask == value) for one, mask in zip(panel, labels, strict=True)]
        kept = [one for one in chosen if one is not None]
        fomo = [one.levels("fomo") for one in kept]
        found[value] = tuple(score(level, kept, fomo, k, draws=draws) for k, level in enumerate(LEVELS) if k)
    return found


def _decade(one: JudgedPast) -> np.ndarray:
    years = one.days.astype("datetime64[Y]").astype(int) + 1970
    return np.array([f"{year // 10 * 10}s" for year in years])


def _half(panel: Sequence[JudgedPast]) -> Callable[[JudgedPast], np.ndarray]:
    """Halve the panel by series, every other one of its order, so that both halves hold every class."""
    first = {one.member.name for one in panel[::2]}
    return lambda one: np.full(len(one.days), "first" if one.member.name in first else "second")


def _curve(panel: Sequence[JudgedPast], values: Values) -> tuple[tuple[float, float, float], ...]:
    """Return (recall, precision, episodes a series-year) from the rarest alarms on."""
    pooled = np.concatenate([one[np.isfinite(one)] for one in values])
    if not len(pooled):
        return ()
    shares = np.geomspace(0.001, 0.5, _CURVE)
    points = []
    thresholds = np.unique(np.quantile(pooled, 1 - shares))[::-1]
    for threshold in thresholds[thresholds > pooled.min()]:  # the lowest value is no alarm: most C3 are zero
        found = score("", panel, values, threshold, draws=0)
        hits, recall = found.targets[MAJOR], found.recall[60]
        if hits.share is not None and recall is not None:
            points.append((recall, hits.share, found.per_year))
    return tuple(points)


def _reliability(panel: Sequence[JudgedPast]) -> tuple[Reliability, ...]:
    found = []
    for k, level in enumerate(LEVELS):
        if k == 0:
            continue
        halves = [
            episodes_at(half, k, phase="fomo", side="top", target=MAJOR)[1:]
            for half in (panel[::2], panel[1::2])
        ]
        first, second = (float(hit.mean()) if len(hit) else None for hit, _ in halves)
        errors = [
            (stated - hit) ** 2
            for stated, (hit, _) in zip((second, first), halves, strict=True)
            if stated is not None
        ]
        hit, chance = (np.concatenate(each) for each in zip(*halves, strict=True))
        told = np.concatenate(errors) if errors else np.empty(0)
        count, hits = len(hit), int(hit.sum())
        against = float(np.mean((chance - hit) ** 2)) if count else None
        brier = float(told.mean()) if len(told) else None
        found.append(Reliability(level, (second, first), hits, count, wilson(hits, count), brier, against))
    return tuple(found)


def _tc(panel: Sequence[JudgedPast]) -> TcSkill:
    said, true, covered = [], [], []
    for one in panel:
        index = one.member.prices.index
        turns = np.append(one.tops.turns, np.iinfo(np.int64).max)
        for place, row, verdict in zip(one.member.at, one.rows, one.said, strict=True):
            bubble = row.bubble if verdict.level else None
            time = None if bubble is None else bubble.critical_time
            wait = turns[np.searchsorted(turns, place)] - place
            if bubble is None or time is None or bubble.consensus == 0.0 or wait > 120:
                continue
            low, median, high = (
                index.searchsorted(np.datetime64(day)) - place for day in (time.low, time.median, time.high)
            )
            said.append(float(median))
            true.append(float(wait))
            covered.append(low <= wait <= high)
    if len(said) < 3 or np.std(said) == 0 or np.std(true) == 0:
        return TcSkill(len(said), None, None, None, None)
    error, naive = np.abs(np.subtract(said, true)), np.abs(np.array(true) - np.median(true))
    return TcSkill(
        dates=len(said),
        correlation=float(np.corrcoef(said, true)[0, 1]),
        error=float(np.median(error)),
        naive=float(np.median(naive)),
        covered=float(np.mean(covered)),
    )
