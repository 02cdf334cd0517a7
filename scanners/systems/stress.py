"""Liquidity from four measures of stress, each ranked in its own past: calm, tightening, acute or crisis.

Fixed before any case was looked at: a measure is high from the 90th and extreme from the 95th percentile of
its own past; three extreme ones are a crisis, two high ones are acute, a quarter whose ranks average above .6
is chronic tightening. A rank at a date looks at nothing after it.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

STATES = ("calm", "chronic tightening", "acute", "crisis")
MEASURES = ("vix", "carry", "bond", "correlation")
HIGH, EXTREME, TIGHT = 0.90, 0.95, 0.60
YEAR, GAP = 250, 5
WORDS = {
    "vix": "VIX",
    "carry": "fall of the carry pair from its 250-session high",
    "bond": "volatility of the yield",
    "correlation": "correlation across assets",
}


def ranks(values: pd.Series, least: int) -> pd.Series:
    """Return the share of a series' own past, the present included, that lies below each value.

    Ties count half. NaN for the first ``least - 1`` values.
    """
    past: list[float] = []
    out = np.full(len(values), np.nan)
    for place, value in enumerate(values.to_numpy()):
        insort(past, value)
        if place + 1 >= least:
            out[place] = (bisect_left(past, value) + bisect_right(past, value)) / 2 / len(past)
    return pd.Series(out, index=values.index)


def measures(
    *,
    vix: pd.Series | None,
    carry: pd.Series | None,
    bond: pd.Series | None,
    assets: Sequence[pd.Series],
    window: int,
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
    """
    found: dict[str, pd.Series] = {}
    if vix is not None:
        found["vix"] = vix
    if carry is not None:
        found["carry"] = -(carry / carry.rolling(YEAR, min_periods=YEAR).max()).transform(np.log)
    if bond is not None:
        found["bond"] = bond.diff().rolling(window).std()
    if len(assets) >= 3:
        table = pd.concat(dict(enumerate(assets)), axis=1, join="inner").dropna().diff()
        found["correlation"] = mean_correlation(table, window)
    return {name: values.dropna() for name, values in found.items()}


def mean_correlation(table: pd.DataFrame, window: int) -> pd.Series:
    """Return the mean absolute correlation of all pairs of columns over a rolling window."""
    pairs = [
        table.iloc[:, i].rolling(window).corr(table.iloc[:, j]).abs()
        for i in range(table.shape[1])
        for j in range(i)
    ]
    return sum(pairs[1:], start=pairs[0]) / len(pairs)


def ranked(found: Mapping[str, pd.Series], least: int) -> pd.DataFrame:
    """Return the ranks of all measures on the union of their dates, held for at most five rows."""
    columns = {name: ranks(values, least) for name, values in found.items()}
    return pd.DataFrame(columns).sort_index().ffill(limit=GAP)


def liquidity_states(table: pd.DataFrame, window: int) -> pd.Series:
    """Return the state at each date; empty text where fewer than two measures have a rank.

    Parameters
    ----------
    table : pandas.DataFrame
        Ranks, a column a measure.
    window : int
        Sessions that make a quarter.
    """
    known = table.notna().sum(axis=1)
    extreme, high = (table >= EXTREME).sum(axis=1), (table >= HIGH).sum(axis=1)
    # A quarter of ranks, averaged over the measures that are there.
    tight = table.rolling(window, min_periods=window // 2).mean().mean(axis=1) >= TIGHT
    states = pd.Series("calm", index=table.index)
    states[tight] = "chronic tightening"
    states[high >= 2] = "acute"
    states[extreme >= 3] = "crisis"
    states[known < 2] = ""
    return states


def since(states: pd.Series) -> pd.Timestamp:
    """Return the first date of the run of the last state."""
    other = np.flatnonzero((states != states.iloc[-1]).to_numpy())
    return states.index[other[-1] + 1 if len(other) else 0]
