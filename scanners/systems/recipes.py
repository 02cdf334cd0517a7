"""Series made of others."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scanners.systems.schema import Recipe
    from scanners.systems.sources import Source


def combine(recipe: "Recipe", parts: Sequence[pd.Series], first: "Source") -> pd.Series:
    """Return what a recipe makes of its parts, on their common dates.

    Parameters
    ----------
    recipe : Recipe
    parts : sequence of pandas.Series
        In its order.
    first : Source
        Of the first part.
    """
    if recipe.how == "extended":
        base = parts[0] if len(parts) == 2 else _common(parts[:2], lambda one, other: one / other)
        return extended(base, session_earlier(parts[-1]))
    if recipe.how == "session_earlier":
        return session_earlier(parts[0])
    if recipe.how == "difference":
        return _common(parts, lambda one, other: one - other)
    if recipe.how == "cross":
        return _common(parts, lambda one, other: one / other)
    if recipe.how == "ratio":
        return _common(parts, lambda one, other: 100.0 * recipe.scale * one / other)
    if recipe.how == "real_gap":
        at_home, rate, abroad, other = (by_month(one) for one in parts)
        return _common([rate, at_home, other, abroad], lambda a, b, c, d: (a - b) - (c - d))
    if recipe.how == "primary_balance":
        return _common(parts, lambda got, spent, interest, gdp: 100.0 * (got - spent + interest) / gdp)
    if recipe.how in ("deflator", "deflator_to_date"):
        return deflator(parts[0], parts[1], recipe.how == "deflator_to_date")
    if recipe.how == "bond":
        price = bond_price(parts[-1], recipe.years)
        return continued(price, parts[0]) if len(parts) == 2 else price
    if recipe.how == "basket":
        return _common(
            parts, lambda one, *others: np.exp(sum(np.log(one / other) for other in others) / len(others))
        )
    if recipe.how == "percent_a_year":
        return (100.0 * parts[0].pct_change(int(first.periods_a_year), fill_method=None)).dropna()
    return parts[0]


def deflator(nominal: pd.Series, real_growth: pd.Series, summed: bool = False) -> pd.Series:
    """Return the growth of the deflator, % a year, from quarterly nominal output and real growth to date.

    Both sides are of the year to date, as China publishes real growth; a year needs all its quarters so far,
    unless the output is that of the year to date already, ``summed``.
    """
    years = pd.DatetimeIndex(nominal.index).year
    counts = nominal.groupby(years).cumcount() + 1
    quarters = (pd.DatetimeIndex(nominal.index).month - 1) // 3 + 1
    to_date = nominal if summed else nominal.groupby(years).cumsum()[(counts == quarters).to_numpy()]
    before = pd.Series(to_date.to_numpy(), pd.DatetimeIndex(to_date.index) + pd.DateOffset(years=1))
    growth = (to_date / before.reindex(to_date.index) - 1.0).dropna()
    return _common([growth, real_growth / 100.0], lambda one, other: 100.0 * ((1 + one) / (1 + other) - 1))


def _common(parts: Sequence[pd.Series], make: Callable[..., pd.Series]) -> pd.Series:
    table = pd.concat(dict(enumerate(parts)), axis=1, join="inner").dropna()
    return make(*(table[number] for number in range(len(parts))))


def by_month(values: pd.Series) -> pd.Series:
    """Return the mean of each month, labelled with its first day."""
    months = pd.DatetimeIndex(values.index).to_period("M").to_timestamp()
    return values.groupby(months).mean()


def bond_price(yields: pd.Series, years: int) -> pd.Series:
    """Return the price of a bond that keeps its maturity and is at par each day, from its yields in per cent.

    A day's move is that of a bond with the yield of the day before as its coupon; the carry is left out, as
    in the price of a future or of a fund that pays out what it earns. The first price is 100.
    """
    coupon, now = yields.to_numpy()[:-1] / 100.0, yields.to_numpy()[1:] / 100.0
    with np.errstate(divide="ignore", invalid="ignore"):
        annuity = np.where(np.abs(now) > 1e-9, (1.0 - (1.0 + now) ** -years) / now, years)
    moves = coupon * annuity + (1.0 + now) ** -years
    return pd.Series(100.0 * np.append(1.0, np.cumprod(moves)), yields.index)


def continued(proxy: pd.Series, price: pd.Series) -> pd.Series:
    """Return a price with a proxy before its first day, scaled to meet it there."""
    before = proxy[: price.index[0]]
    if before.empty:
        return price
    before = before * (price.iloc[0] / before.iloc[-1])
    return pd.concat([before[before.index < price.index[0]], price])


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
