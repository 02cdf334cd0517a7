"""Cycle lengths: known cycles that stay and shorten, and what noise must not show."""

import numpy as np
import pytest
from null_series import NULL_SERIES

import earlywarning
from earlywarning.macro.cycles import _constant_cycle, cycle_length


def wave(periods, size=1.0, seed=0):
    """Levels whose changes are a sine of the given local period in noise."""
    rng = np.random.default_rng(seed)
    phase = np.cumsum(2 * np.pi / periods)
    return np.cumsum(size * np.sin(phase) + rng.standard_normal(len(periods)))


def test_a_cycle_that_stays_is_measured():
    found = cycle_length(wave(np.full(600, 20.0)), window=200, replications=99)
    assert abs(found.period.iloc[-1] - 20) < 2
    assert found.peak_p_value <= 0.05
    assert found.state == "not identified"
    assert found.to_dict()["present"] == found.period.iloc[-1]


def test_a_cycle_that_shortens_is_called_compressing():
    shortening = np.exp(np.linspace(np.log(50), np.log(6), 900))
    found = cycle_length(wave(shortening, 1.5), window=200, replications=99)
    assert found.state == "compressing"
    assert found.tau < -0.5
    assert cycle_length(wave(shortening[::-1], 1.5), window=200, replications=99).state == "lengthening"
    assert "compressing" in found._repr_html_()


def test_a_trend_of_lengths_without_a_cycle_is_not_identified():
    """Serial correlation that fades moves the strongest frequency, but no cycle stands out."""
    rng = np.random.default_rng(3)
    x, step = [0.0], 0.0
    for t in range(1200):
        step = (0.5 if t < 600 else -0.3) * step + rng.standard_normal()
        x.append(x[-1] + step)
    found = cycle_length(np.array(x), window=200, replications=99)
    assert found.tau < 0
    assert found.peak_p_value > 0.05
    assert found.state == "not identified"


def test_the_lengths_see_nothing_after_their_window():
    x = wave(np.full(600, 20.0))
    whole, cut = (cycle_length(part, window=200, replications=19, every=10) for part in (x, x[:500]))
    assert whole.period[cut.period.index].tolist() == pytest.approx(cut.period.tolist())


@pytest.mark.parametrize(
    ("options", "rule"),
    [({"window": 10}, "window"), ({"shortest": 1}, "shortest"), ({"confidence": 2}, "confidence")],
)
def test_impossible_options_are_named(options, rule):
    with pytest.raises(ValueError, match=rule):
        cycle_length(wave(np.full(600, 20.0)), **{"window": 200, **options})
    with pytest.raises(ValueError, match="vary"):
        cycle_length(np.arange(600.0), window=200)


def test_it_is_public():
    assert earlywarning.cycle_length is cycle_length


def test_the_null_holds_the_cycle_of_a_series_that_has_one():
    t = np.arange(700)
    steps = 2.0 * np.sin(2 * np.pi * t / 23.7 + 0.4)
    noise = np.random.default_rng(0).standard_normal(700)
    # Two coefficients and a frequency estimated from 700 values: a root mean square error near sqrt(3 / 700).
    assert np.std(_constant_cycle(steps + noise, 200, 4.0) - steps) < 3 * np.sqrt(3 / 700)


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.5, 1.0])
def test_a_cycle_that_stays_is_called_neither_at_more_than_the_nominal_rate(size):
    found = 0
    for seed in range(300):
        steps = size * np.sin(2 * np.pi * np.arange(800) / 20) + np.random.default_rng(seed).standard_normal(
            800
        )
        found += cycle_length(np.cumsum(steps), replications=99, seed=seed).state != "not identified"
    # Binomial(300, .05) exceeds 24 with probability below 1%; random signs alone find a trend in a tenth.
    assert found <= 24


@pytest.mark.slow
@pytest.mark.parametrize("kind", NULL_SERIES)
def test_a_thousand_series_without_a_cycle_have_none(kind):
    trend = state = 0
    for seed in range(1000):
        x = NULL_SERIES[kind](np.random.default_rng([seed, 5]), 600)
        found = cycle_length(x, window=150, every=8, replications=99, seed=seed)
        trend, state = trend + (found.p_value <= 0.05), state + (found.state != "not identified")
    # The larger of two p-values: at most the nominal rate.
    assert trend <= 70
    assert state <= 70


@pytest.mark.slow
def test_noise_shows_a_trend_of_lengths_at_the_nominal_rate():
    hits = []
    for trial in range(200):
        rng = np.random.default_rng(trial)
        x = np.cumsum(rng.standard_t(4, 600) * np.exp(0.5 * np.sin(np.arange(600) / 40)))
        found = cycle_length(x, window=150, replications=99, seed=trial)
        hits.append(found.p_value <= 0.05)
    assert np.mean(hits) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)
