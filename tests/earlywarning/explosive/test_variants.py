"""Lags by BIC, cumulated signs, and dating with one critical value for the whole path."""

import numpy as np
import pytest
from null_series import walk
from numpy.testing import assert_allclose
from statsmodels.tsa.ar_model import AutoReg

from earlywarning.explosive.bootstrap import bootstrap_critical_values
from earlywarning.explosive.dating import explosive_episodes
from earlywarning.explosive.lag_selection import bic_lags
from earlywarning.explosive.statistics import gsadf, sadf


def autocorrelated(rng, n, phi=0.5):
    steps = rng.standard_normal(n)
    for t in range(1, n):
        steps[t] += phi * steps[t - 1]
    return np.cumsum(steps)


def test_lags_are_those_that_statsmodels_scores_lowest():
    for seed in range(5):
        y = autocorrelated(np.random.default_rng(seed), 150)
        steps = np.diff(y)
        scores = [AutoReg(steps, lags, hold_back=6).fit() for lags in range(7)]
        # Their likelihood is Gaussian too; the criterion differs by a constant.
        assert bic_lags(y) == int(np.argmin([one.bic for one in scores]))


def test_bic_takes_no_lag_of_a_walk_and_one_of_correlated_steps():
    rng = np.random.default_rng(0)
    chosen = [(bic_lags(walk(rng, 300)), bic_lags(autocorrelated(rng, 300))) for _ in range(40)]
    plain, correlated = np.array(chosen).T
    assert np.mean(plain == 0) >= 0.8
    assert np.mean(correlated >= 1) == 1
    y = autocorrelated(rng, 200)
    assert gsadf(y, "bic", log=False).statistic == gsadf(y, bic_lags(y), log=False).statistic
    with pytest.raises(ValueError, match="lags must be a number or 'bic', got 'aic'"):
        gsadf(y, "aic", log=False)


def test_signs_do_not_see_the_size_of_a_step():
    rng = np.random.default_rng(1)
    y = walk(rng, 200)
    louder = np.cumsum(np.diff(y, prepend=0) * np.exp(rng.standard_normal(200)))
    one, other = (gsadf(x, log=False, signs=True) for x in (y, louder))
    assert_allclose(one.path, other.path)
    expected = np.concatenate([[0], np.cumsum(np.sign(np.diff(y)))])
    assert one.statistic == gsadf(expected, log=False).statistic
    assert sadf(y, log=False, signs=True).statistic == sadf(expected, log=False).statistic
    assert one.signs and "signs" in one._repr_html_()


def test_flipped_signs_are_the_null_itself():
    """Without lags the resampled paths are walks of fair coins, whatever the volatility did."""
    rng = np.random.default_rng(2)
    y = np.cumsum(rng.standard_normal(120) * np.where(np.arange(120) < 60, 1, 10))
    test = gsadf(y, log=False, signs=True)
    draws = bootstrap_critical_values(test, replications=400, seed=3).draws
    coins = np.concatenate(
        [np.zeros((400, 1)), np.cumsum(rng.choice([-1.0, 1.0], (400, 119)), axis=1)], axis=1
    )
    fair = [gsadf(path, log=False).statistic for path in coins]
    # Two samples of 400 from one distribution: standard errors of the quantiles near .05 and .07.
    assert_allclose(np.quantile(draws, [0.5, 0.9]), np.quantile(fair, [0.5, 0.9]), atol=0.3)


@pytest.mark.slow
def test_a_thousand_walks_under_a_break_of_volatility():
    found = np.zeros(2)
    for seed in range(1000):
        rng = np.random.default_rng([seed, 11])
        y = np.cumsum(rng.standard_normal(120) * np.where(np.arange(120) > 80, 3, 1))
        for j, test in enumerate((gsadf(y, log=False, signs=True), gsadf(y, log=False))):
            found[j] += (
                bootstrap_critical_values(test, replications=99, seed=seed).p_value(test.statistic) <= 0.05
            )
    assert 30 <= found[0] <= 70
    assert found[1] <= 85  # wild random signs of the steps themselves: 4 to 7% in docs/


@pytest.mark.slow
def test_family_wise_dating_finds_an_episode_in_a_walk_at_the_nominal_rate():
    found = np.zeros(2)
    for seed in range(400):
        test = gsadf(walk(np.random.default_rng([seed, 12]), 150), log=False)
        critical = bootstrap_critical_values(test, replications=99, seed=seed)
        found[0] += bool(explosive_episodes(test, critical, familywise=True, min_duration=1))
        found[1] += bool(explosive_episodes(test, critical, min_duration=1))
    # Binomial(400, .05) exceeds 30 with probability below 1%; pointwise values find one in most walks.
    assert found[0] <= 30
    assert found[1] >= 120
