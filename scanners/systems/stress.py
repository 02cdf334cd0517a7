"""Liquidity from four measures of stress, each ranked in its last ten years.

A measure is high from the 90th and extreme from the 95th percentile of its last ten years; three extreme ones
are a crisis, two high ones are acute, a quarter whose ranks average above .6 is chronic tightening. Acute and
crisis end ten percentiles below where they begin. A rank at a date looks at nothing after it. The rule is
scored on all dated episodes at once, with the false alarms between them, by scripts/liquidity_episodes.py.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

STATES = ("calm", "chronic tightening", "acute", "crisis")
MEASURES = ("vix", "carry", "bond", "correlation")
HIGH, EXTREME, TIGHT = 0.90, 0.95, 0.60
MEMORY = 0.10  # ranks below the levels at which acute and crisis end
DECADE, QUARTER, GAP = 2500, 60, 5
WORDS = {
    "vix": "VIX",
    "carry": "fall of the carry pair from its 60-session high",
    "bond": "volatility of the yield",
    "correlation": "correlation across assets",
}


def ranks(values: pd.Series, least: int, window: int = DECADE) -> pd.Series:
    """Return the share of a series' last values, the present included, that lies below each value.

    Ties count half. NaN for the first ``least - 1`` values.

    Parameters
    ----------
    values : pandas.Series
    least, window : int
        Fewest and most values that a value is ranked among.
    """
    rolling = values.rolling(window, min_periods=least)
    count = rolling.count()
    below = rolling.rank(method="min") - 1.0
    ties = rolling.rank(method="max") - below
    return (below + ties / 2) / count


def measures(
    *,
    vix: pd.Series | None,
    carry: pd.Series | None,
    bond: pd.Series | None,
    assets: Sequence[pd.Series],
    window: int,
    stocks: pd.Series | None = None,
) -> dict[str, pd.Series]:
    """Return the measures that the given series allow, larger for more stress.

    Parameters
    ----------
    vix : pandas.Series, optional
        Implied volatility.
    carry : pandas.Series, optional
        Price of a carry pair.
    bond : pandas.Series, optional
        A yield.
    assets : sequence of pandas.Series
        Levels or log prices; at least three for a correlation.
    window : int
        Sessions of volatility and correlation.
    stocks : pandas.Series, optional
        A stock index, whose volatility stands for implied volatility where that has no rank yet.
    """
    found: dict[str, pd.Series] = {}
    if vix is not None:
        found["vix"] = vix
    if carry is not None:
        found["carry"] = -(carry / carry.rolling(QUARTER).max()).transform(np.log)
    if bond is not None:
        found["bond"] = bond.diff().rolling(window).std()
    if len(assets) >= 3:
        found["correlation"] = mean_correlation(assets, window)
    if stocks is not None:
        found["stocks"] = np.log(stocks).diff().rolling(window).std()
    return {name: values.dropna() for name, values in found.items()}


def mean_correlation(assets: Sequence[pd.Series], window: int) -> pd.Series:
    """Return the mean absolute correlation of changes over all pairs of assets with a rolling window.

    A pair counts from its first window on; three pairs are needed. Each is held over days that it lacks.
    """
    pairs = []
    for i, one in enumerate(assets):
        for other in assets[:i]:
            table = pd.concat([one, other], axis=1, join="inner").dropna().diff()
            pairs.append(table.iloc[:, 0].rolling(window).corr(table.iloc[:, 1]).abs())
    table = pd.concat(pairs, axis=1, sort=True).ffill(limit=GAP)
    return table.mean(axis=1)[table.count(axis=1) >= 3]


def ranked(found: Mapping[str, pd.Series], least: int, window: int = DECADE) -> pd.DataFrame:
    """Return the ranks of all measures on the union of their dates, held for at most five rows.

    The volatility of stocks fills that of options before its first rank, and stands for it where it is not
    there at all.
    """
    columns = {name: ranks(values, least, window) for name, values in found.items()}
    table = pd.DataFrame(columns).sort_index().ffill(limit=GAP)
    if "stocks" in table:
        stocks = table.pop("stocks")
        before = stocks[: table["vix"].first_valid_index()] if "vix" in table else stocks
        table["vix"] = table["vix"].fillna(before) if "vix" in table else before
    return table


def liquidity_states(table: pd.DataFrame, quarter: int = QUARTER) -> pd.Series:
    """Return the state at each date; empty text where fewer than two measures have a rank.

    Parameters
    ----------
    table : pandas.DataFrame
        Ranks, a column a measure.
    quarter : int
        Sessions whose ranks make a chronic tightening.
    """
    known = (table.notna().sum(axis=1) >= 2).to_numpy()
    begins, lasts = _alarm(table, 0.0), _alarm(table, MEMORY)
    alarm, level = np.zeros(len(table), int), 0
    for place in range(len(table)):
        level = max(begins[place], min(level, lasts[place])) if known[place] else 0
        alarm[place] = level
    # A quarter of ranks, averaged over the measures that are there.
    tight = table.rolling(quarter, min_periods=quarter // 2).mean().mean(axis=1) >= TIGHT
    states = pd.Series("calm", index=table.index)
    states[tight] = "chronic tightening"
    states[alarm == 1] = "acute"
    states[alarm == 2] = "crisis"
    states[~known] = ""
    return states


def _alarm(table: pd.DataFrame, below: float) -> np.ndarray:
    """Return 2 for a crisis, 1 for acute, 0 for neither, with levels that much lower."""
    extreme, high = (table >= EXTREME - below).sum(axis=1), (table >= HIGH - below).sum(axis=1)
    return np.where(extreme >= 3, 2, np.where(high >= 2, 1, 0))


def since(states: pd.Series) -> pd.Timestamp:
    """Return the first date of the run of the last state."""
    other = np.flatnonzero((states != states.iloc[-1]).to_numpy())
    return states.index[other[-1] + 1 if len(other) else 0]
