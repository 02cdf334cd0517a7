"""Edges of the library: what cannot be computed is a ValueError that names parameter, rule and value."""

import numpy as np
import pytest

import lppl

RNG = np.random.default_rng(0)
WALK = np.exp(4 + 0.01 * RNG.standard_normal(200).cumsum())
FITTED = lppl.fit(WALK)


@pytest.mark.parametrize("growth", [0.01, 0.05, np.log(2) / 7])
@pytest.mark.parametrize("n", [60, 200])
def test_an_exact_exponential_has_a_critical_time_by_rounding_or_none(growth, n):
    """Whether the last digits bend is up to rounding; where they do not, the error says so."""
    try:
        lppl.critical_time(np.exp(growth * np.arange(n)), lengths=[50])
    except ValueError as error:
        assert type(error) is ValueError and "prices must bend or swing" in str(error)


@pytest.mark.parametrize("space", ["daily", 3, {}, (1, 2)])
@pytest.mark.parametrize(
    "call",
    [
        lambda space: lppl.fit(WALK, space=space),
        lambda space: lppl.fit_windows(WALK, lengths=[100], space=space),
        lambda space: lppl.critical_time(WALK, lengths=[100], space=space),
        lambda space: lppl.bubble_start(WALK, space=space),
        lambda space: lppl.fit_antibubble(WALK, space=space),
        lambda space: lppl.quantile_fit(WALK, space=space),
        lambda space: lppl.residual_tests(FITTED, WALK, space=space, resamples=2),
        lambda space: lppl.log_periodicity(FITTED, WALK, space=space, resamples=2),
    ],
)
def test_a_box_is_a_search_space(call, space):
    with pytest.raises(ValueError, match="space must be a SearchSpace such as"):
        call(space)


@pytest.mark.parametrize("lengths", [100, "100", None])
def test_lengths_are_a_list(lengths):
    with pytest.raises(ValueError, match="lengths must be"):
        lppl.fit_windows(WALK, lengths=lengths)


@pytest.mark.parametrize("n", range(2, 16))
def test_few_prices_give_results_or_say_how_many_are_needed(n):
    prices = WALK[:n]
    calls = [
        lambda: lppl.fit(prices),
        lambda: lppl.critical_time(prices, lengths=[n]),
        lambda: lppl.bubble_start(prices),
        lambda: lppl.null_paths(prices, "garch", 2, 0),
        lambda: lppl.quantile_fit(prices),
        lambda: lppl.residual_tests(lppl.fit(prices), prices, resamples=2),
        lambda: lppl.residual_tests(lppl.fit(prices), prices, resamples=2, lags=(n - 7) // 2),
        lambda: lppl.log_periodicity(lppl.fit(prices), prices, resamples=2),
    ]
    for call in calls:
        try:
            call()
        except ValueError as error:
            assert type(error) is ValueError, error
