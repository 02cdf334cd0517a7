"""Critical values of the explosive-root tests: published Monte Carlo values, bootstraps and their size.

Published: Monte Carlo values at n = 100 and n = 400 with the default minimum window, as the exuber package
reports them; their own error, for the 2,000 replications usual there, is taken from our simulated densities.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from earlywarning._kernels.explosive import integrate
from earlywarning.explosive.backward_sup import sup_of_paths
from earlywarning.explosive.bootstrap import bootstrap_critical_values
from earlywarning.explosive.critical import LEVELS, critical_values
from earlywarning.explosive.statistics import adf, bsadf, default_min_window, gsadf, sadf

PUBLISHED = {
    (100, "sadf"): (0.988, 1.295, 1.916),
    (100, "gsadf"): (1.710, 1.974, 2.571),
    (400, "sadf"): (1.141, 1.441, 2.040),
    (400, "gsadf"): (1.918, 2.151, 2.602),
}


def walk(n, seed=0):
    return np.cumsum(np.random.default_rng(seed).standard_normal(n))


@pytest.mark.parametrize(("case", "expected"), PUBLISHED.items())
def test_surface_agrees_with_published_values(case, expected):
    n, kind = case
    found = critical_values(n, kind)
    values = np.array([found.at(level) for level in (0.9, 0.95, 0.99)])
    # Three standard errors of 2,000 replications; the densities at the levels are .17, .09 and .02.
    assert np.all(np.abs(values - expected) < [0.12, 0.15, 0.25])


@pytest.mark.parametrize(
    ("n", "lags", "window"), [(70, 0, None), (220, 0, None), (220, 2, None), (300, 0, 30)]
)
def test_surface_agrees_with_fresh_simulation(n, lags, window):
    paths = np.cumsum(np.random.default_rng(7).standard_normal((3000, n)), axis=1)
    window = default_min_window(n) if window is None else window
    backward = np.empty((3000, n - 1 - lags))
    draws = {"sadf": sup_of_paths(paths, lags, window, 1, backward)}
    draws["adf"] = backward[:, -1].copy()
    draws["gsadf"] = sup_of_paths(paths, lags, window, n, backward)
    draws["bsadf"] = backward[:, -1].copy()
    for kind, values in draws.items():
        found = critical_values(n, kind, lags, window)
        for level in (0.5, 0.9, 0.95):
            # Three binomial errors, and half a percent for the surface itself.
            share = np.mean(values > found.at(level))
            assert abs(share - (1 - level)) < 3 * np.sqrt(level * (1 - level) / 3000) + 0.005


def test_critical_values_grow_with_n_and_level():
    by_n = [critical_values(n).at(0.95) for n in (50, 100, 400, 1600, 6400, 10_000)]
    assert np.all(np.diff(by_n) > 0)
    assert np.all(np.diff(critical_values(500).values) > 0)


def test_p_value_of_a_quantile_is_its_level():
    found = critical_values(500)
    for level, value in zip(LEVELS, found.values, strict=True):
        assert_allclose(found.p_value(value), 1 - level, rtol=1e-9)
    p = [found.p_value(s) for s in np.linspace(-3, 8, 60)]
    assert np.all(np.diff(p) <= 0)
    assert (p[0], p[-1]) == (0.99, 0.001)
    assert np.isnan(found.p_value(np.nan))


def test_path_of_the_surface_starts_with_the_first_window():
    found = critical_values(200, lags=1, min_window=40)
    path = found.path_at(0.95)
    assert np.isnan(path[:41]).all()
    assert np.isfinite(path[41:]).all()
    assert_allclose(path[-1], critical_values(200, "bsadf", 1, 40).at(0.95))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((100, "psy"), "kind"), ((20,), "n must"), ((20_000,), "n must"), ((100, "gsadf", 5), "lags")],
)
def test_out_of_range_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        critical_values(*arguments)


def test_unstored_level_is_named():
    with pytest.raises(ValueError, match="level must be one of"):
        critical_values(100).at(0.123)


def test_integrate_is_the_autoregressive_sum():
    shocks = np.random.default_rng(0).standard_normal((2, 30))
    ar = np.array([0.5, -0.2])
    walks = np.empty((2, 31))
    integrate(shocks, ar, walks)
    for row, path in zip(shocks, walks, strict=True):
        steps = np.zeros(30)
        for t in range(30):
            steps[t] = row[t] + sum(ar[j] * steps[t - 1 - j] for j in range(min(2, t)))
        assert_allclose(path, np.concatenate([[0], np.cumsum(steps)]), atol=1e-12)


@pytest.mark.parametrize("kind", ["wild", "sieve"])
def test_bootstrap_of_a_gaussian_walk_is_near_the_surface(kind):
    test = gsadf(walk(300, seed=4), log=False)
    found = bootstrap_critical_values(test, kind, replications=999)
    expected = critical_values(300)
    # Errors of 999 draws, and of the one series the paths are drawn from.
    assert abs(found.at(0.9) - expected.at(0.9)) < 0.2
    assert abs(found.p_value(test.statistic) - expected.p_value(test.statistic)) < 0.1


@pytest.mark.parametrize("kind", ["wild", "sieve"])
@pytest.mark.parametrize("lags", [0, 2])
def test_bootstrap_does_not_depend_on_workers(kind, lags):
    test = gsadf(walk(120, seed=4), lags, log=False)
    one = bootstrap_critical_values(test, kind, replications=60, seed=9)
    two = bootstrap_critical_values(test, kind, replications=60, seed=9, n_jobs=2)
    assert np.array_equal(one.draws, two.draws)
    assert np.array_equal(one.path, two.path, equal_nan=True)
    other = bootstrap_critical_values(test, kind, replications=60, seed=10)
    assert not np.array_equal(one.draws, other.draws)


@pytest.mark.parametrize("test", [adf, sadf])
def test_bootstrap_of_the_other_statistics(test):
    result = test(walk(150, seed=2), log=False)
    found = bootstrap_critical_values(result, replications=199)
    expected = critical_values(150, result.kind)
    assert found.kind == result.kind
    assert abs(found.at(0.9) - expected.at(0.9)) < 0.4


@pytest.mark.parametrize("lags", [0, 1])
def test_bootstrap_without_a_path_has_the_same_draws(lags):
    test = bsadf(np.random.default_rng(8).normal(size=150).cumsum(), log=False, lags=lags)
    whole, last = (bootstrap_critical_values(test, replications=60, path=path) for path in (True, False))
    assert_allclose(last.draws, whole.draws, rtol=1e-10)
    assert_allclose(last.values, whole.values, rtol=1e-10)
    assert np.isnan(last.path).all() == (lags == 0)


def test_wild_bootstrap_sees_a_change_of_volatility():
    steps = np.random.default_rng(8).standard_normal(400) * np.repeat([1.0, 4.0], 200)
    test = gsadf(np.cumsum(steps), log=False)
    assert bootstrap_critical_values(test).at(0.95) > critical_values(400).at(0.95) + 0.3


def test_a_bubble_is_found():
    steps = np.concatenate([np.random.default_rng(1).standard_normal(200), np.zeros(60)])
    y = np.cumsum(steps)
    for t in range(200, 260):
        y[t] = y[t - 1] + 0.05 * (y[t - 1] - y[150] + 20) + 0.5 * np.sin(t)
    test = gsadf(y, log=False)
    assert bootstrap_critical_values(test, replications=199).p_value(test.statistic) <= 0.01


def test_bad_options_are_named():
    test = gsadf(walk(100), log=False)
    with pytest.raises(ValueError, match="kind"):
        bootstrap_critical_values(test, "block")
    with pytest.raises(ValueError, match="replications"):
        bootstrap_critical_values(test, replications=5)
    with pytest.raises(ValueError, match="no t-statistic"):
        bootstrap_critical_values(gsadf(np.full(100, 2.0)))


def test_result_as_plain_values():
    values = bootstrap_critical_values(gsadf(walk(100), log=False), replications=50).to_dict()
    assert values["replications"] == 50
    assert values["method"] == "wild"
    assert len(values["values"]) == 3


@pytest.mark.slow
@pytest.mark.parametrize("lags", [0, 1])
def test_wild_bootstrap_holds_its_size_under_garch(lags):
    from earlywarning.core.garch import Garch

    model = Garch(0.05, 0.1, 0.85, 5.0, 0.01)
    rng = np.random.default_rng(11)
    rejected = 0
    for shocks in model.simulate(rng, 300, 250):
        test = gsadf(np.exp(np.cumsum(shocks)), lags)
        critical = bootstrap_critical_values(test, replications=199, seed=int(rng.integers(1 << 30)))
        rejected += critical.p_value(test.statistic) <= 0.05
    assert 0.03 * 300 <= rejected <= 0.08 * 300


def test_sieve_sees_serial_correlation():
    steps = np.random.default_rng(9).standard_normal(400)
    for t in range(1, 400):
        steps[t] += 0.5 * steps[t - 1]
    test = gsadf(np.cumsum(steps), log=False)
    assert bootstrap_critical_values(test, "sieve").at(0.95) > critical_values(400).at(0.95) + 0.3


@pytest.mark.parametrize("kind", ["wild", "sieve"])
def test_paths_do_not_follow_a_bubble(kind):
    y = 1.05 ** np.arange(200) + 0.1 * walk(200)
    test = gsadf(y, 2, log=False)
    found = bootstrap_critical_values(test, kind, replications=99)
    # Least-squares lags would be explosive here, and the draws astronomical.
    assert found.at(0.99) < 30
