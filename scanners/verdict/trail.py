"""What a verdict knows of its own past: a year of levels, each as it was known then, and what faded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scanners.config.policy import Policy
from scanners.core.text import counted
from scanners.core.vocabulary import Level, highest, rank_of
from scanners.evidence.confidence_memory import Memory, confidence_at
from scanners.evidence.series_fits import DAYS
from scanners.verdict.past_levels import levels_at

WEEKS = 52
LOOKED_BACK = 120  # sessions of which the highest level is told


@dataclass(frozen=True)
class Peak:
    """A level above the present one, in the last 120 sessions.

    Parameters
    ----------
    level : str
        The highest that was seen.
    first, last : str
        First and last session at it.
    C3 : float or None
        The highest at that level; None where the level is one of the price alone.
    change : float
        Simple return of the close since ``last``.
    """

    level: Level
    first: str
    last: str
    C3: float | None
    change: float


@dataclass(frozen=True)
class Trail:
    """The past of one verdict. A week that is not in it was not looked at: it was not quiet.

    Parameters
    ----------
    dates : tuple of str
        The last session that was looked at in each of the last 52 weeks, oldest first.
    C3 : tuple of float
        Share of windows with the shape of a bubble there: of three sessions where each was looked at, else
        of that session alone.
    levels : tuple of str
        Level at each.
    since : str
        First session of the present level.
    sessions : int
        In a row at the present level, the last included.
    whole : bool
        Whether another level lies before; if not, it may have begun earlier.
    peak : Peak or None
        What stood higher and faded.
    """

    dates: tuple[str, ...]
    C3: tuple[float, ...]
    levels: tuple[Level, ...]
    since: str
    sessions: int
    whole: bool
    peak: Peak | None = None

    @property
    def lasted(self) -> str:
        """How long the level has stood, in words."""
        least = "" if self.whole else "at least "
        return f"for {least}{counted(self.sessions, 'session')}"


def look_back(prices: pd.Series, now: Level, policy: Policy, memory: Memory) -> Trail | None:
    """Look at the past of a verdict: at a session a week, and at each where a shape was near.

    A year costs 52 sets of nested fits where nothing was hot, and none where they are remembered.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates, up to the session of the verdict.
    now : str
        Level of the verdict.
    policy : Policy
        Thresholds of the series' asset class.
    memory : scanners.evidence.confidence_memory.Memory
        Of the sessions that were looked at before.
    """
    least, n = policy.minimum_windows, len(prices)
    weekly = week_ends(prices.index)
    seen = confidence_at(prices, weekly, memory, minimum_windows=least)
    hot = np.nan_to_num(np.maximum(seen[:, 0], seen[:, 1])) >= policy.moderate
    spans = [range(max(n - DAYS, 0), n)]
    for k in np.flatnonzero(hot):  # a shape begins and ends between two looks
        first = weekly[k - 1] + 1 if k else weekly[k]
        spans.append(range(max(first - DAYS + 1, 0), weekly[min(k + 1, len(weekly) - 1)] + 1))
    close = sorted({place for span in spans for place in span if place >= n - LOOKED_BACK - DAYS})
    places = sorted({*weekly, *close})
    shares = confidence_at(prices, places, memory, minimum_windows=least)
    looked = pd.DataFrame(shares, prices.index[places], ["up", "down"]).dropna()
    return trail(prices, looked, now, policy)


def trail(prices: pd.Series, looked: pd.DataFrame, now: Level, policy: Policy) -> Trail | None:
    """Return the trail of a verdict; nothing after a session decides what is said of it.

    At a session that was not looked at, no shape raises a level: what the price alone says holds.

    Parameters
    ----------
    prices, now, policy
        As for `look_back`.
    looked : pandas.DataFrame
        C by date, columns ``up`` and ``down``, at the sessions that were looked at, each from what was known
        then; the last is that of the verdict.

    Returns
    -------
    Trail or None
        None where nothing was looked at, or not the last session.
    """
    at = prices.index.get_indexer(looked.index)
    if not len(at) or at[-1] != len(prices) - 1 or (at < 0).any():
        return None
    cells = at[_last_of_weeks(looked.index)]
    first = int(cells[0])
    shares = {side: _three_days(at, looked[side].to_numpy(), len(prices)) for side in ("up", "down")}
    log_closes, down = np.log(prices.to_numpy(dtype=np.float64)), np.nan_to_num(shares["down"][first:])
    levels = levels_at(log_closes, range(first, len(prices)), shares["up"][first:], down, policy)
    levels[-1] = now
    days = [f"{day:%Y-%m-%d}" for day in prices.index[first:]]
    begun = max((k + 1 for k, level_then in enumerate(levels) if level_then != now), default=0)
    return Trail(
        dates=tuple(days[place - first] for place in cells),
        C3=tuple(round(float(shares["up"][place]), 4) for place in cells),
        levels=tuple(levels[place - first] for place in cells),
        since=days[begun],
        sessions=len(levels) - begun,
        whole=begun > 0,
        peak=_peak(levels, days, shares["up"][first:], prices.to_numpy()[first:]),
    )


def week_ends(days: pd.Index) -> list[int]:
    """Return the place of the last session in each of the last 52 weeks, the one that goes on included."""
    return _last_of_weeks(days).tolist()


def _last_of_weeks(days: pd.Index) -> np.ndarray:
    moments = pd.DatetimeIndex(days).tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    weeks = (moments + 3) // 7  # they begin on Mondays
    last = np.flatnonzero(np.append(np.diff(weeks) > 0, True))
    return last[weeks[last] > weeks[-1] - WEEKS]


def _three_days(at: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Return C3 at every session: C alone where the two before were not looked at, NaN where it was not."""
    share = np.full(count, np.nan)
    share[at] = values
    mean = pd.Series(share).rolling(DAYS).mean().to_numpy()
    return np.where(np.isnan(mean), share, mean)


def _peak(
    levels: Sequence[Level], days: Sequence[str], shares: np.ndarray, closes: np.ndarray
) -> Peak | None:
    recent = range(max(0, len(levels) - LOOKED_BACK), len(levels))
    top = highest(*(levels[k] for k in recent))
    if rank_of(top) <= rank_of(levels[-1]):
        return None
    there = [k for k in recent if levels[k] == top]
    known = [shares[k] for k in there if not np.isnan(shares[k])]
    return Peak(
        level=top,
        first=days[there[0]],
        last=days[there[-1]],
        C3=round(float(max(known)), 4) if known and top != "watch" else None,
        change=float(closes[-1] / closes[there[-1]] - 1.0),
    )
