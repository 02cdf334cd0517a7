"""From evidence to a verdict; what stands above calm is looked at longer."""

from dataclasses import replace

import pandas as pd

from scanners.chance import chance
from scanners.evidence import Evidence, Workings
from scanners.persistence import persistence
from scanners.policy import Policy
from scanners.verdict import Verdict, judge


def assess(
    prices: pd.Series, evidence: Evidence, workings: Workings, policy: Policy
) -> tuple[Evidence, Verdict]:
    """Judge the evidence of one series.

    Only above calm does the evidence that is returned tell how long the series has been there, and what paths
    of its own returns show; neither changes a level.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates. What lies after the date of the evidence is not looked at.
    evidence, workings
        Of these prices, as `scanners.evidence.gather` returns them.
    policy : Policy
        Thresholds, already those of the series' asset class.
    """
    verdict = judge(evidence, policy)
    if verdict.level in (None, "calm") or workings.fits is None:
        return evidence, verdict
    seen, bubble = prices[: pd.Timestamp(evidence.as_of)], evidence.bubble
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
    return evidence, judge(evidence, policy)
