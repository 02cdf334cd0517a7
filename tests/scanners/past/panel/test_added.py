"""What evidence adds: recovered where there is something, nothing where it is noise, none read too early."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from scanners.past.panel.added import gain, lift, logit_fit


def panel(rng, effect, years=60, a_year=240):
    """Return dates, falls, stated chances and a piece of evidence whose log odds are ``effect``."""
    n = years * a_year
    days = np.sort(pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, years * 365, n), unit="D"))
    chance, evidence = rng.uniform(0.05, 0.4, n), (rng.random(n) < 0.15).astype(float)
    log_odds = np.log(chance / (1 - chance)) + effect * evidence
    return np.asarray(days), (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float), chance, evidence


def test_a_real_effect_is_found_with_its_size():
    days, fell, chance, evidence = panel(np.random.default_rng(0), effect=0.8)
    found = gain(days, fell, chance, evidence, sessions=60, draws=199)
    assert abs(found.coefficient - 0.8) < 0.2  # standard error about .06 with 2,000 looks with the evidence
    assert found.log_interval[0] > 0
    assert found.brier_interval[0] > 0
    with_it = lift(days, fell, chance, np.full(len(fell), fell.mean()), evidence > 0, draws=199)
    assert with_it.interval[0] > 1.3
    assert_allclose(with_it.observed / with_it.expected, with_it.ratio, rtol=1e-12)
    assert_allclose(with_it.relative, with_it.ratio * chance.sum() / fell.sum(), rtol=1e-12)
    doubled = lift(days, fell, chance / 2, np.full(len(fell), fell.mean()), evidence > 0, draws=199)
    assert_allclose(doubled.relative_interval, with_it.relative_interval, rtol=1e-12)


@pytest.mark.ci
def test_noise_has_a_factor_of_one_with_the_stated_coverage():
    rng, covered, gained, runs = np.random.default_rng(1), 0, 0, 60
    for _ in range(runs):
        days, fell, chance, evidence = panel(rng, effect=0.0, years=50, a_year=120)
        told = lift(days, fell, chance, chance, evidence > 0, draws=199)
        covered += told.interval[0] <= 1 <= told.interval[1]
        gained += gain(days, fell, chance, evidence, sessions=60, draws=199).log_interval[0] > 0
    assert covered / runs > 0.95 - 4 * np.sqrt(0.05 * 0.95 / runs)
    assert gained / runs < 0.05 + 4 * np.sqrt(0.05 * 0.95 / runs)


def test_a_block_is_scored_by_what_was_known_before_it():
    days, fell, chance, evidence = panel(np.random.default_rng(2), effect=0.5, years=40)
    early = days < np.datetime64("1984-01-01")
    whole = gain(days, fell, chance, evidence, sessions=60, draws=19)
    flipped = np.where(days >= np.datetime64("1985-01-01"), 1 - fell, fell)
    start = gain(days[early], fell[early], chance[early], evidence[early], sessions=60, draws=19)
    again = gain(days[early], flipped[early], chance[early], evidence[early], sessions=60, draws=19)
    assert start == again
    assert whole.looks > start.looks


def test_dates_that_are_not_known_yet_are_left_out():
    days, fell, chance, evidence = panel(np.random.default_rng(3), effect=0.5)
    unknown = np.where(np.arange(len(fell)) % 3 == 0, np.nan, fell)
    known = np.isfinite(unknown)
    some = gain(days, unknown, chance, evidence, sessions=60, draws=19)
    assert some == gain(days[known], fell[known], chance[known], evidence[known], sessions=60, draws=19)
    assert lift(days, np.full(len(fell), np.nan), chance, chance, evidence > 0) is None


def test_logit_coefficients_are_those_of_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(2000), rng.normal(size=(2000, 2))])
    y = (rng.random(2000) < 1 / (1 + np.exp(-(x @ [-1.0, 0.7, -0.3])))).astype(float)
    assert_allclose(logit_fit(x, y), sm.Logit(y, x).fit(disp=0).params, atol=1e-4)  # the ridge shows below
