"""What a forecast promises: exact factors, no look-ahead, refusals in words."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from scanners.risk import fall_risk, history
from scanners.risk.chances import odds


def series(n=900, seed=5, scale=0.012):
    rng = np.random.default_rng(seed)
    y = 4.6 + np.cumsum(scale * rng.standard_t(5, n))
    return pd.Series(np.exp(y), index=pd.bdate_range("1990-01-01", periods=n))


def test_factors_multiply_to_the_odds_against_usual():
    found = fall_risk(series(), confidence=0.3)
    product = np.prod([table.to_numpy() for table in found.factors.values()], axis=0)
    assert_allclose(product, odds(found.table) / odds(found.usual), rtol=1e-12)
    assert (found.low <= found.table).all(axis=None) and (found.table <= found.high).all(axis=None)


def test_a_forecast_reads_nothing_after_its_date_and_history_says_the_same():
    prices = series()
    shape = pd.Series(np.linspace(0, 0.5, len(prices)), index=prices.index)
    told = history(prices, step=37, confidence=shape)
    for date in told.index[[0, 1, 9, -1]]:
        cut = fall_risk(prices[:date], confidence=shape[date], sizes=(5, 10, 20, 30, "1.5s"))
        whole = fall_risk(prices, date, confidence=shape[date])
        np.testing.assert_array_equal(cut.table, whole.table)
        for name, table in (("p", cut.table), ("usual", cut.usual)):
            row = [told.at[date, f"{name}_{size}_{later}"] for size in table.index for later in table.columns]
            np.testing.assert_array_equal(row, table.to_numpy().ravel())


def test_the_bubble_raises_the_first_sixty_sessions_and_the_share_of_them_in_later_ones():
    without, with_shape = fall_risk(series(), confidence=0.0), fall_risk(series(), confidence=0.3)
    assert (without.factors["bubble"] == 1.0).all(axis=None)
    ratio = with_shape.factors["bubble"].loc[10]
    assert_allclose(ratio[20], ratio[60], rtol=1e-9)
    assert ratio[60] > ratio[120] > ratio[250] > 1.0


def test_an_unknown_shape_is_said_and_changes_nothing():
    found = fall_risk(series(), confidence=np.nan)
    assert "not known" in found.note
    np.testing.assert_array_equal(found.table, fall_risk(series(), confidence=0.0).table)


def test_the_confidence_is_computed_where_it_is_not_given():
    prices = series(640)
    found = fall_risk(prices)
    assert 0.0 <= found.confidence <= 1.0
    assert np.isnan(fall_risk(prices[:500]).confidence)


@pytest.mark.parametrize(
    ("prices", "status"),
    [
        (series(60), "insufficient_data"),
        (series(300)[::5], "not_daily"),
        (pd.Series(np.full(400, 7.0)), "thin"),
    ],
)
def test_refused_in_words(prices, status):
    if status == "not_daily":
        prices = series(3000)[::5]
    found = fall_risk(prices, confidence=np.nan)
    assert found.status == status and found.note
    assert found.table.isna().all(axis=None)
    assert found.note in found.sentence(10, 60)


def test_young_series_are_answered_with_a_warning():
    found = fall_risk(series(61), confidence=np.nan, asset_class="crypto")
    assert found.status == "ok" and "little skill" in found.note


def test_wrong_input_names_the_parameter():
    with pytest.raises(ValueError, match="confidence"):
        fall_risk(series(), confidence=1.5)
    with pytest.raises(ValueError, match="horizons"):
        fall_risk(series(), horizons=(60, 20), confidence=0.0)
    with pytest.raises(ValueError, match="sizes"):
        fall_risk(series(), sizes=("2x",), confidence=0.0)
    with pytest.raises(ValueError, match="positive"):
        fall_risk(-series(), confidence=0.0)
    with pytest.raises(ValueError, match="step"):
        history(series(), step=0)


def test_plain_values_and_a_sentence():
    found = fall_risk(series(), confidence=0.3)
    assert set(found.to_dict()["chance"]) >= {"10_60", "1.5s_250"}
    assert "within 120 sessions" in found.sentence(20, 120)
    assert "Chance of a fall" in found._repr_html_()
