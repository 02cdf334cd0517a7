"""Chances keep their order whatever the series: larger falls rarer, longer horizons likelier."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scanners.risk import fall_risk, history
from scanners.risk.state import Rules, level, risk, triggers

SIZES = (1, 2, 5, 7.5, 10, 15, 20, 25, 30, 50)
HORIZONS = (5, 10, 20, 21, 40, 59, 60, 61, 90, 120, 180, 250)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    scale=st.floats(0.0005, 0.08),
    tilt=st.floats(-2.0, 2.0),
    n=st.integers(61, 900),
    confidence=st.floats(0.0, 1.0),
)
def test_chances_and_usual_keep_their_order(seed, scale, tilt, n, confidence):
    rng = np.random.default_rng(seed)
    returns = scale * (rng.standard_t(4, n) * np.exp(rng.normal(0, 0.5)) + tilt / 16)
    prices = pd.Series(np.exp(np.cumsum(returns)), index=pd.bdate_range("1985-01-01", periods=n))
    found = fall_risk(prices, confidence=confidence, sizes=SIZES, horizons=HORIZONS)
    for table in (found.table, found.usual):
        values = table.to_numpy()
        assert ((values >= 0) & (values <= 1)).all()
        assert (np.diff(values, axis=0) <= 1e-12).all()
        assert (np.diff(values, axis=1) >= -1e-12).all()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), confidence=st.floats(0.0, 1.0))
def test_sizes_and_horizons_in_between_do_not_depend_on_what_else_is_asked(seed, confidence):
    rng = np.random.default_rng(seed)
    prices = np.exp(np.cumsum(0.01 * rng.standard_normal(700)))
    whole = fall_risk(prices, confidence=confidence, sizes=SIZES, horizons=HORIZONS)
    one = fall_risk(prices, confidence=confidence, sizes=(15,), horizons=(90,))
    assert one.table.loc[15, 90] == whole.table.loc[15, 90]


def test_history_does_not_read_ahead():
    rng = np.random.default_rng(12)
    prices = pd.Series(
        np.exp(np.cumsum(0.012 * rng.standard_t(5, 1200))), index=pd.bdate_range("1995-01-02", periods=1200)
    )
    shape = pd.Series(rng.random(1200) / 2, index=prices.index)
    whole = history(prices, confidence=shape, step=1)
    cut = history(prices.iloc[:800], confidence=shape, step=1)
    pd.testing.assert_frame_equal(whole.loc[cut.index], cut, rtol=0, atol=0)


def test_a_unit_of_price_changes_nothing():
    rng = np.random.default_rng(13)
    prices = np.exp(np.cumsum(0.01 * rng.standard_normal(500)))
    a, b = (fall_risk(scale * prices, confidence=0.2).table for scale in (1.0, 1000.0))
    assert_allclose(a, b, rtol=1e-9)


def test_levels_are_functions_of_one_row():
    row = {"C3": 0.0, "run_up": 0.2, "fomo": False, "z250": 0.5}
    assert level(row) == "calm"
    assert level({**row, "fomo": True}) == level({**row, "z250": 2.0}) == "watch"
    assert level({**row, "C3": 0.2}) == "warning"
    assert level({**row, "C3": 0.1, "run_up": 1.0}) == "critical"
    assert level({**row, "C3": 0.3}) == "critical"
    assert level({**row, "C3": float("nan"), "run_up": 1.5}) == "calm"
    none = Rules(run_up=0.0, stretched=0.0)
    assert level({**row, "C3": 0.1, "run_up": 9.0, "z250": 9.0}, none) == "calm"
    both = triggers({**row, "C3": 0.3, "run_up": 1.0, "fomo": True})
    assert [(one.level, one.by) for one in both] == [
        ("critical", "shape"),
        ("critical", "run_up"),
        ("watch", "fomo"),
    ]


def test_risks_are_functions_of_chance_and_usual():
    assert risk(0.1, 0.1) == "usual"
    assert risk(0.16, 0.1) == "raised"
    assert risk(0.2, 0.1) == "high"
    assert risk(0.5, 0.4) == "high"
    assert risk(0.2, 0.1, Rules(high=3.0)) == "raised"
    assert risk(float("nan"), 0.1) is None


def test_the_risk_of_a_history_is_judged_by_the_fall_of_its_class():
    prices = pd.Series(np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, 700))))
    known = pd.Series(0.0, index=prices.index)
    kinds = (("equity_index", "10_60"), ("currency", "5_60"))
    for kind, cell in kinds:
        found = history(prices, step=50, confidence=known, asset_class=kind)
        expected = [risk(*row) for row in found[[f"p_{cell}", f"usual_{cell}"]].to_numpy()]
        assert found["risk"].tolist() == expected
