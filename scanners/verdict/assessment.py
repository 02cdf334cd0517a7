"""What stands above calm is looked at longer: since when, and how it compares with chance."""

import math
from dataclasses import replace

import pandas as pd

from scanners.config.policy import Policy
from scanners.core.as_of import until
from scanners.core.vocabulary import Side
from scanners.evidence.chance import chance
from scanners.evidence.gathering import Evidence, Workings
from scanners.evidence.persistence import persistence
from scanners.risk.forecast_numbers import falls_of
from scanners.verdict.appraisal import Appraisal, Refusal


def look_longer(
    prices: pd.Series, evidence: Evidence, workings: Workings, policy: Policy, found: Appraisal | Refusal
) -> Evidence:
    """Return the evidence of one series with what only an alert needs; no level depends on it.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates. What lies after the date of the evidence is not looked at.
    evidence, workings
        Of these prices, as `scanners.evidence.gathering.gather` returns them.
    policy : Policy
        Thresholds, already those of the series' asset class.
    found : Appraisal or Refusal
        Of that evidence.

    Returns
    -------
    Evidence
        Above calm with ``chance``, and from C3 of a warning with ``persistence``; else as it was.
    """
    if isinstance(found, Refusal) or found.level == "calm" or workings.fits is None:
        return evidence
    bubble = found.bubble
    seen = until(prices, evidence.as_of)
    side: Side = "negative" if found.phase == "capitulation" else "positive"
    value = bubble.consensus_3day_negative if side == "negative" else bubble.consensus_3day
    alarm = value >= policy.warning
    longer, by_chance = None, None
    if alarm:
        known, least = workings.fits.consensus, policy.minimum_windows
        longer = persistence(
            seen, side, known, floor=policy.warning, minimum_windows=least, memory=workings.memory
        )
    if policy.null_paths:
        by_chance = chance(seen, side, value, paths=policy.null_paths, whole=alarm, critical=policy.critical)
    return replace(evidence, persistence=longer, chance=by_chance)


def with_falls(
    prices: pd.Series, evidence: Evidence, asset_class: str | None, minimum_windows: int
) -> Evidence:
    """Return the evidence of one series with its chances of falls.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates. What lies after the date of the evidence is not looked at.
    evidence : Evidence
        Of these prices, as `scanners.evidence.gathering.gather` returns it.
    asset_class : str or None
        As in watchlists.
    minimum_windows : int
        Windows that must be there for the confidence to count.
    """
    if evidence.data.non_positive:
        return evidence
    confidence = shape_of(evidence, minimum_windows)
    falls = falls_of(prices, evidence.as_of, confidence, asset_class)
    return replace(evidence, falls=replace(falls, by_month=evidence.data.by_month))


def shape_of(evidence: Evidence, minimum_windows: int) -> float:
    """Return the C3 that enters a chance: NaN where fewer windows are there than it takes to count."""
    bubble = evidence.bubble
    known = bubble is not None and bubble.windows_available >= minimum_windows
    return bubble.consensus_3day if bubble is not None and known else math.nan
