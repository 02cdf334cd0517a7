"""How far public debt has left its own past on four counts: r - g, interest, balance, reaction."""

import numpy as np
import pandas as pd

FEWEST_YEARS = 10
CYCLE_YEARS = 5  # a recession with its recovery


def debt_divergence(
    debt: pd.Series,
    balance: pd.Series,
    interest: pd.Series,
    burden: pd.Series,
    growth: pd.Series,
    *,
    periods_a_year: int,
    past: float = 15.0,
) -> pd.DataFrame:
    """Return the four parts of the divergence of debt and their mean, larger for more of it.

    Parameters
    ----------
    debt, balance, interest : pandas.Series
        Debt, primary balance and interest of the period at annual rate, % of GDP, on the same dates.
    burden : pandas.Series
        Interest, % of revenue.
    growth : pandas.Series
        Of nominal GDP, % a year.
    periods_a_year : int
    past : float
        Years over which the reaction of the balance to the debt of the period before is taken.

    Returns
    -------
    pandas.DataFrame
        ``r_less_g`` (% a year) and ``deficit`` (% of GDP), medians of five years so that a recession does not
        decide; ``burden`` (%); ``reaction`` (points of deficit a point of debt); and ``index``, the mean of
        the four in their own standard deviations from their own means to date, NaN before ten years of all.
        What is said of a date never changes when dates are added.
    """
    table = pd.concat(
        {"debt": debt, "balance": balance, "interest": interest, "burden": burden, "growth": growth},
        axis=1,
        join="inner",
    ).dropna()
    before = table["debt"].shift(1)
    window, cycle = max(round(past * periods_a_year), 8), round(CYCLE_YEARS * periods_a_year)
    parts = pd.DataFrame(
        {
            "r_less_g": (100.0 * table["interest"] / before - table["growth"]).rolling(cycle).median(),
            "burden": table["burden"],
            "deficit": -table["balance"].rolling(cycle).median(),
            "reaction": -_slope(table["balance"], before, window),
        }
    )
    least = round(FEWEST_YEARS * periods_a_year)
    whole = parts.dropna()
    standard = (whole - whole.expanding(least).mean()) / whole.expanding(least).std()
    return parts.assign(index=standard.mean(axis=1, skipna=False).reindex(parts.index))


def _slope(y: pd.Series, x: pd.Series, window: int) -> pd.Series:
    """Return the slope of y on x over a rolling window."""
    variance = x.rolling(window).var()
    slope = y.rolling(window).cov(x) / variance
    return slope.where(variance > 0, np.nan)
