"""A forecast as evidence of a scan: plain numbers of every cell."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from scanners.evidence.falls import FallChance, Falls
from scanners.risk.chances import chances_at
from scanners.risk.closes import OK, closes
from scanners.risk.coefficients import shipped
from scanners.risk.forecast import cells_of, fall_risk, notes
from scanners.risk.result import FallRisk
from scanners.risk.sizes import HORIZONS, Size, check_horizons, headline, label, sizes_of, told
from scanners.risk.volatility import FEWEST


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
    cells = {name: values.T for name, values in found.cells.items()}
    return _falls(
        found.status, found.note, found.version, found.sizes, found.horizons, cells, found.asset_class
    )


def falls_through_time(
    prices: pd.Series, at: Sequence[int], confidence: ArrayLike, asset_class: str | None
) -> list[Falls]:
    """Return the chances of falls at many sessions, each what `falls_of` says of prices cut off there.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates.
    at : sequence of int
        Increasing positions.
    confidence : array_like, shape (n,)
        C3 at each, NaN where it is not known.
    asset_class : str or None
    """
    shape = np.asarray(confidence, dtype=np.float64)
    models, sizes, horizons = shipped(), sizes_of(asset_class), check_horizons(HORIZONS)
    whole = closes(prices.iloc[: at[-1] + 1])
    states = [whole.until(place) for place in at]
    stated = np.array([known.status == OK for known in states], dtype=bool)
    cells: dict[str, np.ndarray] = {}
    if stated.any():
        rows = np.asarray(at)[stated] - FEWEST
        found = chances_at(whole, rows, sizes, horizons, shape[stated], models, asset_class)
        cells = cells_of(found, horizons, models)
    row = np.cumsum(stated) - 1
    return [
        _falls(
            known.status,
            "; ".join(filter(None, notes(known, shape[k], asset_class))),
            models.version,
            sizes,
            horizons,
            {name: values[row[k]] for name, values in cells.items()} if stated[k] else {},
            asset_class,
        )
        for k, known in enumerate(states)
    ]


def _falls(
    status: str,
    note: str,
    version: str,
    sizes: Sequence[Size],
    horizons: np.ndarray,
    cells: Mapping[str, np.ndarray],
    asset_class: str | None,
) -> Falls:
    """Return the evidence of cells by name, each of shape (H, S)."""
    found = tuple(
        FallChance(
            size=label(size),
            horizon=int(horizon),
            **{name: float(values[column, row]) for name, values in cells.items()},
        )
        for row, size in enumerate(sizes)
        for column, horizon in enumerate(horizons)
        if cells and not math.isnan(cells["chance"][column, row])
    )
    judged_by, led_by = (
        (label(size), horizon) for size, horizon in (headline(asset_class), told(asset_class))
    )
    return Falls(status, note, version, found, judged_by, led_by)
