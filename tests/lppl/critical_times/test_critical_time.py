import json

import numpy as np
import pandas as pd
import pytest
import reference_lppl_uncertainty as slow
from numpy.testing import assert_allclose, assert_array_equal

import lppl
from lppl.critical_times.profile_nodes import MODIFICATION, OMEGA, SSE, TC, M, ProfileNodes

BUBBLE = {"tc": 214.0, "m": 0.5, "omega": 8.0, "A": 7.0, "B": -0.03, "C1": 0.0015, "C2": 0.001}
NARROW = lppl.SearchSpace(m=(0.1, 1.2), omega=(3.0, 20.0))


def bubble(sigma=0.005, n=200, seed=0, **kw):
    return lppl.simulate(n, **BUBBLE, sigma=sigma, seed=seed, **kw)


@pytest.fixture(scope="module")
def profile():
    return lppl.critical_time(bubble(), lengths=[200], space=NARROW, autocorrelation="ignore").profiles[0]


def test_every_node_is_the_global_minimum_over_the_box(profile):
    t, y = np.arange(200.0), np.log(bubble())
    for k in np.linspace(0, profile.tc.size - 1, 6).astype(int):
        tc, m, omega = profile.tc[k], profile.m[k], profile.omega[k]
        assert profile.sse[k] <= slow.profile_point(t, y, tc, NARROW.m, NARROW.omega)[0] * (1 + 1e-7)
        assert_allclose(profile.sse[k], slow.linear_fit(t, y, tc, m, omega)[0])


def test_the_modified_likelihood_is_the_published_formula(profile):
    t, y = np.arange(200.0), np.log(bubble())
    places = [int(np.argmin(profile.sse)), *np.flatnonzero(profile.log_profile > -6)[::5]]
    points = [
        (profile.tc[k], *slow.linear_fit(t, y, profile.tc[k], profile.m[k], profile.omega[k])) for k in places
    ]
    twin = slow.modified_log_likelihood(t, y, points, points[0])
    got = profile.log_likelihood[places]
    assert np.ptp(got) > 4
    # Two parametrisations agree as far as (m, omega) are at their minimum: to the descent's tolerance.
    assert_allclose(got - got[0], twin - twin[0], atol=1e-5)
    plain = -100 * np.log(profile.sse)
    assert_allclose(profile.log_profile, plain - plain.max(), atol=1e-9)


def test_far_basins_cannot_win_by_a_vanishing_determinant():
    t = np.arange(200.0) - 199
    y = np.log(bubble())
    window = ProfileNodes(t, y - y[-1], NARROW)
    nodes = np.zeros((300, 5))
    nodes[:, TC], nodes[:, SSE], nodes[:, M] = 15.0, 1.0, 0.5
    nodes[:, OMEGA] = np.linspace(4, 20, 300)  # |Xhat'X| passes through zero on the way
    window.modify(nodes, np.array([15.0, 0.5, 8.0]))
    assert np.isfinite(nodes[:, MODIFICATION]).all()
    at_best = np.interp(8.0, nodes[:, OMEGA], nodes[:, MODIFICATION])
    assert abs(at_best) < 0.5
    assert nodes[:, MODIFICATION].max() < 3.5


def test_nodes_resolve_the_top_and_reach_both_ends_of_the_box(profile):
    assert (np.diff(profile.tc) > 0).all()
    assert_allclose([profile.tc[0], profile.tc[-1]], [199 - 0.2 * 199, 199 + 0.2 * 199])
    for curve in (profile.log_likelihood, profile.log_profile):
        assert curve.max() == 0
        near = np.maximum(curve[1:], curve[:-1]) > -6
        assert np.abs(np.diff(curve))[near].max() <= 0.25
    fit = lppl.fit(bubble(), space=NARROW)
    assert_allclose(profile.best, fit.tc, rtol=1e-9)
    assert_allclose(profile.sse.min(), fit.sse, rtol=1e-9)


def test_intervals_equal_their_twin_and_nest(profile):
    widths = []
    for ratio in (0.5, 0.1, 0.05):
        got = profile.interval(ratio)
        assert_allclose(
            [got.low, got.high], slow.interval(profile.tc, profile.log_likelihood, ratio), atol=1e-4
        )
        assert got.identified
        assert got.pieces == 1
        widths.append(got.high - got.low)
    assert widths == sorted(widths)
    # chi-squared on one degree of freedom: 1.6424 and 3.8415.
    for level, ratio in ((0.8, 0.43990), (0.95, 0.14650)):
        assert_allclose(profile.confidence_interval(level).ratio, ratio, atol=1e-5)
    assert profile.interval(0.05, modified=False) != profile.interval(0.05)


@pytest.mark.parametrize("method", ["interval", "confidence_interval"])
@pytest.mark.parametrize("value", [0.0, 1.0, 95])
def test_a_share_outside_the_unit_interval_is_named(profile, method, value):
    with pytest.raises(ValueError, match=f"must lie between 0 and 1, got {value}"):
        getattr(profile, method)(value)


def test_without_noise_the_interval_closes_on_the_truth():
    for sigma in (0.0, 1e-6):
        interval = lppl.critical_time(bubble(sigma), lengths=[200], space=NARROW).profiles[0].interval(0.05)
        assert interval.low <= 214 <= interval.high
        assert interval.high - interval.low < max(1e-4, 2e3 * sigma)


def test_an_interval_that_reaches_the_box_is_not_identified():
    space = lppl.SearchSpace(m=(0.1, 1.2), omega=(3.0, 20.0), horizon=(-5.0, 14.5), horizon_fraction=None)
    result = lppl.critical_time(bubble(), lengths=[200], space=space)
    interval = result.profiles[0].interval(0.05)
    assert interval.edges == ("upper",)
    assert not interval.identified
    assert interval.high == 199 + 14.5
    assert result.identified == 0.0
    assert not result.to_frame()["identified"][0]


def test_random_walks_do_not_bound_tc():
    rng = np.random.default_rng(4)
    walks = np.exp(0.01 * rng.standard_normal((10, 300)).cumsum(axis=1))
    found = [lppl.critical_time(walk, lengths=[300]).profiles[0].identified for walk in walks]
    # The weight is meant to leave about nothing of a walk's likelihood; one in ten would be chance.
    assert sum(found) <= 1


def test_autocorrelated_residuals_widen_the_interval():
    prices = bubble(0.01, noise="ar1", phi=0.8, seed=2)
    published, weighted = (
        lppl.critical_time(prices, lengths=[200], space=NARROW, autocorrelation=kind).profiles[0]
        for kind in ("ignore", "ar1")
    )
    assert published.weight == 1
    r = weighted.residual_ar1
    assert 0.5 < r < 0.8
    assert_allclose(weighted.weight, (1 - r) / (1 + r), rtol=1e-12)
    common = np.isin(weighted.tc, published.tc)
    assert_allclose(
        weighted.log_profile[common],
        weighted.weight * published.log_profile[np.isin(published.tc, weighted.tc)],
        atol=1e-8,
    )
    narrow, wide = published.interval(0.05), weighted.interval(0.05)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


def test_negatively_correlated_residuals_do_not_narrow_it():
    prices = bubble(0.01, noise="ar1", phi=-0.5)
    profile = lppl.critical_time(prices, lengths=[200], space=NARROW).profiles[0]
    assert profile.residual_ar1 < -0.3
    assert profile.weight == 1


def test_the_distribution_over_windows_is_the_mean_of_the_profiles():
    result = lppl.critical_time(bubble(0.01), lengths=[200, 160, 120], space=NARROW)
    assert_allclose(result.density.sum(), 1, rtol=1e-12)
    assert_array_equal(result.tc, np.round(result.tc))
    curves = [(p.tc, p.log_likelihood) for p in result.profiles]
    edges = np.append(result.tc - 0.5, result.tc[-1] + 0.5)
    twin = slow.distribution(curves, edges)
    assert_allclose(result.density, np.diff(twin), atol=1e-4)
    for q in (0.05, 0.5, 0.95):
        assert_allclose(np.interp(result.quantile(q), edges, twin), q, atol=1e-4)
    one = lppl.critical_time(bubble(0.01), lengths=[160], space=NARROW)
    assert_array_equal(one.profiles[0].log_likelihood, result.profiles[1].log_likelihood)


def test_a_filter_chooses_the_windows_that_count():
    prices = bubble(0.01)
    unfiltered = lppl.critical_time(prices, lengths=[200, 100], space=NARROW)
    oscillations = unfiltered.windows.oscillations()
    assert oscillations[0] != oscillations[1]
    some = lppl.critical_time(
        prices, lengths=[200, 100], space=NARROW, filter=lppl.Filter(oscillations=oscillations.max())
    )
    assert sum(some.included) == 1
    alone = lppl.critical_time(prices, lengths=[[200, 100][int(oscillations.argmax())]], space=NARROW)
    assert_array_equal(some.density, alone.density)
    none = lppl.critical_time(prices, lengths=[200], space=NARROW, filter=lppl.Filter(oscillations=99.0))
    assert none.density.size == none.tc.size == 0
    assert np.isnan(none.quantile(0.5))
    assert np.isnan(none.identified)
    assert none.profiles[0] is not None


def test_nothing_after_the_end_is_read_and_a_scale_of_prices_changes_nothing():
    prices = pd.Series(bubble(0.01), index=pd.bdate_range("2001-01-01", periods=200))
    whole = lppl.critical_time(prices, end=prices.index[149], lengths=[150])
    assert_array_equal(whole.density, lppl.critical_time(prices[:150], lengths=[150]).density)
    scaled = lppl.critical_time(8.0 * prices[:150], lengths=[150])
    assert_allclose(scaled.quantile(0.5), whole.quantile(0.5), atol=1e-6)


def test_dates_follow_the_series():
    trading = pd.Series(bubble(), index=pd.bdate_range("2001-01-01", periods=200))
    result = lppl.critical_time(trading, lengths=[200], space=NARROW)
    interval = result.profiles[0].interval(0.05)
    ahead = pd.bdate_range(trading.index[-1], periods=60)
    assert interval.low_date == ahead[int(np.floor(interval.low - 199 + 0.5))]
    assert interval.high_date == ahead[int(np.floor(interval.high - 199 + 0.5))]
    days = lppl.simulate(200, **BUBBLE | {"tc": 300.0}, sigma=0.003, dates=trading.index, time="calendar")
    result = lppl.critical_time(days, lengths=[200], space=NARROW, time="calendar")
    assert abs((result.date(result.quantile(0.5)) - pd.Timestamp("2001-10-28")).days) < 15


def test_default_windows_are_those_the_data_fill():
    assert lppl.critical_time(bubble()).windows.length.tolist() == [200, 175, 150, 125]
    assert lppl.critical_time(bubble(n=60)).windows.length.tolist() == [60]


def test_a_constant_window_is_reported_and_left_out():
    prices = np.concatenate([bubble(0.01), np.full(30, 50.0)])
    result = lppl.critical_time(prices, lengths=[230, 25])
    assert result.profiles[1] is None
    assert result.included == (True, False)
    assert np.isnan(result.to_frame()["tc"][1])
    assert_allclose(result.density.sum(), 1, rtol=1e-12)


def test_results_are_plain_json_and_tables():
    prices = pd.Series(bubble(0.01), index=pd.bdate_range("2001-01-01", periods=200))
    result = lppl.critical_time(prices, lengths=[200, 120])
    values = json.loads(json.dumps(result.to_dict()))
    assert values["quantile_dates"]["0.5"] == f"{result.date(result.quantile(0.5)):%Y-%m-%d}"
    assert values["profiles"][0]["intervals"]["0.05"]["low"] == result.profiles[0].interval(0.05).low
    assert "<table" in result._repr_html_()
    assert "<table" in result.profiles[0]._repr_html_()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"autocorrelation": "ar2"}, "autocorrelation must be one of ar1, ignore, got 'ar2'"),
        (
            {"space": lppl.SearchSpace(horizon=(3.0, 3.0))},
            "space must leave tc free, got the single horizon 3",
        ),
        ({"lengths": [300]}, "lengths must not exceed the 200 prices"),
        ({"time": "calendar"}, "time='calendar' needs a Series"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        lppl.critical_time(bubble(), **change)
