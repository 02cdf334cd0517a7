"""A panel made ready for scoring: each series with its judged dates, what was said, and what followed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scanners.config.policy import Policy
from scanners.core.vocabulary import rank_of
from scanners.past.evidence_cache import KnownRows
from scanners.past.evidence_history import AsOf, evidence_history
from scanners.past.skill.outcomes import Outcomes, outcomes
from scanners.past.skill.panel import Member
from scanners.past.skill.signals import above_mean_200, momentum_250
from scanners.verdict.judgement import Judgement

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class JudgedPast:
    """One series of a panel.

    Parameters
    ----------
    member : Member
    said : tuple of Verdict or Refusal
        At each of ``member.at``.
    rows : tuple of AsOf
        The evidence behind them.
    tops, bottoms : Outcomes
        What followed each date.
    stretch : array, shape (n, 2)
        Momentum and distance from the mean at each date, in standard deviations of the series' own, to match.
    """

    member: Member
    said: tuple[Judgement, ...]
    rows: tuple[AsOf, ...]
    tops: Outcomes
    bottoms: Outcomes
    stretch: np.ndarray

    @property
    def days(self) -> np.ndarray:
        """Dates of the judged sessions."""
        return self.member.prices.index.to_numpy()[self.member.at].astype("datetime64[D]")

    def outcomes(self, side: str) -> Outcomes:
        """Return what followed: falls and tops, or rises and bottoms."""
        return self.tops if side == "top" else self.bottoms

    def levels(self, phase: str) -> np.ndarray:
        """Return 0 to 3 (calm to critical), 0 where the phase is another, NaN without a verdict."""
        return np.array(
            [
                np.nan if one.level is None else rank_of(one.level) if one.phase == phase else 0
                for one in self.said
            ],
            dtype=np.float64,
        )

    def consensus(self) -> np.ndarray:
        """Return C3 upward at each date, NaN without a verdict."""
        bubbles = [row.bubble if one.level else None for row, one in zip(self.rows, self.said, strict=True)]
        return np.array([np.nan if bubble is None else bubble.consensus_3day for bubble in bubbles])


def judge_panel(
    members: Sequence[Member],
    policy: Policy,
    *,
    folder: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda note: None,
) -> list[JudgedPast]:
    """Judge every date of a panel, from kept passes where there are any.

    Parameters
    ----------
    members : sequence of Member
    policy : Policy
        Thresholds.
    folder : Path, optional
        Where passes are kept; without it nothing is.
    jobs : int
        Worker processes.
    progress : callable, optional
        Called with (series, dates done, dates in all).
    tell : callable
        Called with a line when a kept pass had to be left aside.
    """
    found = []
    for member in members:
        advance = None if progress is None else _named(progress, member.name)
        if folder is None:
            rows = evidence_history(member.prices, member.at, jobs=jobs, progress=advance)
        else:
            kept = KnownRows(folder, member.name, member.prices, "daily")
            if kept.discarded:
                tell(kept.discarded)
            rows = kept.run(member.at, jobs=jobs, progress=advance)
        found.append(ready(member, [row for _, row in rows], policy))
    return found


def ready(member: Member, rows: Sequence[AsOf], policy: Policy) -> JudgedPast:
    """Return one series with verdicts by a policy and what followed."""
    own = policy.for_class(member.asset_class)
    stretch = np.column_stack([momentum_250(member.prices), above_mean_200(member.prices)])[member.at]
    spread = np.nanstd(stretch, axis=0)
    return JudgedPast(
        member=member,
        said=tuple(row.verdict(own) for row in rows),
        rows=tuple(rows),
        tops=outcomes(member.prices, member.at, "top"),
        bottoms=outcomes(member.prices, member.at, "bottom"),
        stretch=stretch / np.where(spread > 0, spread, 1.0),
    )


def part(judged: JudgedPast, keep: np.ndarray) -> JudgedPast | None:
    """Return a series with only some of its judged dates; None without any."""
    if not keep.any():
        return None
    at = judged.member.at[keep]

    def cut(found: Outcomes) -> Outcomes:
        inside = (found.turns >= at[0]) & (found.turns <= at[-1])
        return Outcomes({name: flag[keep] for name, flag in found.followed.items()}, found.turns[inside])

    chosen = np.flatnonzero(keep)
    return JudgedPast(
        member=replace(judged.member, at=at),
        said=tuple(judged.said[k] for k in chosen),
        rows=tuple(judged.rows[k] for k in chosen),
        tops=cut(judged.tops),
        bottoms=cut(judged.bottoms),
        stretch=judged.stretch[keep],
    )


def _named(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(name, done, total)
