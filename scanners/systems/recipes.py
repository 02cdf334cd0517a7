"""Series made of others."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scanners.systems.schema import Recipe
    from scanners.systems.sources import Source


def combine(recipe: "Recipe", parts: Sequence[pd.Series], first: "Source", late: bool = True) -> pd.Series:
    """Return what a recipe makes of its parts, on their common dates.

    Parameters
    ----------
    recipe : Recipe
    parts : sequence of pandas.Series
        In its order.
    first : Source
        Of the first part.
    late : bool
        Whether the last part stands a session late; where its provider dates it rightly, nothing is shifted.
    """
    if recipe.how == "extended":
        base = parts[0] if len(parts) == 2 else _common(parts[:2], lambda one, other: one / other)
        return extended(base, session_earlier(parts[-1]) if late else parts[-1])
    if recipe.how == "session_earlier":
        return session_earlier(parts[0]) if late else parts[0]
    if recipe.how == "difference":
        return _common(parts, lambda one, other: one - other)
    if recipe.how == "cross":
        return _common(parts, lambda one, other: one / other)
    if recipe.how == "ratio":
        return _common(parts, lambda one, other: 100.0 * one / other)
    if recipe.how == "primary_balance":
        return _common(parts, lambda got, spent, interest, gdp: 100.0 * (got - spent + interest) / gdp)
    if recipe.how == "deflator":
        return deflator(parts[0], parts[1])
    if recipe.how == "percent_a_year":
        return (100.0 * parts[0].pct_change(int(first.periods_a_year), fill_method=None)).dropna()
    return parts[0]


def deflator(nominal: pd.Series, real_growth: pd.Series) -> pd.Series:
    """Return the growth of the deflator, % a year, from quarterly nominal output and real growth to date.

    Both sides are of the year to date, as China publishes real growth; a year needs all its quarters so far.
    """
    years = pd.DatetimeIndex(nominal.index).year
    counts = nominal.groupby(years).cumcount() + 1
    quarters = (pd.DatetimeIndex(nominal.index).month - 1) // 3 + 1
    to_date = nominal.groupby(years).cumsum()[(counts == quarters).to_numpy()]
    growth = (to_date / to_date.shift(4) - 1.0).dropna()
    return _common([growth, real_growth / 100.0], lambda one, other: 100.0 * ((1 + one) / (1 + other) - 1))


def _common(parts: Sequence[pd.Series], make: Callable[..., pd.Series]) -> pd.Series:
    table = pd.concat(dict(enumerate(parts)), axis=1, join="inner").dropna()
    return make(*(table[number] for number in range(len(parts))))


def session_earlier(values: pd.Series) -> pd.Series:
    """Return a series that is a session late under the days that it is about.

    The first figure has no session before it and is left out.
    """
    return pd.Series(values.to_numpy()[1:], values.index[:-1])


def extended(base: pd.Series, other: pd.Series) -> pd.Series:
    """Return a series followed by another's moves from its last common date on."""
    common = base.index.intersection(other.index)
    if not len(common):
        return base
    anchor = common[-1]
    later = other[other.index > base.index[-1]]
    return pd.concat([base, later * (base[anchor] / other[anchor])])


def session_shift(one: pd.Series, other: pd.Series, sessions: int = 500) -> tuple[int, float, float]:
    """Return by how many sessions the first price lags the second, with the correlations of changes.

    Parameters
    ----------
    one, other : pandas.Series
        Prices of the same thing from two sources.
    sessions : int
        Last common ones that are compared.

    Returns
    -------
    tuple of (int, float, float)
        Lag in -2 to 2 with the largest correlation; that correlation; the one of the same session.
    """
    both = np.log(pd.concat([one, other], axis=1, join="inner").dropna()).diff().iloc[1:].tail(sessions)
    if len(both) < 60:
        raise ValueError(f"two sources must have 60 common sessions to be compared, got {len(both)}")
    first, second = both.iloc[:, 0], both.iloc[:, 1]
    found = {lag: float(first.shift(-lag).corr(second)) for lag in (-2, -1, 0, 1, 2)}
    best = max(found, key=found.__getitem__)
    return best, found[best], found[0]
