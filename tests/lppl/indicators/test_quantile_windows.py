"""The multi-scale quantile indicator: every window and level is a quantile fit, and shares count them all."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import lppl
from lppl import Filter, Preset, SearchSpace

BOX = SearchSpace(m=(0.3, 0.7), omega=(6, 8), horizon_fraction=(0.05, 0.15))
RULES = {"narrow": Filter(m=(0.2, 0.8), damping=0.5, max_relative_error=0.05), "all": Filter()}
TINY = Preset("tiny", (60, 40), BOX, RULES)


def prices(n=70):
    t = np.arange(n)
    y = lppl.log_price(t, tc=n + 6.0, m=0.5, omega=7.0, A=0.0, B=-0.05, C1=0.002, C2=0.0)
    noise = np.random.default_rng(1).normal(scale=0.003, size=n)
    return pd.Series(np.exp(y + noise), pd.bdate_range("2010-01-01", periods=n))


def test_every_window_and_level_is_a_quantile_fit_and_all_of_them_count():
    closes = prices()
    found = lppl.quantile_confidence(closes, end=67, preset=TINY, filter="narrow", quantiles=[0.2, 0.7])
    assert (found.attempted, found.failed) == (4, 0)
    expected = []
    for q, fits in zip((0.2, 0.7), found.fits, strict=True):
        alone = [lppl.quantile_fit(closes.iloc[68 - n : 68], q, space=BOX).fit for n in TINY.lengths]
        assert_allclose(fits.horizon, [one.horizon for one in alone], atol=1e-9)
        for name in ("m", "omega", "B", "C1", "max_relative_error", "sse"):
            assert_allclose(getattr(fits, name), [getattr(one, name) for one in alone], rtol=1e-9)
        good = [0.2 <= f.m <= 0.8 and f.damping >= 0.5 and f.max_relative_error <= 0.05 for f in alone]
        up = [one.B < 0 for one in alone]
        expected.append((np.mean(np.logical_and(good, up)), np.mean(np.greater(good, up))))
        errors = closes.to_numpy()[8:68], np.exp(alone[0].curve(np.arange(60.0)))
        assert_allclose(fits.max_error[0], np.abs(np.log(errors[0] / errors[1])).max(), rtol=1e-9)
    assert_allclose(found.shares, expected)
    assert_allclose([found.positive, found.negative], np.mean(expected, axis=0))
    assert found.to_frame()["positive"].tolist() == [one[0] for one in found.shares]
    assert "4 fits" in found._repr_html_() and found.to_dict()["attempted"] == 4
    mirrored = lppl.quantile_confidence(
        1.0 / closes, end=67, preset=TINY, filter="all", lengths=[40], quantiles=[0.5]
    )
    assert (mirrored.negative, mirrored.attempted) == (1.0, 1)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"filter": "strict"}, "filter must be one of narrow, all, got 'strict'"),
        ({"quantiles": [0.5, 1.0]}, r"quantiles must lie inside \(0, 1\), at least one, got"),
        ({"end": 30}, "prices must fill the shortest window of 40, got 31"),
    ],
)
def test_bad_requests(change, match):
    with pytest.raises(ValueError, match=match):
        lppl.quantile_confidence(prices(), **{"preset": TINY, "filter": "all"} | change)
