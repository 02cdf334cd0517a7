import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import eigh
from scipy.signal import lfilter

from earlywarning import rolling_indicators, rolling_multivariate
from earlywarning.slowing.multivariate import COLUMNS


def series(n=400, k=4, seed=0, common=0.5):
    rng = np.random.default_rng(seed)
    shared = lfilter([1], [1, -0.9], rng.normal(size=(n, 1)), axis=0)
    return common * shared + lfilter([1], [1, -0.3], rng.normal(size=(n, k)), axis=0)


def test_last_window_by_hand():
    x, window = series(), 120
    got = rolling_multivariate(x, window, components=2).iloc[-1]
    w = x[-window:] / x[:window].std(axis=0, ddof=1)
    covariance = np.cov(w.T)
    values, vectors = np.linalg.eigh(covariance)
    assert got["largest_eigenvalue"] == pytest.approx(values[-1], rel=1e-12)
    assert got["absorption_ratio"] == pytest.approx(values[-2:].sum() / values.sum(), rel=1e-12)
    score = (w - w.mean(axis=0)) @ vectors[:, -1]
    assert got["pc1_ar1"] == pytest.approx(np.corrcoef(score[:-1], score[1:])[0, 1], rel=1e-9)
    assert got["largest_eigenvalue"] == pytest.approx(score.var(ddof=1), rel=1e-9)
    each = [rolling_indicators(w[:, i], window).iloc[-1] for i in range(4)]
    assert got["mean_ar1"] == pytest.approx(np.mean([e["ar1"] for e in each]), rel=1e-9)
    assert got["mean_variance"] == pytest.approx(np.mean([e["variance"] for e in each]), rel=1e-9)
    off = np.abs(np.corrcoef(w.T))[np.triu_indices(4, 1)]
    assert got["mean_correlation"] == pytest.approx(off.mean(), rel=1e-9)


def test_maf_is_the_slowest_direction():
    x, window = series(), 400
    got = rolling_multivariate(x, window).iloc[-1]
    w = x / x.std(axis=0, ddof=1)
    steps = np.diff(w, axis=0)
    _, directions = eigh(np.cov(steps.T), np.cov(w.T))
    score = w @ directions[:, 0]
    assert got["maf_ar1"] == pytest.approx(np.corrcoef(score[:-1], score[1:])[0, 1], rel=1e-9)
    assert got["maf_ar1"] >= max(got["pc1_ar1"], got["mean_ar1"]) - 1e-3


def test_a_common_factor_that_grows_is_absorbed():
    calm, tight = series(1500, common=0.2), series(1500, common=2.0)
    got = rolling_multivariate(np.vstack([calm, tight]), 500)
    assert got["absorption_ratio"].iloc[-1] > got["absorption_ratio"].iloc[1499] + 0.3
    assert got["largest_eigenvalue"].iloc[-1] > 3 * got["largest_eigenvalue"].iloc[1499]


def test_units_do_not_matter_and_the_future_neither():
    x = series()
    whole = rolling_multivariate(x, 100)
    assert_allclose(rolling_multivariate(x * [1, 10, 0.01, 5] + 3, 100), whole, rtol=1e-7)
    pd.testing.assert_frame_equal(rolling_multivariate(x[:250], 100), whole[:250], check_exact=True)


def test_gaps_leave_rows_out():
    x = series()
    x[50:90, 1] = np.nan
    x[200, 0] = np.nan
    got = rolling_multivariate(x, 100)
    complete = ~np.isnan(x).any(axis=1)
    pairs = np.concatenate(([0], np.cumsum(complete[1:] & complete[:-1])))
    enough = np.array([t >= 99 and pairs[t] - pairs[t - 99] >= 75 for t in range(400)])
    assert 200 < enough.sum() < 301
    np.testing.assert_array_equal(got.notna().all(axis=1), enough)
    first = np.flatnonzero(enough)[0]
    unit = x[first - 99 : first + 1][complete[first - 99 : first + 1]].std(axis=0, ddof=1)
    last = x[151:251][complete[151:251]] / unit
    assert got["mean_variance"].iloc[250] == pytest.approx(last.var(axis=0, ddof=1).mean(), rel=1e-9)


def test_what_cannot_be_computed_is_missing():
    x = series()
    x[:, 2] = 1.0
    assert rolling_multivariate(x, 100).isna().all(axis=None)
    assert rolling_multivariate(np.full((200, 3), np.nan), 100).isna().all(axis=None)
    collinear = np.column_stack([x[:, 0], x[:, 1], x[:, 0] + x[:, 1]])
    got = rolling_multivariate(collinear, 100).iloc[99:]
    assert got["maf_ar1"].isna().all()
    assert got.drop(columns="maf_ar1").notna().all(axis=None)


def test_frames_keep_their_index():
    x = pd.DataFrame(series(), index=pd.bdate_range("2000-01-03", periods=400))
    got = rolling_multivariate(x, 100)
    assert got.index.equals(x.index)
    assert tuple(got.columns) == COLUMNS


@pytest.mark.parametrize(
    "x, change, message",
    [
        (np.ones(100), {}, "at least two series"),
        (np.ones((100, 1)), {}, "at least two series"),
        (series(), {"window": 8}, "window must be a whole number of at least 9"),
        (series(), {"window": 401}, "must not exceed the 400 rows"),
        (series(), {"components": 4}, "components must lie in"),
        (series(), {"min_share": 1.5}, "min_share"),
        (np.full((100, 2), np.inf), {}, "finite or NaN"),
    ],
)
def test_errors_name_the_parameter(x, change, message):
    with pytest.raises(ValueError, match=message):
        rolling_multivariate(x, **({"window": 50} | change))
