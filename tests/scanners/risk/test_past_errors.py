"""Past errors of the volatility that was expected: what had come by then, and what it does to a chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from scanners.risk.chances import described
from scanners.risk.closes import closes
from scanners.risk.coefficients import shipped
from scanners.risk.past_errors import mean_so_far
from scanners.risk.surface import NAMES, trend_terms, volatility_terms
from scanners.risk.volatility import FEWEST, features


def walk(n=1200, seed=3):
    rng = np.random.default_rng(seed)
    y = np.cumsum(0.012 * rng.standard_t(5, n))
    return pd.Series(np.exp(y), index=pd.bdate_range("1985-01-01", periods=n))


def slow_error(prices, at, asset_class):
    """Return the term at one place as its definition reads, one earlier place after the other."""
    y, errors = np.log(prices.to_numpy()), []
    for place in range(604, at - 59, 21):
        found = features(y[: place + 1]).select(np.array([-1]))
        surface = shipped().on(np.array([prices.index[place].year]), asset_class)
        coefficients = dict(zip(NAMES, surface.coefficients[0], strict=True))
        terms = volatility_terms(found, surface.means)[0]
        names = ("level", "e94", "a97", "a99", "vl", "vlr", "ratio", "recent", "peak")
        log = np.log(60 / 70)
        expected = sum(
            (coefficients[name] + log * coefficients[f"{name}_h"]) * term
            for name, term in zip(names, terms[:-1], strict=True)
        )
        came = 0.5 * np.log(np.mean(np.diff(y[place : place + 61]) ** 2))
        errors.append(came - expected)
    return sum(errors) / (len(errors) + 60)


def test_the_term_is_what_its_definition_says():
    prices = walk()
    found, _ = described(closes(prices), np.array([1100, 700, 603]) - FEWEST, shipped(), "commodity")
    told = [slow_error(prices, at, "commodity") for at in (1100, 700, 603)]
    assert_allclose(found.error, told, rtol=1e-9)
    assert found.error[2] == 0.0


def test_errors_whose_horizon_has_not_passed_and_unknown_ones_do_not_count():
    error, place = np.array([0.6, np.nan, 0.6]), np.array([0, 21, 42])
    assert_allclose(
        mean_so_far(error, place, np.array([59, 60, 81, 101, 102])),
        [0, 0.6 / 61, 0.6 / 61, 0.6 / 61, 1.2 / 62],
    )


def test_a_series_that_was_wilder_than_expected_is_stated_as_more_dangerous():
    some, _ = described(closes(walk()), np.array([1000]), shipped(), None)
    surface, horizons = shipped().on(np.array([2019]), None), np.array([20.0, 60.0, 120.0, 250.0])
    loss = np.broadcast_to(-np.log1p(-np.array([0.1, 0.2])), (1, 4, 2))
    calm, wild = (
        surface.chances(
            loss, horizons, surface.volatility(replace(some, error=np.array([error]))), trend_terms(some)
        )
        for error in (0.0, 0.2)
    )
    assert (wild > calm).all()
