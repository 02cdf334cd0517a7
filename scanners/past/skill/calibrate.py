"""Hit rates by level, phase and asset class, counted over a judged panel."""

from collections.abc import Sequence

from scanners.core.vocabulary import LEVELS
from scanners.past.skill.intervals import block_bootstrap, wider, wilson
from scanners.past.skill.judged import JudgedPast
from scanners.past.skill.outcomes import MAJOR
from scanners.past.skill.score import episodes_at, score
from scanners.verdict.calibration import ALL, Calibration, Rate, Tops

QUOTED = {"fomo": "fall of 10% in 60", "capitulation": "rise of 10% in 60"}


def calibrate(
    panel: Sequence[JudgedPast], name: str, thresholds: str, version: str, draws: int = 999
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
                days, hits, base = episodes_at(chosen, k, phase=phase, side=side, target=target)
                first, last = _years(chosen)
                if len(hits):
                    counted = wilson(int(hits.sum()), len(hits))
                    low, high = wider(counted, block_bootstrap(days, hits, draws=draws))
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
                            float(base.mean()),
                            first,
                            last,
                        )
                    )
    tops = tuple(_tops(panel, level, k, draws) for k, level in enumerate(LEVELS) if k)
    return Calibration(name, thresholds, version, panel[0].member.step, tuple(rates), tops)


def _tops(panel: Sequence[JudgedPast], level: str, k: int, draws: int) -> Tops:
    found = score(level, panel, [one.levels("fomo") for one in panel], k, draws=draws)
    hits = found.targets[MAJOR]
    low, high = wider(hits.wilson, hits.bootstrap)
    return Tops(level, hits.episodes, hits.hits, low, high, hits.matched, found.recall[60])


def _years(panel: Sequence[JudgedPast]) -> tuple[int, int]:
    years = [int(str(day)[:4]) for one in panel for day in (one.days[0], one.days[-1])]
    return min(years), max(years)
