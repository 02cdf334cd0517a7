"""Liquidity states: ranks in their own past, fixed rules, and nothing after the date."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from scanners.systems import stress

DAYS = pd.bdate_range("2010-01-01", periods=600)


def test_a_rank_is_the_share_of_the_past_below():
    values = pd.Series(np.round(np.random.default_rng(0).standard_normal(200), 1))
    found = stress.ranks(values, 50)
    assert found[:49].isna().all()
    for place in (49, 120, 199):
        past = values[: place + 1].to_numpy()
        expected = (np.sum(past < past[-1]) + np.sum(past <= past[-1])) / 2 / len(past)
        assert_allclose(found[place], expected, rtol=1e-12)


def test_a_rank_forgets_what_is_older_than_its_window():
    values = pd.Series(np.random.default_rng(2).standard_normal(200))
    found = stress.ranks(values, 20, 50)
    for place in (30, 80, 199):
        past = values[max(place - 49, 0) : place + 1].to_numpy()
        expected = (np.sum(past < past[-1]) + np.sum(past <= past[-1])) / 2 / len(past)
        assert_allclose(found[place], expected, rtol=1e-12)


def test_an_alarm_ends_ten_percentiles_below_where_it_begins():
    path = [0.5, 0.91, 0.85, 0.81, 0.79, 0.85]
    rows = table(vix=path, carry=path)
    states = stress.liquidity_states(rows, 6)
    assert [state == "acute" for state in states] == [False, True, True, True, False, False]


def test_the_volatility_of_stocks_stands_in_where_options_have_no_rank():
    rng = np.random.default_rng(3)
    walk = pd.Series(np.exp(np.cumsum(0.01 * rng.standard_normal(600))), DAYS)
    options = pd.Series(20 + rng.random(300), DAYS[300:])
    found = stress.measures(vix=options, carry=None, bond=None, assets=[], window=20, stocks=walk)
    alone = stress.measures(vix=None, carry=None, bond=None, assets=[], window=20, stocks=walk)
    both, stocks = stress.ranked(found, 100)["vix"], stress.ranked(alone, 100)["vix"]
    first = DAYS[300 + 99]
    assert_allclose(both[: DAYS[398]].dropna(), stocks[: DAYS[398]].dropna())
    assert_allclose(both[first:], stress.ranks(options, 100)[first:])


def table(**columns):
    index = DAYS[: len(next(iter(columns.values())))]
    return pd.DataFrame(columns, index=index, dtype=float)


@pytest.mark.parametrize(
    ("ranks", "state"),
    [
        ((0.5, 0.5, 0.5, 0.5), "calm"),
        ((0.99, 0.5, 0.5, 0.2), "calm"),
        ((0.91, 0.92, 0.1, 0.1), "acute"),
        ((0.96, 0.97, 0.98, 0.1), "crisis"),
        ((0.7, 0.65, 0.6, 0.7), "chronic tightening"),
        ((0.96, 0.97, 0.94, 0.1), "acute"),
    ],
)
def test_states_follow_the_rules(ranks, state):
    rows = table(**{name: [rank] * 60 for name, rank in zip(stress.MEASURES, ranks, strict=True)})
    assert stress.liquidity_states(rows, 60).iloc[-1] == state


def test_one_measure_is_no_state():
    rows = table(vix=[0.9] * 60, carry=[np.nan] * 60)
    assert (stress.liquidity_states(rows, 60) == "").all()


def test_since_is_the_first_day_of_the_last_run():
    states = pd.Series(["calm"] * 3 + ["acute"] * 2, index=DAYS[:5])
    assert stress.since(states) == DAYS[3]
    assert stress.since(states[3:]) == DAYS[3]


def test_measures_grow_with_stress_and_see_nothing_later():
    rng = np.random.default_rng(1)
    series = {
        "vix": pd.Series(15 + rng.random(600), DAYS),
        "carry": pd.Series(np.exp(np.cumsum(0.01 * rng.standard_normal(600))), DAYS),
        "bond": pd.Series(np.cumsum(rng.standard_normal(600)) - 3, DAYS),
    }
    assets = [pd.Series(np.cumsum(rng.standard_normal(600)), DAYS) for _ in range(3)]
    whole = stress.measures(**series, assets=assets, window=60)
    assert set(whole) == set(stress.MEASURES)
    assert (whole["carry"] >= 0).all()
    assert whole["correlation"].between(0, 1).all()
    cut = stress.measures(
        **{name: values[:500] for name, values in series.items()},
        assets=[values[:500] for values in assets],
        window=60,
    )
    full, part = (stress.ranked(found, 100) for found in (whole, cut))
    assert_allclose(full.loc[part.index], part, rtol=1e-9)
    assert stress.measures(vix=None, carry=None, bond=None, assets=assets[:2], window=60) == {}


def test_the_distance_of_an_alarm_is_to_its_end_and_of_calm_to_acute():
    from scanners.systems.monitors.liquidity import _distance, _mind

    now = pd.Series({"vix": 0.88, "carry": 0.17, "bond": 0.97, "correlation": 0.87})
    assert _distance(now, "crisis") == "to its end: correlation across assets 0.02 above the 85% rank"
    assert _distance(now, "acute") == "to its end: VIX 0.08 above the 80% rank"
    assert _distance(now, "calm") == "to acute: VIX 0.02 below the 90% rank"
    past = {"correlation": pd.Series(np.linspace(0.0, 0.5, 101)), "vix": pd.Series([10.0, 20.0, 30.0])}
    assert "across assets below its 85% rank, 0.42 (now 87%, 0.50) ends it" in _mind(now, "crisis", past)
    assert "VIX from its 90% rank on, 28.0 (now 88%, 30.0) makes it acute" in _mind(now, "calm", past)
