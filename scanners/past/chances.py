"""The chances of falls through the past, from the rows of a pass: nothing of the pass is computed again."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from scanners.evidence.gathering import Evidence
from scanners.past.evidence_history import AsOf
from scanners.risk.numbers import falls_through_time


def with_chances(
    prices: pd.Series, rows: Sequence[tuple[int, AsOf]], asset_class: str | None, minimum_windows: int
) -> list[tuple[int, AsOf]]:
    """Return the rows with the chances of falls that a scan of each date states.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates. What lies after the last row is not looked at.
    rows : sequence of (int, AsOf)
        By increasing position, as `scanners.past.evidence_history.evidence_history` yields them.
    asset_class : str or None
        As in watchlists.
    minimum_windows : int
        Windows that must be there for the confidence to count.
    """
    at = [place for place, row in rows if _usable(row)]
    shapes = [_shape(row.evidence, minimum_windows) for _, row in rows if row.evidence and _usable(row)]
    found = dict(zip(at, falls_through_time(prices, at, shapes, asset_class), strict=True)) if at else {}
    return [
        (place, replace(row, evidence=replace(row.evidence, falls=found[place])))
        if row.evidence and place in found
        else (place, row)
        for place, row in rows
    ]


def _usable(row: AsOf) -> bool:
    return row.evidence is not None and not row.evidence.data.non_positive


def _shape(evidence: Evidence, minimum_windows: int) -> float:
    bubble = evidence.bubble
    known = bubble is not None and bubble.windows_available >= minimum_windows
    return bubble.consensus_3day if bubble is not None and known else math.nan
