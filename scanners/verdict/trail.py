"""What a verdict knows of its own past: a year of levels, each as it was known then, and what faded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scanners.config.policy import Policy
from scanners.core.text import counted
from scanners.core.vocabulary import Level, highest, rank_of
from scanners.risk.state import Rules, stretch, triggers
from scanners.verdict.appraisal import falling_level

WEEKS = 52
LOOKED_BACK = 120  # sessions of which the highest level is told
_DAYS = 3  # sessions averaged into C3


@dataclass(frozen=True)
class Peak:
    """A level above the present one, in the last 120 sessions.

    Parameters
    ----------
    level : str
        The highest that was seen.
    by : str
        What raised it, as `scanners.risk.state.Trigger` names it.
    first, last : str
        First and last session at which it was seen.
    C3 : float
        The highest at that level.
    change : float
        Simple return of the close since ``last``.
    """

    level: Level
    by: str
    first: str
    last: str
    C3: float
    change: float


@dataclass(frozen=True)
class Trail:
    """The past of one verdict. A week that is not in it was not looked at: it was not quiet.

    Parameters
    ----------
    dates : tuple of str
        The last session that was looked at in each of the last 52 weeks, oldest first.
    C3 : tuple of float
        Share of windows with the shape of a bubble at each: of three sessions where each was looked at, else
        of that session alone.
    levels : tuple of str
        Level at each.
    sessions : int
        In a row at the present level, the last included.
    exact, whole : bool
        Whether the session at which the level began was looked at, with the one before it; whether a look
        with another level lies before.
    peak : Peak or None
        What stood higher and faded.
    """

    dates: tuple[str, ...]
    C3: tuple[float, ...]
    levels: tuple[Level, ...]
    sessions: int
    exact: bool
    whole: bool
    peak: Peak | None = None

    @property
    def lasted(self) -> str:
        """How long the level has stood, in words."""
        if not self.whole:
            return f"for at least {counted(self.sessions, 'session')}"
        if not self.exact:
            return f"for about {counted(self.sessions, 'session')}"
        return "since this session" if self.sessions == 1 else f"for {self.sessions} sessions"


def trail(prices: pd.Series, looked: pd.DataFrame, level: Level, policy: Policy) -> Trail | None:
    """Return the trail of a verdict; nothing after a session decides what is said of it.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates, up to the session of the verdict.
    looked : pandas.DataFrame
        C by date, columns ``up`` and ``down``, at the sessions that were looked at, each from what was known
        then; the last is that of the verdict.
    level : str
        Of the verdict.
    policy : Policy
        Thresholds of the series' asset class.

    Returns
    -------
    Trail or None
        None where nothing was looked at, or not the last session.
    """
    at = prices.index.get_indexer(looked.index)
    if not len(at) or at[-1] != len(prices) - 1 or (at < 0).any():
        return None
    shares = np.column_stack([_three_days(at, looked[side].to_numpy(), len(prices)) for side in looked])
    seen = pd.DataFrame(shares, columns=["C3", "down"])
    seen = pd.concat(
        [seen, stretch(np.log(prices.to_numpy()), Rules.of(policy)).iloc[at].reset_index()], axis=1
    )
    found = [triggers(row, Rules.of(policy)) for row in seen.to_dict("records")]
    levels: list[Level] = [
        highest(each[0].level if each else "calm", falling_level(down, policy) or "calm")
        for each, down in zip(found, seen["down"], strict=True)
    ]
    levels[-1] = level
    by = [each[0].by if each else "" for each in found]
    days = [f"{day:%Y-%m-%d}" for day in looked.index]
    weekly = _weekly(looked.index)
    begun = _begun(levels)
    return Trail(
        dates=tuple(days[k] for k in weekly),
        C3=tuple(round(float(shares[k, 0]), 4) for k in weekly),
        levels=tuple(levels[k] for k in weekly),
        sessions=int(at[-1] - at[begun] + 1),
        exact=begun > 0 and at[begun] - at[begun - 1] == 1,
        whole=begun > 0,
        peak=_peak(at, levels, by, days, shares[:, 0], prices.to_numpy()),
    )


def _three_days(at: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Return the mean of each value with those of the two sessions before, where both were looked at."""
    whole = np.full(count, np.nan)
    whole[at] = values
    mean = pd.Series(whole).rolling(_DAYS).mean().to_numpy()[at]
    return np.where(np.isnan(mean), values, mean)


def _weekly(days: pd.Index) -> list[int]:
    """Return the place of the last look in each of the last 52 weeks, the week of the last look included."""
    weeks = (
        pd.DatetimeIndex(days).to_numpy().astype("datetime64[D]").astype(np.int64) + 3
    ) // 7  # from Mondays
    last = {int(week): place for place, week in enumerate(weeks)}
    return [place for week, place in last.items() if week > weeks[-1] - WEEKS]


def _begun(levels: Sequence[Level]) -> int:
    other = [place for place, level in enumerate(levels) if level != levels[-1]]
    return other[-1] + 1 if other else 0


def _peak(
    at: np.ndarray,
    levels: Sequence[Level],
    by: Sequence[str],
    days: Sequence[str],
    shares: np.ndarray,
    closes: np.ndarray,
) -> Peak | None:
    recent = [k for k in range(len(at)) if at[k] > at[-1] - LOOKED_BACK]
    top = highest(*(levels[k] for k in recent))
    if rank_of(top) <= rank_of(levels[-1]):
        return None
    there = [k for k in recent if levels[k] == top]
    first, last = there[0], there[-1]
    return Peak(
        level=top,
        by=by[last],
        first=days[first],
        last=days[last],
        C3=round(float(max(shares[k] for k in there)), 4),
        change=float(closes[-1] / closes[at[last]] - 1.0),
    )
