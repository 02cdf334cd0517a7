"""How likely a fall is: one series, one date."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from scanners.risk.bubble_shape import confidence_3day
from scanners.risk.closes import OK, Closes, closes
from scanners.risk.coefficients import Models, shipped
from scanners.risk.record import record_of
from scanners.risk.result import FallRisk
from scanners.risk.sizes import HORIZONS, Size, check_horizons, check_sizes, sizes_of
from scanners.risk.stated import Stated, band, odds, state
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
    if known.status != OK:
        return _refused(known, chosen, later, models, asset_class)
    shape = _shape(known, confidence)
    rows = np.array([known.y.size - 1 - FEWEST])
    found = state(known, rows, chosen, later, np.array([shape]), models, asset_class)
    return _result(known, found, chosen, later, shape, models, asset_class)


def _shape(known: Closes, confidence: float | None) -> float:
    if confidence is None:
        last = known.y.size - 1
        return float(confidence_3day(np.exp(known.y), start=last, end=last).iloc[-1])
    if not (math.isnan(confidence) or 0.0 <= confidence <= 1.0):
        raise ValueError(f"confidence must lie in [0, 1] or be NaN, got {confidence:g}")
    return float(confidence)


def _result(
    known: Closes,
    found: Stated,
    sizes: Sequence[Size],
    horizons: np.ndarray,
    shape: float,
    models: Models,
    asset_class: str | None,
) -> FallRisk:
    def table(values: np.ndarray) -> pd.DataFrame:
        return _frame(values[0].T, sizes, horizons)

    low, high = band(found.chance, horizons, models.widths)
    chance, calm, plain, average, usual = map(
        table, (found.chance, found.calm, found.plain, found.average, found.usual)
    )
    notes = [known.note] if known.note else []
    if math.isnan(shape):
        notes.append("the bubble shape is not known: its factor is 1")
    return FallRisk(
        as_of=_day(known.index[-1]),
        status=known.status,
        note="; ".join(notes),
        asset_class=asset_class,
        confidence=shape,
        table=chance,
        usual=usual,
        low=table(low),
        high=table(high),
        factors={
            "volatility": odds(calm) / odds(average),
            "trend": odds(plain) / odds(calm),
            "bubble": odds(chance) / odds(plain),
            "series": odds(average) / odds(usual),
        },
        record=record_of(asset_class, sizes, horizons),
        version=models.version,
    )


def _refused(
    known: Closes, sizes: Sequence[Size], horizons: np.ndarray, models: Models, asset_class: str | None
) -> FallRisk:
    nothing = _frame(np.full((len(sizes), horizons.size), np.nan), sizes, horizons)
    return FallRisk(
        as_of=_day(known.index[-1]),
        status=known.status,
        note=known.note,
        asset_class=asset_class,
        confidence=math.nan,
        table=nothing,
        usual=nothing,
        low=nothing,
        high=nothing,
        factors=dict.fromkeys(("volatility", "trend", "bubble", "series"), nothing),
        record=record_of(asset_class, sizes, horizons),
        version=models.version,
    )


def _frame(values: np.ndarray, sizes: Sequence[Size], horizons: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        values,
        index=pd.Index(list(sizes), dtype=object, name="size"),
        columns=pd.Index(horizons.astype(int), name="horizon"),
    )


def _day(last: Any) -> str:
    return f"{last:%Y-%m-%d}" if isinstance(last, pd.Timestamp) else str(last)
