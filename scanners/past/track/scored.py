"""The score of chances: stated against what came and against what is usual, by fall and by model version."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from scanners.core.vocabulary import RISKS
from scanners.risk.scores import Estimate, brier, half_years, skill
from scanners.risk.sizes import headline, label

ALL = "all"
BANDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
FEWEST_HALF_YEARS = 4  # below, an interval from half-years says nothing


@dataclass(frozen=True)
class Band:
    """Chances stated between two bounds: how many, their mean, and how often the fall came."""

    low: float
    high: float
    count: int
    stated: float
    came: float


@dataclass(frozen=True)
class FallScore:
    """Chances of one fall, of one version of the model or of all.

    Parameters
    ----------
    size : str
    horizon : int
    version : str
        ``all`` for every version.
    stated : int
        Statements.
    due : int
        Those whose horizon has passed; all that follows is of them.
    chance, usual, came : float or None
        Means of what was stated and of what was usual, and how often the fall came.
    brier, brier_usual : float or None
        Mean squared errors of the chances, and of the usual ones in their place.
    skill : Estimate or None
        One less their ratio, with a 95% interval over half-years; None with too few of them.
    bands : tuple of Band
    """

    size: str
    horizon: int
    version: str
    stated: int
    due: int
    chance: float | None = None
    usual: float | None = None
    came: float | None = None
    brier: float | None = None
    brier_usual: float | None = None
    skill: Estimate | None = None
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Alarms:
    """Sessions at which a risk began (it was lower at the statement before), and what followed them."""

    risk: str
    begun: int
    due: int
    chance: float | None
    usual: float | None
    came: float | None


@dataclass(frozen=True)
class TrackRecord:
    """Scores of all falls, alarms of the second axis, and how much there is to score.

    Parameters
    ----------
    source : str
        ``recorded`` or ``history``.
    series, statements : int
        A statement is what was said of one series after one session.
    first, last : str
        Sessions, ISO; empty without statements.
    late : int
        Statements that were made more than ten days after their session, which are not scored.
    scores : tuple of FallScore
    alarms : tuple of Alarms
    """

    source: str
    series: int
    statements: int
    first: str
    last: str
    late: int
    scores: tuple[FallScore, ...]
    alarms: tuple[Alarms, ...]

    @property
    def due(self) -> int:
        """Most statements of any fall whose horizon has passed."""
        return max((each.due for each in self.scores), default=0)

    def to_dict(self) -> dict[str, Any]:
        """Return nested plain values."""
        return asdict(self)

    def in_words(self) -> str:
        """Return what there is to score, and why there is nothing where there is nothing."""
        if not self.statements:
            late = f" {self.late} were made after their time and are not scored." if self.late else ""
            return (
                "No chance was stated yet: each recorded run keeps those it states. "
                f"lppl record --from-history scores the model on the past.{late}"
            )
        span = f"{self.statements} statements on {self.series} series, {self.first} to {self.last}"
        late = f"; {self.late} more were made after their time and are not scored" if self.late else ""
        if not self.due:
            return f"{span}{late}. Nothing can be scored: the shortest horizon has not passed yet."
        return f"{span}{late}. Scored are those whose horizon has passed."


def score(table: pd.DataFrame, source: str, late: int = 0) -> TrackRecord:
    """Return the track record of a table of `scanners.past.track.statements.with_outcomes`.

    Parameters
    ----------
    table : pandas.DataFrame
    source : str
    late : int
        Statements that are left out.
    """
    said = table.drop_duplicates(["series", "session"])
    days = sorted(str(day) for day in said["session"])
    return TrackRecord(
        source=source,
        series=int(said["series"].nunique()),
        statements=len(said),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        late=late,
        scores=tuple(_scores(table)),
        alarms=tuple(_alarms(table)),
    )


def _scores(table: pd.DataFrame) -> Iterator[FallScore]:
    for _, part in table.groupby(["size", "horizon"], sort=False):
        size, horizon = str(part["size"].iloc[0]), int(part["horizon"].iloc[0])
        yield _score(size, horizon, ALL, part)
        if part["version"].nunique() > 1:
            for version, own in part.groupby("version", sort=False):
                yield _score(size, horizon, str(version), own)


def _score(size: str, horizon: int, version: str, part: pd.DataFrame) -> FallScore:
    due = part[part["followed"].notna()]
    if due.empty:
        return FallScore(size, horizon, version, len(part), 0)
    chance, usual, came = (due[name].to_numpy(dtype=float) for name in ("chance", "usual", "followed"))
    loss, reference = brier(chance, came), brier(usual, came)
    clusters = half_years(pd.DatetimeIndex(due["session"]).to_numpy())
    enough = np.unique(clusters).size >= FEWEST_HALF_YEARS and reference.sum() > 0
    return FallScore(
        size,
        horizon,
        version,
        len(part),
        len(due),
        chance=float(chance.mean()),
        usual=float(usual.mean()),
        came=float(came.mean()),
        brier=float(loss.mean()),
        brier_usual=float(reference.mean()),
        skill=skill(loss, reference, clusters) if enough else None,
        bands=tuple(_bands(chance, came)),
    )


def _bands(chance: np.ndarray, came: np.ndarray) -> Iterator[Band]:
    place = np.clip(np.searchsorted(BANDS, chance, side="right") - 1, 0, len(BANDS) - 2)
    for k in range(len(BANDS) - 1):
        rows = place == k
        if rows.any():
            yield Band(
                BANDS[k], BANDS[k + 1], int(rows.sum()), float(chance[rows].mean()), float(came[rows].mean())
            )


def _alarms(table: pd.DataFrame) -> Iterator[Alarms]:
    ranks = {risk: rank for rank, risk in enumerate(RISKS)}
    names = table[["asset_class", "size", "horizon"]].to_numpy()
    judged = table[np.array([_is_headline(row) for row in names], dtype=bool)]
    judged = judged.sort_values(["series", "session"])
    rank = judged["risk"].map(ranks).fillna(0)
    before = rank.groupby(judged["series"]).shift(fill_value=0)
    for risk in RISKS[1:]:
        begun = judged[(rank >= ranks[risk]) & (before < ranks[risk])]
        due = begun[begun["followed"].notna()]
        chance, usual, came = (
            None if due.empty or math.isnan(mean := float(due[name].mean())) else mean
            for name in ("chance", "usual", "followed")
        )
        yield Alarms(risk, len(begun), len(due), chance, usual, came)


def _is_headline(row: np.ndarray) -> bool:
    size, horizon = headline(row[0])
    return (row[1], row[2]) == (label(size), horizon)
