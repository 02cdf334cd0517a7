"""What the moving chart of a series' page is drawn from: numbers alone, which a script in the page draws."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd
from markupsafe import Markup

from scanners.config.policy import Policy
from scanners.evidence.bubble import CriticalTime
from scanners.evidence.series_fits import DAYS, Fits
from scanners.evidence.sessions import day_numbers
from scanners.report.axes import AHEAD, in_days
from scanners.report.past import closes
from scanners.report.price_panels import BEFORE, drawn
from scanners.verdict.past_levels import levels_at

SCRIPTS = ("uplot/uPlot.iife.min.js", "templates/chart.js")
STYLE = "uplot/uPlot.min.css"
_PARAMETERS = ("tc", "m", "omega", "A", "B", "C1", "C2")
_DIGITS = 8  # of a close


class Chart(msgspec.Struct, frozen=True):
    """The numbers of a moving chart; those of sessions stand in one order, None where one is not known.

    Attributes
    ----------
    days : list of float
        Days since 1970 of every session shown, and of `AHEAD` that are to come.
    closes : list of float
        Of the sessions that have been.
    up, down : list of float or None
        C of positive and of negative bubbles.
    levels : list of str
        By what was known then, "" where none can be said.
    chance, usual : list of float or None
        Of the fall by which the series is judged.
    fall : str
        Which fall that is, in words, "" where no chance is stated.
    fits : list of list of float
        t1, t2, tc, m, omega, A, B, C1, C2 of each curve, the longest first.
    qualified : int
        Windows that qualify; without any the one curve is that of a fit that does not.
    origin : float
        t of the first session, or the day at which t is 0.
    calendar : bool
        Whether t counts days and not sessions.
    time : list of float
        Day numbers of the interval of tc and of its median, low first; empty without one.
    warning, critical : float
        C3 from which the level is that, 0 where no verdict is given.
    """

    days: list[float]
    closes: list[float]
    up: list[float | None]
    down: list[float | None]
    levels: list[str]
    chance: list[float | None]
    usual: list[float | None]
    fall: str
    fits: list[list[float]]
    qualified: int
    origin: float
    calendar: bool
    time: list[float]
    warning: float
    critical: float

    def to_json(self) -> Markup:
        """Return it as JSON that may stand in a page."""
        return Markup(msgspec.json.encode(self).decode().replace("<", r"\u003c"))


def chart_of(
    fits: Fits,
    past: pd.DataFrame,
    time: CriticalTime | None,
    policy: Policy | None,
    *,
    chances: pd.DataFrame | None = None,
    fall: str = "",
) -> Chart:
    """Return the chart of a series over the sessions that its picture shows.

    Parameters
    ----------
    fits, past, time, chances, fall
        As for `scanners.report.pictures.overview_picture`.
    policy : Policy or None
        Thresholds of the series' asset class; None for a series without a verdict, which has no levels.
    """
    prices, windows = fits.windows.prices, fits.windows
    start = max(0, len(prices.t) - int(windows.length.max()) - BEFORE)
    t = np.concatenate([prices.t[start:], prices.t[-1] + np.arange(1, AHEAD + 1)])
    index = closes(fits).index[start:]
    rows = drawn(fits) or ([fits.shown] if fits.shown is not None else [])
    levels = levels_past(fits, past, policy) if policy else pd.Series(dtype=object)
    calendar = prices.time == "calendar"
    none = pd.Series(dtype=float)
    return Chart(
        days=[round(float(day), 3) for day in day_numbers(prices, t)],
        closes=[float(f"{close:.{_DIGITS}g}") for close in np.exp(prices.y[start:])],
        up=_known(past["up"], index),
        down=_known(past["down"], index),
        levels=levels.reindex(index).fillna("").tolist(),
        chance=_known(none if chances is None else chances["chance"], index),
        usual=_known(none if chances is None else chances["usual"], index),
        fall=fall if chances is not None else "",
        fits=[_curve(fits, row) for row in rows],
        qualified=int(fits.qualified.sum()),
        origin=float(day_numbers(prices, 0.0)) if calendar else float(prices.t[start]),
        calendar=calendar,
        time=[] if time is None else in_days([time.low, time.median, time.high]).tolist(),
        warning=policy.warning if policy else 0.0,
        critical=policy.critical if policy else 0.0,
    )


def levels_past(fits: Fits, past: pd.DataFrame, policy: Policy) -> pd.Series:
    """Return the level at each date of ``past``, from what was known then; "" where C3 is not known.

    Nothing is fitted for it: C3 is the mean of three sessions that are all in ``past``.

    Parameters
    ----------
    fits, past
        Of one series; see `scanners.report.past.confidence_past`.
    policy : Policy
        Thresholds of its asset class.
    """
    index = closes(fits).index
    known = past.reindex(index).rolling(DAYS).mean().loc[past.index].dropna()
    places = index.get_indexer(known.index)
    found = levels_at(fits.windows.prices.y, places, known["up"], known["down"], policy)
    return pd.Series(found, known.index, dtype=object).reindex(past.index).fillna("")


def _known(values: pd.Series, index: pd.Index) -> list[float | None]:
    found: Sequence[float] = values.reindex(index).tolist()
    return [None if math.isnan(value) else round(value, 4) for value in found]


def _curve(fits: Fits, row: int) -> list[float]:
    windows = fits.windows
    return [float(getattr(windows, name)[row]) for name in ("t1", "t2", *_PARAMETERS)]
