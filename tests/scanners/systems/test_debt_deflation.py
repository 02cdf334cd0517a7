"""Falling prices and the debt carried at them: invented series, and China's figures worked out by hand."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from monitor_readings import drawn, given, read

from scanners.systems.monitors.debt_deflation import debt_deflation
from scanners.systems.options import DebtDeflationOptions
from scanners.systems.schema import load
from scanners.systems.system_reading import read_monitor

MONTHS = pd.date_range("2008-01-01", "2019-11-01", freq="MS")
NOISE = 0.2 * np.random.default_rng(8).standard_normal((2, len(MONTHS)))


def told(fall, growth=3.0, ratio_growth=None, **inputs):
    """Prices that rise by 2% a year, and by ``fall`` in the last ten months, at interest of 4%."""
    prices = pd.Series(np.append(np.full(len(MONTHS) - 10, 2.0), np.full(10, fall)) + NOISE[0], MONTHS)
    if ratio_growth is None:
        ratio_growth = pd.Series(growth, MONTHS) + NOISE[1]
    series = {"ratio_growth": ratio_growth, "rate": pd.Series(4.0, MONTHS)}
    named = {"prices": "ratio_prices", "rate": "rate", "growth": "ratio_growth"} | inputs
    return read("debt_deflation", {k: v for k, v in named.items() if v}, ratio_prices=prices, **series)


@pytest.mark.parametrize(
    ("fall", "growth", "state"),
    [(2.0, 3.0, "inflation"), (-2.0, 3.0, "debt deflation"), (-2.0, 8.0, "deflation")],
)
def test_prices_and_the_gap_of_interest_to_growth_make_the_state(fall, growth, state):
    found = told(fall, growth)
    assert found.reading.state == state
    low, high = found.reading.numbers["interest_less_growth_interval"]
    assert low < 4.0 - growth - fall < high
    assert "[" in found.reading.distance
    assert "(2020-0" in found.reading.mind
    assert drawn(found).lines
    if fall < 0:
        assert found.reading.since == ("2019-04-01")
        assert (
            "0% on the next 2 figures (2020-01-31 at the earliest) ends the deflation" in found.reading.mind
        )


def test_without_interest_or_growth_only_prices_speak():
    ended = pd.Series(3.0, MONTHS[:-12])  # growth that nobody tells any more, or not yet
    cases = (
        (told(-2.0, rate=""), "not asked"),
        (told(-2.0, ratio_growth=ended), "cannot be told: interest and growth are not known for the last"),
        (told(-2.0, ratio_growth=ended[:0]), "cannot be told"),
    )
    for found, why in cases:
        assert found.reading.state == "deflation"
        assert f"interest less growth {why}" in found.reading.estimate
        assert "debt" not in found.reading.distance


def test_the_series_of_a_missing_leg_is_named_with_how_to_get_it(tmp_path):
    prices = pd.Series(np.append(np.full(len(MONTHS) - 10, 2.0), np.full(10, -2.0)) + NOISE[0], MONTHS)
    prices.rename("value").to_csv(tmp_path / "cn_ppi_yoy_monthly.csv", index_label="date")
    found = lead((tmp_path,), "2019-12-31")
    assert found.state == "deflation"
    assert "no cgb30y_yield, no cn_real_growth" in found.estimate
    assert "cn_real_gdp_growth_ytd_quarterly.csv" in found.missing["cn_real_growth"]
    assert "Without cn_real_growth: its series is not here." in found.checks


def test_a_fall_that_ended_is_fading_and_short_tables_say_so():
    prices = pd.Series(np.append(NOISE[0, :130] - 2.0, [0.5, 0.4, *np.zeros(11)]), MONTHS)
    found = read("debt_deflation", {"prices": "ratio_prices"}, ratio_prices=prices).reading
    assert (found.state, found.was) == ("fading", "deflation to 2018-11-01")
    short = read("debt_deflation", {"prices": "ratio_prices"}, ratio_prices=prices[:35]).reading
    assert (short.status, short.evidence) == ("too short", "35 figures are there, 36 are needed")


def test_prices_that_hold_a_figure_are_refused():
    """A year's figure in every month has no scatter: it said deflation, with a p that was none."""
    years = pd.Series(
        np.repeat([2.0, 1.4, -0.3, 0.8, 1.1, 2.6, 0.2, -1.7, 0.9, 1.2, -2.0, -1.1], 12)[:-1], MONTHS
    )
    with pytest.raises(ValueError, match="ratio_prices must vary from figure to figure"):
        read("debt_deflation", {"prices": "ratio_prices"}, ratio_prices=years)


def test_growth_counts_from_the_day_it_was_known():
    """A month's gap takes the growth that was out with its prices: later figures change nothing before."""
    options = msgspec.convert({}, DebtDeflationOptions)
    quarters = pd.Series(np.arange(48.0), pd.date_range("2008-01-01", periods=48, freq="QS"))
    prices, rate = pd.Series(1.0 + NOISE[0], MONTHS), pd.Series(4.0, MONTHS)

    def gap(until):
        shelf = given(ratio_prices=prices[:until], ratio_growth=quarters[:until], rate=rate[:until])
        shelf.sources = {
            name: msgspec.structs.replace(
                one,
                lag={"ratio_prices": 12, "ratio_growth": 20}.get(name, 0),
                frequency="quarterly" if name == "ratio_growth" else one.frequency,
            )
            for name, one in shelf.sources.items()
        }
        inputs = {"prices": "ratio_prices", "rate": "rate", "growth": "ratio_growth"}
        return debt_deflation(shelf, inputs, options).reading.numbers

    march, april = gap("2015-03-31"), gap("2015-04-30")
    assert march["growth"] == 27.0  # the last quarter of 2014, known on 20 January
    assert april["growth"] == 28.0  # the first of 2015, known on 20 April, before April's prices


def lead(folders, as_of):
    china = load("china")
    (monitor,) = [one for one in china.monitor if one.name == china.lead]
    return read_monitor(china, monitor, as_of, folders, (), None, False)[0]


@pytest.mark.parametrize(
    ("as_of", "month", "quarter", "state", "region"),
    [
        ("2012-12-31", "2012-11", "2012-07", "deflation", "changing"),
        ("2015-12-31", "2015-11", "2015-07", "debt deflation", "positive feedback"),
        ("2021-12-31", "2021-11", "2021-07", "inflation", "negative feedback"),
        ("2023-12-31", "2023-11", "2023-07", "debt deflation", "positive feedback"),
    ],
)
def test_the_lead_of_china_is_what_the_files_say(folders, as_of, month, quarter, state, region):
    def raw(place, name):
        return pd.read_csv(folders[place] / f"{name}.csv", index_col=0, parse_dates=True).iloc[:, 0]

    prices = raw(0, "cn_ppi_yoy_monthly")[:month]
    growth, rate = raw(0, "cn_real_gdp_growth_ytd_quarterly"), raw(1, "cgb30y_yield")
    found = lead(folders, as_of)
    assert found.value == pytest.approx(prices.iloc[-3:].mean(), rel=1e-9)
    away = (prices - (prices.shift(1) + prices.shift(-1)) / 2).abs().dropna().iloc[-120:]
    assert found.numbers["prices_scatter"] == pytest.approx(1.4826 * (2 / 3) ** 0.5 * away.median(), rel=1e-9)
    assert found.numbers["interest"] == pytest.approx(rate[month].mean(), rel=1e-9)
    assert found.numbers["growth"] == growth[quarter].iloc[0]
    assert (found.state, found.region) == (state, region)


@pytest.mark.ci
def test_no_later_figure_takes_a_state_of_china_back(folders):
    """Half-yearly from 2011: the falls told later begin with those told before, but for the one under way."""
    before = []
    for as_of in pd.date_range("2011-06-30", "2023-12-31", freq="182D"):
        falls = lead(folders, f"{as_of:%Y-%m-%d}").numbers["falls"]
        assert [one["start"] for one in falls][: len(before)] == [one["start"] for one in before]
        over = max(len(before) - 1, 0)
        assert falls[:over] == before[:over]
        before = falls
