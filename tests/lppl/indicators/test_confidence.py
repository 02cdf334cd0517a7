"""Confidence, trust and history: definitions, denominators, determinism."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import lppl
from lppl import Filter, Preset, SearchSpace

LENGTHS = (160, 140, 120)
SMALL = Preset(
    "small",
    LENGTHS,
    SearchSpace(m=(0, 1), omega=(3, 15)),
    {
        "loose": Filter(m=(0, 1), horizon_fraction=(-0.2, 0.2)),
        "strict": Filter(
            m=(0.1, 0.9), omega=(4, 12), horizon_fraction=(0, 0.2), damping=0.5, oscillations=1.0
        ),
    },
)


def bubble(sign=1, n=200, seed=0):
    """A clear bubble that ends 12 steps after the data."""
    t = np.arange(n)
    y = lppl.log_price(t, tc=n + 12.0, m=0.5, omega=7.0, A=0.0, B=-0.05, C1=0.003, C2=0.0)
    noise = np.random.default_rng(seed).normal(scale=0.002, size=n)
    return pd.Series(np.exp(sign * y + noise), pd.bdate_range("2010-01-01", periods=n))


def test_filters_apply_their_rules_to_every_window():
    fits = lppl.fit_windows(bubble(), lengths=LENGTHS, space=SMALL.space)
    span = fits.t2 - fits.t1
    rule = SMALL.filters["strict"]
    expected = [
        0.1 <= m <= 0.9 and 4 <= w <= 12 and 0 <= h <= 0.2 * s and d >= 0.5 and o >= 1.0
        for m, w, h, s, d, o in zip(
            fits.m, fits.omega, fits.horizon, span, fits.damping, fits.oscillations(), strict=True
        )
    ]
    assert rule.passes(fits).tolist() == expected
    assert any(expected)


def test_strict_bounds_do_not_pass_themselves():
    fits = lppl.fit_windows(bubble(), lengths=LENGTHS, space=SMALL.space)
    m = float(fits.m[0])
    assert Filter(m=(m, 1.0)).passes(fits)[0]
    assert not Filter(m=(m, 1.0), strict=True).passes(fits)[0]


def test_half_periods_are_twice_the_full_ones():
    fits = lppl.fit_windows(bubble(), lengths=LENGTHS, space=SMALL.space)
    assert_allclose(fits.oscillations("half"), 2 * fits.oscillations("full"))
    with pytest.raises(ValueError, match="convention must be 'full' or 'half', got 'both'"):
        fits.oscillations("both")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clear_bubble_has_full_confidence_on_its_side(sign):
    fits = lppl.fit_windows(bubble(sign), lengths=LENGTHS, space=SMALL.space)
    result = lppl.confidence(fits, SMALL.filters["strict"])
    one, other = (result.positive, result.negative) if sign > 0 else (result.negative, result.positive)
    assert (one, other) == (1.0, 0.0)
    assert (result.attempted, result.failed) == (3, 0)
    assert_allclose(result.tc_quantiles[2], 13.0, atol=3.0)  # tc is 13 steps after the last price; noise 0.2%


def test_windows_that_failed_stay_in_the_denominator():
    prices = bubble()
    prices.iloc[-140:] = prices.iloc[-140]
    fits = lppl.fit_windows(prices, lengths=LENGTHS, space=SMALL.space)
    assert fits.success.tolist() == [True, False, False]
    result = lppl.confidence(fits, Filter())
    assert (result.attempted, result.failed) == (3, 2)
    assert_allclose(result.positive + result.negative, 1 / 3)


def test_history_says_for_each_date_what_was_known_then():
    prices = bubble()
    frame = lppl.confidence_history(prices, preset=SMALL, start=170, step=7)
    assert frame.index[-1] == prices.index[-1]
    for date, row in frame.iterrows():
        fits = lppl.fit_windows(prices[:date], lengths=LENGTHS, space=SMALL.space)
        for name, rule in SMALL.filters.items():
            result = lppl.confidence(fits, rule)
            assert (row[f"{name}_positive"], row[f"{name}_negative"]) == (result.positive, result.negative)
        assert row["attempted"] == 3
    first = lppl.confidence(
        lppl.fit_windows(prices, lengths=LENGTHS, space=SMALL.space), SMALL.filters["loose"]
    )
    assert_allclose(frame.filter(like="tc_").iloc[-1], first.tc_quantiles)


@pytest.mark.ci
def test_history_is_the_same_with_two_workers():
    prices = bubble()
    alone = lppl.confidence_history(prices, preset=SMALL, start=185)
    parallel = lppl.confidence_history(prices, preset=SMALL, start=185, n_jobs=2)
    pd.testing.assert_frame_equal(alone, parallel, check_exact=True)


def test_history_is_the_same_with_other_presets():
    prices = bubble()
    alone = lppl.confidence_history(prices, preset=SMALL, start=185)
    other = dataclasses.replace(SMALL, name="other", lengths=(150, 120))
    both = lppl.confidence_history(prices, preset=[SMALL, other], start=185)
    pd.testing.assert_frame_equal(alone, both["small"], check_exact=True, check_names=False)
    assert set(both["other"]["attempted"]) == {2}


def test_short_history_attempts_the_windows_it_can_fill():
    frame = lppl.confidence_history(bubble(), preset=SMALL, end=145, step=10)
    assert frame["attempted"].tolist() == [1, 1, 2]


def test_history_reports_progress():
    seen = []
    lppl.confidence_history(bubble(), preset=SMALL, start=189, progress=lambda *done: seen.append(done))
    assert seen == [(8, 11), (11, 11)]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"step": 0}, "step must be at least 1, got 0"),
        ({"preset": "nobody"}, "preset must be one of daily, .*, got 'nobody'"),
        ({"preset": []}, "preset must name at least one preset"),
        ({"end": 100}, r"start\.\.end must hold a date with 120 prices up to it"),
    ],
)
def test_bad_history_requests(change, match):
    with pytest.raises(ValueError, match=match):
        lppl.confidence_history(bubble(), **({"preset": SMALL} | change))


@pytest.mark.ci
def test_trust_is_the_same_with_two_workers():
    tiny = dataclasses.replace(SMALL, lengths=(130, 120))
    one, two = (
        lppl.trust(bubble(), preset=tiny, filter="strict", resamples=12, seed=3, n_jobs=n) for n in (1, 2)
    )
    assert one == two


def test_trust_is_high_for_a_clear_bubble_and_repeats():
    tiny = dataclasses.replace(SMALL, lengths=(130, 120))
    first = lppl.trust(bubble(), preset=tiny, filter="strict", resamples=12, seed=3)
    assert first.positive > 0.9 and first.negative == 0.0
    assert first == lppl.trust(bubble(), preset=tiny, filter="strict", resamples=12, seed=3)
    alone = lppl.trust(
        bubble(), preset=dataclasses.replace(tiny, lengths=(120,)), filter="strict", resamples=12, seed=3
    )
    assert alone.shares[0] == first.shares[1]


def test_trust_is_low_where_nothing_is_to_be_trusted():
    walk = pd.Series(np.exp(np.random.default_rng(1).normal(scale=0.01, size=200).cumsum()))
    tiny = dataclasses.replace(SMALL, lengths=(130, 120))
    assert lppl.trust(walk, preset=tiny, filter="strict", resamples=12).positive < 0.5


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"filter": "end"}, "filter must be one of loose, strict, got 'end'"),
        ({"resamples": 0}, "resamples must be at least 1, got 0"),
        ({"end": 50}, "prices must fill the shortest window of 120, got 51"),
    ],
)
def test_bad_trust_requests(change, match):
    with pytest.raises(ValueError, match=match):
        lppl.trust(bubble(), **({"preset": SMALL, "filter": "loose"} | change))


PUBLISHED = {
    "shanghai_2015": (126, 750, 125, "full"),
    "shu_zhu_2019": (125, 650, 30, "half"),
    "gabauer_2022_short": (31, 90, 30, "full"),
    "gabauer_2022_medium": (106, 300, 90, "full"),
    "gabauer_2022_long": (223, 744, 300, "full"),
    "daily": (26, 750, 125, "full"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_presets_hold_the_published_windows(name):
    preset = lppl.PRESETS[name]
    windows, longest, shortest, convention = PUBLISHED[name]
    assert len(preset.lengths) == windows
    assert (max(preset.lengths), min(preset.lengths)) == (longest, shortest)
    assert preset.oscillation_convention == convention
    assert all(rule.convention == convention for rule in preset.filters.values())
    assert preset.source


def test_horizons_of_the_multi_scale_preset_are_the_published_intersection():
    low, high = lppl.PRESETS["gabauer_2022_long"].space.horizons(np.array([100.0, 700.0]))
    assert_allclose(low, [-50, -60])
    assert_allclose(high, [50, 252])


def test_what_lies_before_the_windows_does_not_decide_on_a_bound():
    fits = lppl.fit_windows(bubble(), lengths=LENGTHS, space=lppl.SearchSpace(horizon_fraction=(0.01, 0.03)))
    assert (fits.at_tc == 1).all()
    inclusive, strict = Filter(horizon_fraction=(0, 0.03)), Filter(horizon_fraction=(0, 0.03), strict=True)
    for before in range(0, 12000, 701):
        moved = dataclasses.replace(fits, t1=fits.t1 + before, t2=fits.t2 + before, tc=fits.tc + before)
        assert inclusive.passes(moved).all() and not strict.passes(moved).any()
