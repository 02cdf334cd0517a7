"""Hit rates by level, phase and asset class, counted over a judged panel."""

from collections.abc import Sequence

import numpy as np

from scanners.calibration import ALL, Calibration, Rate, Tops
from scanners.skill.alarms import onsets
from scanners.skill.intervals import block_bootstrap, wilson
from scanners.skill.judged import Judged
from scanners.skill.score import score
from scanners.verdict import LEVELS

QUOTED = {"fomo": "fall of 10% in 60", "capitulation": "rise of 10% in 60"}


def calibrate(
    panel: Sequence[Judged], name: str, thresholds: str, version: str, draws: int = 999
) -> Calibration:
    """Count episodes and hits by level, phase and asset class, and major tops by level.

    Episodes of a rate are of the days at that very level: a warning that becomes critical counts in both.
    Those of major tops are of the days at that level or a higher one, as in the tables of skill.
    """
    rates = []
    classes = sorted({one.member.asset_class for one in panel})
    for phase, target in QUOTED.items():
        side = "top" if phase == "fomo" else "bottom"
        for k, level in enumerate(LEVELS):
            for kind in (*classes, ALL) if k else ():
                chosen = [one for one in panel if kind in (one.member.asset_class, ALL)]
                days, hits, base = _episodes(chosen, phase, side, target, k)
                first, last = _years(chosen)
                if len(hits):
                    low, high = _interval(days, hits, draws)
                    rates.append(
                        Rate(
                            level,
                            phase,
                            kind,
                            target,
                            len(hits),
                            int(hits.sum()),
                            low,
                            high,
                            base,
                            first,
                            last,
                        )
                    )
    tops = tuple(_tops(panel, level, k, draws) for k, level in enumerate(LEVELS) if k)
    return Calibration(name, thresholds, version, panel[0].member.step, tuple(rates), tops)


def _tops(panel: Sequence[Judged], level: str, k: int, draws: int) -> Tops:
    found = score(level, panel, [one.levels("fomo") for one in panel], k, draws=draws)
    hits = found.targets["major top in 60"]
    low, high = hits.wilson
    if hits.bootstrap is not None:
        low, high = min(low, hits.bootstrap[0]), max(high, hits.bootstrap[1])
    return Tops(level, hits.episodes, hits.hits, low, high, hits.matched, found.recall[60])


def _episodes(
    panel: Sequence[Judged], phase: str, side: str, target: str, level: int
) -> tuple[np.ndarray, np.ndarray, float | None]:
    days, hits, base = [], [], []
    for one in panel:
        said, followed = one.levels(phase), one.outcomes(side).followed[target]
        first = np.searchsorted(one.member.at, onsets(one.member.at[said == level]))
        mine = first[np.isfinite(followed[first])]
        days.append(one.days[mine])
        hits.append(followed[mine] > 0)
        base += [float(np.nanmean(followed))] * len(mine)
    return np.concatenate(days), np.concatenate(hits), float(np.mean(base)) if base else None


def _years(panel: Sequence[Judged]) -> tuple[int, int]:
    years = [int(str(day)[:4]) for one in panel for day in (one.days[0], one.days[-1])]
    return min(years), max(years)


def _interval(days: np.ndarray, hits: np.ndarray, draws: int) -> tuple[float, float]:
    low, high = wilson(int(hits.sum()), len(hits))
    drawn = block_bootstrap(days, hits, draws=draws)
    return (low, high) if drawn is None else (min(low, drawn[0]), max(high, drawn[1]))
