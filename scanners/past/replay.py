"""What the scanner would have said through a stretch of the past, and how it stands to what happened."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lppl.diagnostics.epsilon_drawdown import LONG, turning_points
from scanners.config.policy import Policy
from scanners.core.vocabulary import LEVELS, Level, highest, rank_of
from scanners.past.catalogue.turning_points import TurningPoint, place, size
from scanners.past.evidence_history import AsOf
from scanners.past.pass_chances import came, judged_by, with_chances

BEFORE, AFTER = 250, 120  # sessions around an event that a replay shows
LEAD = 120  # sessions before an event in which a firing counts as its warning
HORIZONS = (20, 60, 120)
RISING, FALLING = "fomo", "capitulation"


@dataclass(frozen=True)
class Said:
    """What a scan of one date says.

    Parameters
    ----------
    date, close
        The session.
    status, level, phase : str
        As in a verdict.
    c, up, down : float or None
        C upward on the day; C3 upward and downward.
    tc : tuple of str or None
        Dates of the 10, 50 and 90% quantiles of the critical time over the windows that qualify.
    bifurcation : str or None
        State of the path; None where its tests were not run.
    risk : str or None
        How the chance of a fall stands to what is usual; None where none is stated.
    chance, usual : float or None
        Of the fall by which the asset class is judged.
    followed : bool or None
        Whether that fall came, which only hindsight knows; None where its horizon has not passed.
    """

    date: str
    close: float
    status: str
    level: Level | None
    phase: str | None
    c: float | None
    up: float | None
    down: float | None
    tc: tuple[str, str, str] | None
    bifurcation: str | None
    risk: str | None = None
    chance: float | None = None
    usual: float | None = None
    followed: bool | None = None


@dataclass(frozen=True)
class Firing:
    """The first date at which a level was reached in the phase that fits a turning point.

    ``lead`` is in sessions from it to the turning point. ``tc_error`` is in sessions from the turning point
    to the median critical time of that date (positive: tc was late), and ``tc_covers`` tells whether its
    middle 80% held the turning point; both are None where no window qualified.
    """

    level: str
    date: str
    lead: int
    tc: tuple[str, str, str] | None
    tc_error: int | None
    tc_covers: bool | None


@dataclass(frozen=True)
class Turn:
    """A turning point inside a replay, and what was said before it.

    Parameters
    ----------
    id, date, direction, narrative : str
        As in the catalogue; ``date`` is the session in the data.
    size : float
        Return from it to the end of the move that followed.
    firings : tuple of Firing
        One a level, of the 120 sessions up to the turning point, lowest level first.
    level_before, bifurcation_before : str or None
        At the turning point: the highest level of the 120 sessions, and the last tested state.
    after : dict of int to dict
        Sessions after it -> return, level and bifurcation state then.
    verdict : str
        In words: what was said, or that it was missed.
    """

    id: str
    date: str
    direction: str
    narrative: str
    size: float
    firings: tuple[Firing, ...]
    level_before: str | None
    bifurcation_before: str | None
    after: dict[int, dict[str, Any]]
    verdict: str


@dataclass(frozen=True)
class Replay:
    """A series through time, what was said at each date, and the turning points in it.

    ``fall`` is the size in percent and the horizon in sessions of the chances; None where none is stated.
    """

    series: str
    preset: str
    step: int
    tested_every: int
    said: tuple[Said, ...]
    turns: tuple[Turn, ...]
    fall: tuple[float, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return nested plain values."""
        return asdict(self)


def bounds(prices: pd.Series, at: int) -> tuple[str, str]:
    """Return the dates 250 sessions before and 120 after a position, as far as the series goes."""
    first, last = max(0, at - BEFORE), min(len(prices) - 1, at + AFTER)
    return f"{prices.index[first]:%Y-%m-%d}", f"{prices.index[last]:%Y-%m-%d}"


def with_tests(at: Sequence[int] | np.ndarray, every: int) -> list[int]:
    """Return the positions at which the early-warning tests run: every so many sessions of the series."""
    return [int(i) for i in at if every and i % every == every - 1]


def replay(
    name: str,
    prices: pd.Series,
    rows: Iterable[tuple[int, AsOf]],
    events: Sequence[TurningPoint],
    *,
    policy: Policy,
    preset: str,
    step: int,
    tested_every: int,
    asset_class: str | None = None,
) -> Replay:
    """Judge the rows of a pass and hold them against turning points.

    Parameters
    ----------
    name : str
        Of the series.
    prices : pandas.Series
        Its closes; what lies after the last row only serves to say what happened.
    rows : iterable of (int, AsOf)
        Of `scanners.past.evidence_history.evidence_history`.
    events : sequence of TurningPoint
        Turning points of this series; those outside the rows are left out.
    policy : Policy
        Thresholds, already those of the asset class.
    preset, step, tested_every
        How the rows were made, to be stated.
    asset_class : str, optional
        As in watchlists; chooses the fall by which the risk is judged.
    """
    rows = with_chances(prices, list(rows), asset_class, policy.minimum_windows)
    ran = set(with_tests([i for i, _ in rows], tested_every))
    said = {i: _said(row, float(prices.iloc[i]), policy, i in ran) for i, row in rows}
    fall = judged_by(rows)
    if fall:
        said = {i: replace(one, followed=came(prices, i, *fall)) for i, one in said.items()}
    turns = []
    for event in events:
        at = place(event, prices)
        if at is not None and rows and rows[0][0] <= at <= rows[-1][0]:
            turns.append(_turn(event, prices, at, said))
    return Replay(name, preset, step, tested_every, tuple(said.values()), tuple(turns), fall)


def found_turns(name: str, prices: pd.Series, first: str, last: str) -> tuple[TurningPoint, ...]:
    """Return the major tops and bottoms of a stretch by the epsilon-drawdown rule, found with hindsight.

    Major: at least 95% of the tolerances agree, and no close of the 120 sessions before or after passes it.
    """
    found = []
    closes = prices.to_numpy(dtype=np.float64)
    turns = turning_points(prices, least=LONG)
    places = prices.index.get_indexer(turns.index).tolist()
    for at, (day, row) in zip(places, turns.iterrows(), strict=True):
        sign = 1 if row["kind"] == "top" else -1
        around = sign * closes[max(0, at - LEAD) : at + LEAD + 1]
        date = f"{day:%Y-%m-%d}"
        if first <= date <= last and sign * closes[at] >= around.max():
            found.append(
                TurningPoint(
                    f"{name}-{date}", date, name, row["kind"], "epsilon-drawdown rule, with hindsight"
                )
            )
    return tuple(found)


def _said(row: AsOf, close: float, policy: Policy, ran: bool) -> Said:
    verdict = row.verdict(policy)
    bubble = row.evidence.bubble if row.evidence else None
    time = bubble.critical_time if bubble else None
    falls = row.evidence.falls if row.evidence else None
    fall = falls.cell(*falls.headline) if falls else None
    return Said(
        date=row.date,
        close=close,
        status=verdict.status,
        level=verdict.level,
        phase=verdict.phase,
        c=bubble.consensus if bubble else None,
        up=bubble.consensus_3day if bubble else None,
        down=bubble.consensus_3day_negative if bubble else None,
        tc=(time.low, time.median, time.high) if time else None,
        bifurcation=verdict.bifurcation if ran else None,
        risk=verdict.risk,
        chance=fall.chance if fall else None,
        usual=fall.usual if fall else None,
    )


def _turn(event: TurningPoint, prices: pd.Series, at: int, said: dict[int, Said]) -> Turn:
    before = {i: one for i, one in said.items() if at - LEAD <= i <= at}
    fitting = RISING if event.direction == "top" else FALLING
    firings = tuple(
        firing for level in LEVELS[1:] if (firing := _firing(level, fitting, before, prices, at)) is not None
    )
    states = [one.bifurcation for one in before.values() if one.bifurcation is not None]
    levels = [one.level for one in before.values() if one.level is not None]
    turn = Turn(
        id=event.id,
        date=f"{prices.index[at]:%Y-%m-%d}",
        direction=event.direction,
        narrative=event.narrative,
        size=size(prices, at, event.direction),
        firings=firings,
        level_before=highest(*levels) if levels else None,
        bifurcation_before=states[-1] if states else None,
        after={days: _after(days, prices, at, said) for days in HORIZONS if at + days < len(prices)},
        verdict="",
    )
    return replace(turn, verdict=_words(turn))


def _firing(level: Level, phase: str, before: dict[int, Said], prices: pd.Series, at: int) -> Firing | None:
    least = rank_of(level)
    for i, one in before.items():
        if one.level and one.phase == phase and rank_of(one.level) >= least:
            error = covers = None
            if one.tc:
                low, median, high = (_sessions_to(prices, at, day) for day in one.tc)
                error, covers = median, low <= 0 <= high
            return Firing(level, one.date, at - i, one.tc, error, covers)
    return None


def _sessions_to(prices: pd.Series, at: int, day: str) -> int:
    """Return the sessions from a position to a date, past the data by weekdays."""
    index = prices.index
    if pd.Timestamp(day) <= index[-1]:
        return int(index.searchsorted(pd.Timestamp(day), side="left")) - at
    ahead = int(np.busday_count(index[-1].to_numpy().astype("datetime64[D]"), np.datetime64(day)))
    return len(index) - 1 + ahead - at


def _after(days: int, prices: pd.Series, at: int, said: dict[int, Said]) -> dict[str, Any]:
    known = [one for i, one in said.items() if at < i <= at + days]
    states = [one.bifurcation for one in known if one.bifurcation is not None]
    return {
        "return": float(prices.iloc[at + days] / prices.iloc[at] - 1),
        "level": known[-1].level if known else None,
        "bifurcation": states[-1] if states else None,
    }


def _words(turn: Turn) -> str:
    if turn.level_before is None:
        return "no verdict: too little history"
    if not turn.firings:
        others = "" if turn.level_before == "calm" else f" (but {turn.level_before} in the other direction)"
        return f"missed: calm through the {LEAD} sessions before it{others}"
    highest = turn.firings[-1]
    return f"{highest.level} from {highest.date}, {highest.lead} sessions before"
