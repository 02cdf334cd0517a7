"""How likely a fall is: one series, one date."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from scanners.risk.bubble_shape import confidence_3day
from scanners.risk.chances import Chances, band, chances_at, odds
from scanners.risk.closes import OK, LogCloses, closes
from scanners.risk.coefficients import Models, shipped
from scanners.risk.record import little_skill
from scanners.risk.result import FACTORS, FallRisk
from scanners.risk.sizes import HORIZONS, Size, check_horizons, check_sizes, sizes_of
from scanners.risk.volatility import FEWEST


def fall_risk(
    prices: pd.Series | ArrayLike,
    as_of: Any = None,
    *,
    confidence: float | None = None,
    asset_class: str | None = None,
    sizes: Sequence[Size] | None = None,
    horizons: Sequence[int] = HORIZONS,
    models: Models | None = None,
) -> FallRisk:
    """Return the chances of falls after the last close up to a date.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive daily closes, oldest first.
    as_of : date or int, optional
        Last date (or position) that may be read; the model is the last one trained before its year.
    confidence : float, optional
        C3, the share of windows with the shape of a bubble (mean of the four filters of ``daily``, averaged
        over three sessions). Without it, it is computed from the closes, which takes most of the time; NaN
        leaves the bubble out, and the result says so.
    asset_class : str, optional
        As in watchlists; chooses sizes and draws the volatility of short histories.
    sizes : sequence, optional
        Percentages, or own standard deviations over the horizon like ``"1.5s"``.
    horizons : sequence of int
        Sessions, increasing, 5 to 250.
    models : Models, optional
        Those of another version.

    Returns
    -------
    FallRisk
        Its ``status`` is not ``ok``, and its chances are NaN, for a history below 61 closes, closes that are
        not daily, and series that hardly trade.

    Raises
    ------
    ValueError
        If a close is not positive, dates do not increase, or a size, a horizon or the confidence makes no
        sense.
    """
    chosen = check_sizes(sizes_of(asset_class) if sizes is None else sizes)
    later = check_horizons(horizons)
    known = closes(prices, as_of)
    models = shipped() if models is None else models
    if known.status == OK:
        shape = _shape(known, confidence)
        rows = np.array([known.y.size - 1 - FEWEST])
        found = chances_at(known, rows, chosen, later, np.array([shape]), models, asset_class)
        cells = {name: values[0].T for name, values in cells_of(found, later, models).items()}
    else:
        shape, nothing = math.nan, np.full((len(chosen), later.size), math.nan)
        cells = dict.fromkeys(("chance", "usual", "low", "high", *FACTORS), nothing)
    return FallRisk(
        as_of=_day(known.index[-1]),
        status=known.status,
        note="; ".join(filter(None, notes(known, shape, asset_class))),
        asset_class=asset_class,
        confidence=shape,
        version=models.version,
        sizes=chosen,
        horizons=later,
        cells=cells,
    )


def notes(known: LogCloses, confidence: float, asset_class: str | None) -> tuple[str, str, str]:
    """Return what limits the chances at the last close, in words; empty where nothing does."""
    unknown = math.isnan(confidence) and known.status == OK
    shapeless = "the bubble shape is not known: its factor is 1" if unknown else ""
    return known.note, shapeless, little_skill(asset_class)


def _shape(known: LogCloses, confidence: float | None) -> float:
    if confidence is None:
        last = known.y.size - 1
        return float(confidence_3day(np.exp(known.y), start=last, end=last).iloc[-1])
    if not (math.isnan(confidence) or 0.0 <= confidence <= 1.0):
        raise ValueError(f"confidence must lie in [0, 1] or be NaN, got {confidence:g}")
    return float(confidence)


def cells_of(found: Chances, horizons: np.ndarray, models: Models) -> dict[str, np.ndarray]:
    """Return chance, usual, interval and odds ratios by name, each of shape (n, H, S)."""
    low, high = band(found.chance, horizons, models.widths)
    return {
        "chance": found.chance,
        "usual": found.usual,
        "low": low,
        "high": high,
        "volatility": odds(found.calm) / odds(found.average),
        "trend": odds(found.plain) / odds(found.calm),
        "bubble": odds(found.chance) / odds(found.plain),
        "series": odds(found.average) / odds(found.usual),
    }


def _day(last: Any) -> str:
    return f"{last:%Y-%m-%d}" if isinstance(last, pd.Timestamp) else str(last)
