"""The chances of falls through the past, from the rows of a pass: nothing of the pass is computed again."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from scanners.evidence.falls import Falls
from scanners.evidence.gathering import Evidence
from scanners.past.evidence_history import AsOf
from scanners.risk.forecast_numbers import falls_through_time
from scanners.verdict.assessment import shape_of


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
    shapes = [shape_of(row.evidence, minimum_windows) for _, row in rows if row.evidence and _usable(row)]
    found = dict(zip(at, falls_through_time(prices, at, shapes, asset_class), strict=True)) if at else {}
    return [
        (place, replace(row, evidence=_with(row.evidence, found[place])))
        if row.evidence and place in found
        else (place, row)
        for place, row in rows
    ]


def judged_by(rows: Sequence[tuple[int, AsOf]]) -> tuple[float, int] | None:
    """Return size in percent and horizon of the fall by which rows are judged, if one is stated."""
    known = (row.evidence.falls for _, row in rows if row.evidence and row.evidence.falls)
    headline = next((falls.headline for falls in known if falls.cells), None)
    return None if headline is None else (float(headline[0]), headline[1])


def came(prices: pd.Series, at: int, size: float, horizon: int) -> bool | None:
    """Return whether a close after a position lay lower by a size, which only hindsight knows.

    Parameters
    ----------
    prices : pandas.Series
        Closes.
    at : int
        Position from which the fall counts.
    size : float
        Percent.
    horizon : int
        Sessions.

    Returns
    -------
    bool or None
        None where fewer sessions are known and it has not come in those.
    """
    closes = prices.iloc[at : at + horizon + 1].to_numpy(dtype=float)
    if closes.size > 1 and closes[1:].min() <= (1.0 - size / 100.0) * closes[0]:
        return True
    return False if closes.size == horizon + 1 else None


def _with(evidence: Evidence, falls: Falls) -> Evidence:
    return replace(evidence, falls=replace(falls, by_month=evidence.data.by_month))


def _usable(row: AsOf) -> bool:
    return row.evidence is not None and not row.evidence.data.non_positive
