"""Debt limits: kernels against dense algebra, known reactions, and what unmoved balances must not show."""

import numpy as np
import pandas as pd
import pytest
import reference_systems as slow
from numpy.testing import assert_allclose

import earlywarning
from earlywarning._kernels.debt import (
    ar1_errors,
    debt_path,
    fit_ar1,
    fit_hac,
    least_squares,
    likely_autocorrelation,
    refit_paths,
    unbiased,
)
from earlywarning.macro.debt_dynamics import _state, debt_limit

# pb in powers of (debt - 60) / 20; with r - g = 1%: stable near 51, limit near 118.
CUBIC = np.array([1.2, 1.7, 0.1, -0.22])


def design(n=70, seed=0):
    rng = np.random.default_rng(seed)
    z = np.cumsum(rng.standard_normal(n)) / 4
    return np.vander(z, 4, increasing=True), rng


def history(n=200, powers=CUBIC, rho=0.5, spread=0.3, moves=0.1, seed=0, growth=0.01):
    rng = np.random.default_rng(seed)
    rates = growth + moves * rng.standard_normal(n)
    errors = ar1_errors(spread * rng.standard_normal(n), rho)
    return debt_path(50.0, rates, powers, 60.0, 20.0, np.zeros(n), errors, 1.0)


def test_least_squares_equals_numpy():
    columns, rng = design()
    y = rng.standard_normal(70)
    coefficients, inverse, residual, full = least_squares(columns, y)
    assert full
    assert_allclose(coefficients, np.linalg.lstsq(columns, y, rcond=None)[0], rtol=1e-9)
    assert_allclose(inverse, np.linalg.inv(columns.T @ columns), rtol=1e-9)
    assert_allclose(residual, y - columns @ coefficients, atol=1e-12)
    assert not least_squares(np.column_stack([columns, columns[:, 1]]), y)[3]


def test_ar1_fit_equals_dense_generalised_least_squares():
    columns, rng = design(seed=1)
    y = columns @ np.array([1.0, -0.5, 0.2, 0.1]) + ar1_errors(rng.standard_normal(70), 0.7)
    fresh = np.arange(70) == 0
    rho = likely_autocorrelation(columns, y, fresh)
    coefficients, covariance, raised, _, full = fit_ar1(columns, y, fresh)
    assert full
    expected = slow.ar1_fit(columns, y, rho)
    assert_allclose(coefficients, expected[0], rtol=1e-8)
    assert_allclose(covariance, expected[1], rtol=1e-8)
    assert raised == unbiased(rho, 70, 4) > rho
    grid = np.linspace(0, 0.98, 400)
    best = grid[np.argmax([slow.ar1_fit(columns, y, value)[2] for value in grid])]
    assert abs(rho - best) < 0.01  # steps of the grid, and eight golden sections


def test_hac_fit_equals_statsmodels():
    import statsmodels.api as sm

    columns, rng = design(seed=2)
    y = ar1_errors(rng.standard_normal(70), 0.5)
    coefficients, covariance, *_ = fit_hac(columns, y, np.arange(70) == 0, 3)
    model = sm.OLS(y, columns).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
    assert_allclose(coefficients, model.params, rtol=1e-8)
    assert_allclose(covariance, model.cov_params(), rtol=1e-7)


def test_a_gap_starts_the_errors_afresh():
    columns, rng = design(seed=3)
    y = ar1_errors(rng.standard_normal(70), 0.8)
    fresh = np.isin(np.arange(70), (0, 40))
    rho = likely_autocorrelation(columns, y, fresh)
    coefficients, *_ = fit_ar1(columns, y, fresh)
    inverse = np.zeros((70, 70))
    for part in (slice(0, 40), slice(40, 70)):
        size = part.stop - part.start
        place = np.arange(size)
        inverse[part, part] = np.linalg.inv(rho ** np.abs(np.subtract.outer(place, place)))
    expected = np.linalg.solve(columns.T @ inverse @ columns, columns.T @ inverse @ y)
    assert_allclose(coefficients, expected, rtol=1e-8)


def test_debt_path_equals_its_slow_twin():
    rng = np.random.default_rng(4)
    arguments = (
        40.0,
        rng.normal(0.01, 0.05, 30),
        CUBIC,
        60.0,
        20.0,
        rng.normal(size=30),
        rng.normal(size=30),
        0.25,
    )
    for fast, expected in zip(debt_path(*arguments), slow.debt_path(*arguments), strict=True):
        assert_allclose(fast, expected, rtol=1e-12)


def test_refitted_paths_are_fits_of_simulated_debt():
    rng = np.random.default_rng(5)
    n = 60
    growth, innovations = rng.normal(0.01, 0.05, n), rng.normal(size=n)
    chosen = rng.integers(n, size=(2, n))
    rows = np.flatnonzero(np.arange(n) != 20)
    controls = rng.normal(size=(n - 1, 1))
    estimates, covariances = refit_paths(
        50.0, growth, CUBIC[:2], 60.0, 20.0, np.zeros(n), innovations, chosen, 0.5, 1.0, controls, rows, 3, -1
    )
    for row in range(2):
        errors = [innovations[chosen[row, 0]] / np.sqrt(1 - 0.25)]
        for place in chosen[row, 1:]:
            errors.append(0.5 * errors[-1] + innovations[place])
        debt, balance = slow.debt_path(50.0, growth, CUBIC[:2], 60.0, 20.0, np.zeros(n), errors, 1.0)
        columns = np.column_stack([np.vander((debt[rows] - 60) / 20, 4, increasing=True), controls])
        expected = fit_ar1(columns, balance[rows], np.isin(np.arange(n - 1), (0, 20)))
        assert_allclose(estimates[row], expected[0], rtol=1e-8)
        assert_allclose(covariances[row], expected[1], rtol=1e-8)


def test_a_tiring_reaction_is_recovered():
    debt, balance = history()
    found = debt_limit(debt, balance, growth=np.full(200, 0.01), replications=199)
    assert found.identified, found.message
    f = 0.01 * 20 * np.array([3.0, 1, 0, 0]) - CUBIC
    roots = np.sort(60 + 20 * np.roots(f[::-1]).real)
    assert found.bootstrap["limit"][0] <= roots[-1] <= found.bootstrap["limit"][1]
    assert found.intervals["stable"][0] <= roots[1] <= found.intervals["stable"][1]
    assert found.distance == found.limit - debt[-1]
    assert found.state == "convergent"
    fan = found.fan(20, paths=100)
    assert fan[0.5].iloc[0] == debt[-1]
    assert (fan[0.05] <= fan[0.95]).all()
    assert fan["beyond"].between(0, 1).all()


def test_the_fan_is_that_of_the_estimates_at_any_level_of_the_intervals():
    debt, balance = history(powers=np.array([0.6, 2.0]), spread=0.5, moves=0.05, seed=1)
    fans = [
        debt_limit(debt, balance, replications=19, confidence=level).fan(20, paths=50)
        for level in (0.6, 0.95, 0.999)
    ]
    for fan in fans[1:]:
        assert_allclose(fan[[0.05, 0.5, 0.95]], fans[0][[0.05, 0.5, 0.95]], rtol=1e-9)


def test_a_linear_reaction_has_no_identified_limit():
    debt, balance = history(powers=np.array([0.6, 2.0]), spread=0.5, moves=0.05, seed=1)
    found = debt_limit(debt, balance, growth=np.full(200, 0.01), replications=199)
    assert not found.identified
    assert "linear reaction" in found.message
    assert found.p_values["linear"] <= 0.05
    assert found.state == "convergent"
    assert found.intervals["linear_slope"][0] <= 0.01 - 2.0 / 20 <= found.intervals["linear_slope"][1]


def test_a_balance_that_does_not_react_identifies_nothing():
    debt, balance = history(powers=np.array([-2.5]), growth=-0.05, moves=0.02, spread=1.0, seed=2)
    found = debt_limit(debt, balance, growth=np.full(200, -0.05), replications=199)
    assert not found.identified
    assert "does not react" in found.message
    assert np.isnan(found.fan(5)["beyond"]).all()
    assert "no:" in found._repr_html_()


def test_a_slope_needs_a_reaction_or_interest_behind_it():
    """Interest above growth is no divergence while the slope may be negative, nor is a slope by chance."""
    clear, wide = (0.01, 0.05), (-0.05, 0.05)
    for linear, growth, p, state in (
        (clear, clear, 0.5, "divergent"),
        (clear, wide, 0.01, "divergent"),
        (clear, wide, 0.5, "not identified"),
        (wide, clear, 0.5, "not identified"),
        (wide, clear, 0.01, "not identified"),
        ((-0.2, -0.1), wide, 0.01, "convergent"),
        ((-0.2, -0.1), clear, 0.5, "not identified"),
    ):
        assert _state({"linear": p}, {"linear_slope": linear, "growth": growth}, 0.05) == state


def test_labelled_tables_are_joined_and_gaps_kept_apart():
    debt, balance = history(n=80)
    ends = pd.date_range("1939-12-31", periods=81, freq="YE")
    holes = pd.Series(balance, ends[1:]).drop(ends[[6, 7]])
    found = debt_limit(pd.Series(debt, ends), holes, replications=49)
    assert len(found.record.balance) == 78
    assert found.record.fresh.sum() == 2
    assert found.to_dict()["last"] == "2019-12-31"
    complete = debt_limit(debt, balance, replications=49)
    labelled = debt_limit(pd.Series(debt, ends), pd.Series(balance, ends[1:]), replications=49, n_jobs=2)
    assert labelled.linear_slope == complete.linear_slope
    assert labelled.p_values == complete.p_values


def test_quarters_and_years_agree_on_the_dynamics():
    debt, balance = history(n=320, powers=np.array([0.6, 2.0]), spread=0.5, moves=0.05)
    years = debt_limit(debt, balance, growth=np.full(320, 0.01), replications=49)
    quarters = debt_limit(debt, balance, growth=np.full(320, 0.01), dt=0.25, recent=10, replications=49)
    assert_allclose(quarters.linear_slope, years.linear_slope, rtol=1e-9)


def test_the_implied_interest_less_growth_is_that_of_the_accounts():
    debt, balance = history(n=60)
    found = debt_limit(debt, balance, replications=49, recent=60)
    assert_allclose(found.growth, np.mean((np.diff(debt) + balance) / debt[:-1]), rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"dt": 0}, "dt"),
        ({"degree": 4}, "degree"),
        ({"errors": "ols"}, "errors"),
        ({"recent": 0}, "recent"),
        ({"confidence": 1.0}, "confidence"),
        ({"replications": 1}, "replications"),
        ({"growth": np.full(200, np.nan)}, "growth"),
        ({"controls": np.ones((7, 1))}, "controls"),
    ],
)
def test_impossible_options_are_named(options, rule):
    debt, balance = history()
    with pytest.raises(ValueError, match=rule):
        debt_limit(debt, balance, **options)


def test_bad_tables_are_named():
    debt, balance = history()
    with pytest.raises(ValueError, match="at least 31"):
        debt_limit(debt[:20], balance[:19])
    with pytest.raises(ValueError, match="balance must be finite or NaN"):
        debt_limit(debt, balance[:50])
    with pytest.raises(ValueError, match="must vary"):
        debt_limit(debt, np.full(200, 1.0))
    with pytest.raises(ValueError, match="pass growth"):
        debt_limit(debt - 60, balance)
    with pytest.raises(ValueError, match="share labels"):
        debt_limit(pd.Series(debt), pd.Series(balance, np.arange(1000, 1200)))
    found = debt_limit(debt, balance, replications=19)
    with pytest.raises(ValueError, match="horizon"):
        found.fan(0.1)


def test_it_is_public():
    assert earlywarning.debt_limit is debt_limit


@pytest.mark.slow
def test_coverage_and_false_limits():
    """Limits of a tiring reaction are covered; linear and absent reactions show one in at most 5%."""
    covered, found_limits = [], []
    for trial in range(100):
        debt, balance = history(seed=trial)
        if not np.isfinite(debt).all() or debt.max() > 400:
            continue  # passed the limit and ran away: no history to analyse
        out = debt_limit(debt, balance, growth=np.full(200, 0.01), replications=199, seed=trial)
        if out.identified:
            covered.append(out.bootstrap["limit"][0] <= 117.9 <= out.bootstrap["limit"][1])
        for powers, growth in ((np.array([0.6, 1.0]), 0.01), (np.array([-2.5]), -0.05)):
            debt, balance = history(72, powers, 0.8, 1.0, 0.02, trial, growth)
            out = debt_limit(debt, balance, growth=np.full(72, growth), replications=199, seed=trial)
            found_limits.append(out.identified)
    assert len(covered) >= 20
    assert np.mean(covered) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / len(covered))
    assert np.mean(found_limits) <= 0.05
