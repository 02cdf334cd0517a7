"""The score of one signal at one threshold over a panel: episodes, hits, base rates, recall, lead."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from scanners.past.skill.alarms import onsets
from scanners.past.skill.intervals import block_bootstrap, wilson
from scanners.past.skill.judged import JudgedPast
from scanners.past.skill.outcomes import HORIZONS, targets

MATCHED = 50  # dates of the same series as stretched as that of an alarm
FAR = 40  # sessions from any alarm that a matched date must lie: no part of an episode is its own base


@dataclass(frozen=True)
class Hits:
    """How often a target followed.

    Parameters
    ----------
    hits, episodes : int
        Episodes that were followed by the target, and all of which that is known.
    share : float or None
        Precision.
    wilson, bootstrap : tuple of float or None
        95% intervals of it.
    random, matched : float or None
        The same share over all dates of the same series, in the same mix, and over dates as stretched.
    """

    hits: int
    episodes: int
    share: float | None
    wilson: tuple[float, float]
    bootstrap: tuple[float, float] | None
    random: float | None
    matched: float | None


@dataclass(frozen=True)
class Score:
    """Of one signal at one threshold.

    Parameters
    ----------
    signal : str
    threshold : float
    series_years : float
        In which the signal has a value.
    episodes : int
        Alarms, days at most 40 sessions apart counted as one.
    per_year : float
        Episodes a series-year.
    targets : dict of str to Hits
    turns : int
        Major turning points in the judged stretch.
    recall : dict of int to float or None
        Sessions -> share of them with an alarm on one of so many sessions up to them.
    lead : tuple of float or None
        Quartiles of the sessions from the first day of an episode to the next major turning point, of the
        episodes that one followed within 120 sessions.
    """

    signal: str
    threshold: float
    series_years: float
    episodes: int
    per_year: float
    targets: dict[str, Hits]
    turns: int
    recall: dict[int, float | None]
    lead: tuple[float, float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Return nested plain values."""
        return asdict(self)


def score(
    name: str,
    panel: Sequence[JudgedPast],
    values: Sequence[np.ndarray],
    threshold: float,
    *,
    side: str = "top",
    draws: int = 999,
    seed: int = 0,
) -> Score:
    """Score a signal.

    Parameters
    ----------
    name : str
        Of the signal.
    panel : sequence of JudgedPast
    values : sequence of array
        Its value at each judged date of each series, NaN where it has none.
    threshold : float
        An alarm is a value of at least this.
    side : {"top", "bottom"}
        What it warns of.
    draws : int
        Of the block bootstrap; 0 leaves it out.
    seed : int
    """
    alarms = [one.member.at[part >= threshold] for one, part in zip(panel, values, strict=True)]
    first = [np.searchsorted(one.member.at, onsets(days)) for one, days in zip(panel, alarms, strict=True)]
    years = sum(
        float(np.isfinite(part).sum()) * one.member.step / one.member.sessions_a_year
        for one, part in zip(panel, values, strict=True)
    )
    episodes = sum(len(chosen) for chosen in first)
    like = [matches(*parts) for parts in zip(panel, values, alarms, first, strict=True)]
    turns = sum(len(one.outcomes(side).turns) for one in panel)
    return Score(
        signal=name,
        threshold=float(threshold),
        series_years=years,
        episodes=episodes,
        per_year=episodes / years if years else 0.0,
        targets={
            target: _hits(target, panel, values, first, like, side, draws, seed) for target in targets(side)
        },
        turns=turns,
        recall={days: _recall(panel, alarms, side, days) for days in HORIZONS},
        lead=_lead(panel, first, side),
    )


def episodes_at(
    panel: Sequence[JudgedPast], level: int, *, phase: str, side: str, target: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the episodes of days at one very level of which it is known whether a target followed.

    A warning that becomes critical is an episode of both.

    Returns
    -------
    days, hits, base : array
        First days, whether the target followed, and its share on any date of the same series.
    """
    days, hits, base = [np.empty(0, "datetime64[D]")], [np.empty(0, dtype=bool)], [np.empty(0)]
    for one in panel:
        said, followed = one.levels(phase), one.outcomes(side).followed[target]
        first = np.searchsorted(one.member.at, onsets(one.member.at[said == level]))
        mine = first[np.isfinite(followed[first])]
        days.append(one.days[mine])
        hits.append(followed[mine] > 0)
        base.append(np.full(len(mine), np.nanmean(followed) if len(mine) else np.nan))
    return np.concatenate(days), np.concatenate(hits), np.concatenate(base)


def _hits(
    target: str,
    panel: Sequence[JudgedPast],
    values: Sequence[np.ndarray],
    first: Sequence[np.ndarray],
    like: Sequence[np.ndarray],
    side: str,
    draws: int,
    seed: int,
) -> Hits:
    days, found, random, matched = [], [], [], []
    for one, part, chosen, rows in zip(panel, values, first, like, strict=True):
        followed = one.outcomes(side).followed[target]
        known = np.isfinite(followed[chosen])
        found.append(followed[chosen][known])
        days.append(one.days[chosen][known])
        anywhere = followed[np.isfinite(part) & np.isfinite(followed)]
        random += [anywhere.mean()] * int(known.sum()) if len(anywhere) else []
        near = followed[rows[known]] if len(rows) else np.empty((0, 1))
        matched += [row[np.isfinite(row)].mean() for row in near if np.isfinite(row).any()]
    hit, day = np.concatenate(found) > 0, np.concatenate(days)
    count = len(hit)
    return Hits(
        hits=int(hit.sum()),
        episodes=count,
        share=float(hit.mean()) if count else None,
        wilson=wilson(int(hit.sum()), count),
        bootstrap=block_bootstrap(day, hit, draws=draws, seed=seed) if draws else None,
        random=float(np.mean(random)) if random else None,
        matched=float(np.mean(matched)) if matched else None,
    )


def matches(one: JudgedPast, part: np.ndarray, alarms: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return for each episode the rows of dates as stretched, far from any alarm, shape (episodes, <= 50)."""
    at = one.member.at
    place = np.searchsorted(alarms, at)
    edge = np.concatenate([[-np.inf], alarms, [np.inf]])
    far = np.minimum(at - edge[place], edge[place + 1] - at) > FAR
    rows = np.flatnonzero(far & np.isfinite(part) & np.isfinite(one.stretch).all(axis=1))
    if not len(rows):
        return np.empty((0, 0), dtype=np.int64)
    distance = np.linalg.norm(one.stretch[first][:, None] - one.stretch[rows], axis=2)
    return rows[np.argsort(distance, axis=1, kind="stable")[:, :MATCHED]]


def _recall(panel: Sequence[JudgedPast], alarms: Sequence[np.ndarray], side: str, days: int) -> float | None:
    caught = total = 0
    for one, places in zip(panel, alarms, strict=True):
        for turn in one.outcomes(side).turns:
            total += 1
            k = np.searchsorted(places, turn, side="right") - 1
            caught += k >= 0 and turn - places[k] <= days
    return float(caught / total) if total else None


def _lead(
    panel: Sequence[JudgedPast], first: Sequence[np.ndarray], side: str
) -> tuple[float, float, float] | None:
    leads = []
    for one, chosen in zip(panel, first, strict=True):
        turns = np.append(one.outcomes(side).turns, np.iinfo(np.int64).max)
        for place in one.member.at[chosen]:
            ahead = turns[np.searchsorted(turns, place)] - place
            leads += [float(ahead)] if ahead <= max(HORIZONS) else []
    if not leads:
        return None
    low, middle, high = np.quantile(leads, (0.25, 0.5, 0.75))
    return float(low), float(middle), float(high)
