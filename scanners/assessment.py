"""One series from prices to verdict; what stands above calm is looked at longer."""

from dataclasses import replace

import pandas as pd

from lppl.presets import Preset
from scanners.chance import chance
from scanners.evidence import Evidence, Workings, gather
from scanners.persistence import persistence
from scanners.policy import Policy
from scanners.verdict import Verdict, judge


def assess(
    prices: pd.Series, as_of: str, preset: str | Preset, policy: Policy
) -> tuple[Evidence, Verdict, Workings]:
    """Gather the evidence of one series and judge it.

    Only above calm does the evidence tell how long the series has been there, and what paths of its own
    returns show; neither changes a level.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates. What lies after ``as_of`` is not looked at.
    as_of : str
        ISO date.
    preset : str or lppl.Preset
        As for `scanners.evidence.gather`.
    policy : Policy
        Thresholds, already those of the series' asset class.

    Raises
    ------
    ValueError
        If no close lies at or before ``as_of``, or the tests cannot use the prices.
    """
    evidence, workings = gather(prices, as_of, preset)
    verdict = judge(evidence, policy)
    if verdict.level in (None, "calm"):
        return evidence, verdict, workings
    seen, bubble = prices[: pd.Timestamp(as_of)], evidence.bubble
    side = "negative" if verdict.phase == "capitulation" else "positive"
    value = bubble.consensus_3day_negative if side == "negative" else bubble.consensus_3day
    alarm = value >= policy.warning
    longer = None
    if alarm:
        longer = persistence(
            seen,
            side,
            workings.fits.consensus,
            floor=policy.warning,
            minimum_windows=policy.minimum_windows,
        )
    by_chance = None
    if policy.null_paths:
        by_chance = chance(seen, side, value, paths=policy.null_paths, whole=alarm, critical=policy.critical)
    evidence = replace(evidence, persistence=longer, chance=by_chance)
    return evidence, judge(evidence, policy), workings
