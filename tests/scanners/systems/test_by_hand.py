"""What the cards say, worked out again from the files alone: pandas and least squares, none of our code.

Each figure is read as published by the date: H.10 on the Monday after its week, yields on the next weekday.
"""

import numpy as np
import pandas as pd
import pytest

from scanners.systems.schema import load
from scanners.systems.system_reading import read_monitor

DATES = ("2008-10-15", "2020-03-16", "2022-10-31", "2023-12-29")


@pytest.fixture
def said(folders):
    def one(system, name, as_of):
        found = load(system)
        (monitor,) = [each for each in found.monitor if each.name == name]
        return read_monitor(found, monitor, as_of, folders, (), None, False)[0]

    return one


def raw(folder, name, column="value"):
    table = pd.read_csv(folder / f"{name}.csv", parse_dates=["date"], index_col="date")
    return table[column if column in table else "close"].dropna()


def noon(folders, currency, as_of):
    """H.10 of the weeks whose Monday after has come; no such Monday of the dates was a holiday."""
    rates = raw(folders[1], "h10_foreign_per_usd", currency)
    monday = pd.Timestamp(as_of) - pd.Timedelta(days=pd.Timestamp(as_of).weekday())
    return rates[rates.index < monday]


def yields(folders, name, as_of):
    values = raw(folders[1], name)
    return values[values.index < pd.Timestamp(as_of)]


def weeks(table):
    """The last day of each week whose Friday is in the table, all as of a Monday or later."""
    week = table.index.to_period("W-FRI")
    return table[np.append(week[1:] != week[:-1], True)]


def yen_and_spread(folders, as_of):
    spread = yields(folders, "us10y_yield", as_of) - yields(folders, "jgb10y_yield", as_of)
    both = pd.concat([np.log(noon(folders, "JPY", as_of)), spread], axis=1, join="inner").dropna()
    return weeks(both).to_numpy()


def slope_and_t(y, x, lags):
    """Least squares with Newey and West's errors, the sum of squares over n - 2."""
    design = np.column_stack([np.ones(len(y)), x])
    beta = np.linalg.solve(design.T @ design, design.T @ y)
    score = design * (y - design @ beta)[:, None]
    middle = score.T @ score
    for lag in range(1, lags + 1):
        product = score[lag:].T @ score[:-lag]
        middle += (1 - lag / (lags + 1)) * (product + product.T)
    inverse = np.linalg.inv(design.T @ design)
    error = np.sqrt((inverse @ middle @ inverse)[-1, -1] * len(y) / (len(y) - 2))
    return beta[-1], beta[-1] / error


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [DATES[0], DATES[2]])
def test_parity_is_the_slope_of_52_weekly_changes(folders, said, as_of):
    moves = np.diff(yen_and_spread(folders, as_of), axis=0)[-52:]
    slope, t = slope_and_t(100 * moves[:, 0], moves[:, 1], 3)
    found = said("japan", "parity", as_of)
    assert found.value == pytest.approx(slope, rel=1e-9)
    assert found.numbers["memory"]["t"] == pytest.approx(t, rel=1e-9)
    assert (found.state, found.since) == ("positive", "2006-07-21" if as_of < "2010" else "2012-11-02")


def test_the_yen_lies_above_the_line_of_the_spread_by_as_much_as_a_regression_says(folders, said):
    log_yen, spread = yen_and_spread(folders, DATES[2]).T
    then = slice(-52 - 260, -52)
    design = np.column_stack([np.ones(260), spread[then]])
    level, slope = np.linalg.lstsq(design, log_yen[then], rcond=None)[0]
    found = said("japan", "parity_gap", DATES[2])
    off = log_yen[-1] - level - slope * spread[-1]
    assert found.value == pytest.approx(100 * (np.exp(off) - 1), rel=1e-9)  # per cent of the line
    assert (found.state, found.since) == ("above", "2022-04-22")


@pytest.mark.parametrize(
    ("as_of", "state", "since"), [(DATES[0], "fallen", "2008-10-08"), (DATES[1], "ordinary", "2009-05-07")]
)
def test_the_carry_basket_fell_in_october_2008(folders, said, as_of, state, since):
    yen, *others = (noon(folders, one, as_of) for one in ("JPY", "MXN", "BRL", "ZAR"))
    table = np.log(pd.concat([yen, *others], axis=1, join="inner").dropna())
    basket = table.iloc[:, 0] - table.iloc[:, 1:].mean(axis=1)
    below = basket.iloc[-500:].max() - basket.iloc[-1]
    found = said("japan", "carry", as_of)
    assert found.value == pytest.approx(100 * np.expm1(-below), rel=1e-9)
    ratio = below / (basket.iloc[-2500:].diff().iloc[1:].std() * np.sqrt(500))
    assert found.numbers["ratio"] == pytest.approx(ratio, rel=1e-9)
    assert (found.state, found.since) == (state, since)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", DATES)
def test_producer_prices_have_the_slope_of_a_cubic(folders, said, as_of):
    """Published twelve days after the month; the long-run covariance has twelve lags."""
    values = raw(folders[0], "cn_ppi_yoy_monthly")
    known = values.index + pd.offsets.MonthEnd(0) + pd.Timedelta(days=12)
    x = values[known <= pd.Timestamp(as_of)].to_numpy()
    before, now = x[:-1], x[-1]
    design = np.vander(before, 4, increasing=True)
    beta = np.linalg.lstsq(design, np.diff(x), rcond=None)[0]
    slope = beta @ np.array([0.0, 1.0, 2 * now, 3 * now**2])
    found = said("china", "producer_prices", as_of)
    assert found.value == pytest.approx(slope, rel=1e-6)
    assert found.state == "not identified"


@pytest.mark.slow
@pytest.mark.parametrize(("as_of", "state"), [(DATES[0], "haven"), (DATES[3], "fading")])
def test_the_haven_is_the_mean_move_after_fifty_jumps(folders, said, as_of, state):
    vix = raw(folders[1], "vix")
    table = pd.concat([yields(folders, "us10y_yield", as_of), vix], axis=1, join="inner").dropna()
    jump = table.iloc[:, 1].diff()
    large = jump > jump.rolling(1250).quantile(0.95).shift(1)
    moves = 100 * table.iloc[:, 0].diff()[large]
    found = said("us", "haven", as_of)
    assert found.value == pytest.approx(moves.iloc[-50:].mean(), rel=1e-9)
    assert found.state == state


@pytest.mark.slow
@pytest.mark.parametrize("as_of", DATES)
def test_debt_dynamics_are_r_less_g_less_the_reaction(folders, said, as_of):
    """Debt comes 95 days after its quarter; the best of a grid of autocorrelations is near the monitor's."""
    debt, balance = (raw(folders[0], f"us_{one}_quarterly") for one in ("debt_gdp", "primary_balance_gdp"))
    known = debt.index + pd.offsets.QuarterEnd(0) + pd.Timedelta(days=95)
    debt = debt[known <= pd.Timestamp(as_of)]
    table = pd.concat([debt.shift(1), debt, balance], axis=1, join="inner").dropna().to_numpy()
    before, after, surplus = table.T
    growth = ((after - before) / 0.25 + surplus) / before
    found = said("us", "debt", as_of)
    assert found.numbers["growth"] == pytest.approx(growth[-40:].mean(), rel=1e-9)
    reaction = found.numbers["reaction"]["value"]
    assert found.value == pytest.approx(growth[-40:].mean() - reaction, rel=1e-9)
    design = np.column_stack([np.ones(len(before)), before])
    fits = [quasi_differences(design, surplus, rho) for rho in np.arange(0.5, 0.985, 0.005)]
    assert reaction == pytest.approx(max(fits)[1], abs=0.005)


def quasi_differences(design, y, rho):
    """Likelihood and slope with errors of this autocorrelation, Prais and Winsten's first row included."""
    first = np.sqrt(1 - rho**2)
    changed = np.vstack([first * design[:1], design[1:] - rho * design[:-1]])
    right = np.append(first * y[0], y[1:] - rho * y[:-1])
    beta, rest = np.linalg.lstsq(changed, right, rcond=None)[:2]
    return float(0.5 * np.log(1 - rho**2) - len(y) / 2 * np.log(rest[0])), float(beta[1])
