"""A forecast as evidence of a scan: plain numbers of every cell."""

import math

import pandas as pd

from scanners.evidence.falls import FallChance, Falls
from scanners.risk.forecast import fall_risk
from scanners.risk.result import FallRisk
from scanners.risk.sizes import headline, label, told


def falls_of(prices: pd.Series, as_of: str, confidence: float, asset_class: str | None) -> Falls:
    """Return the chances of falls after the last close up to a date.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates. What lies after ``as_of`` is not looked at.
    as_of : str
        ISO date.
    confidence : float
        C3, NaN where it is not known.
    asset_class : str or None
        As in watchlists.
    """
    return numbers(fall_risk(prices, as_of, confidence=confidence, asset_class=asset_class))


def numbers(found: FallRisk) -> Falls:
    """Return the cells of a forecast; none where it states no chance."""
    cells = tuple(
        FallChance(
            size=label(size),
            horizon=int(horizon),
            **{name: float(values[row, column]) for name, values in found.cells.items()},
        )
        for row, size in enumerate(found.sizes)
        for column, horizon in enumerate(found.horizons)
        if not math.isnan(found.cells["chance"][row, column])
    )
    judged_by, led_by = (
        (label(size), horizon) for size, horizon in (headline(found.asset_class), told(found.asset_class))
    )
    return Falls(found.status, found.note, found.version, cells, judged_by, led_by)
