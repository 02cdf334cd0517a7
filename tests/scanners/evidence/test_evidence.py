"""Evidence is what its parts say it is, and comes from nothing after the as-of date."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import earlywarning
import lppl
from scanners.evidence import series_fits
from scanners.evidence.bifurcation import condense, measure
from scanners.evidence.confidence_memory import Memory
from scanners.evidence.gathering import gather
from scanners.past.panel.pass_rows import bifurcation_rows

TOP = "2000-03-10"


def bifurcation(closes):
    return condense(measure(pd.Series(closes)))


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")


@pytest.fixture(scope="module")
def top(nasdaq):
    return gather(nasdaq, TOP, "shanghai_2015")


def test_nothing_after_the_date_is_seen(nasdaq, top):
    evidence, workings = top
    cut, cut_workings = gather(nasdaq[:TOP], TOP, "shanghai_2015")
    assert cut == evidence
    assert np.array_equal(cut_workings.fits.windows.tc, workings.fits.windows.tc)
    rewritten = nasdaq.copy()
    rewritten[rewritten.index > TOP] = 1.0
    assert gather(rewritten, TOP, "shanghai_2015")[0] == evidence


def test_consensus_is_the_mean_over_filters_and_three_sessions(nasdaq, top):
    seen, daily = nasdaq[:TOP], lppl.PRESETS["daily"]
    by_day = []
    for back in (2, 1, 0):
        prices = seen.iloc[: len(seen) - back]
        windows = lppl.fit_windows(prices, lengths=daily.lengths, space=daily.space)
        by_day.append(np.mean([lppl.confidence(windows, rule).positive for rule in daily.filters.values()]))
    bubble = top[0].bubble
    assert_allclose(bubble.consensus, by_day[-1], rtol=1e-12)
    assert_allclose(bubble.consensus_3day, np.mean(by_day), rtol=1e-12)
    assert (bubble.windows_available, bubble.windows_total) == (26, 26)
    assert len(daily.filters) == 4


def test_windows_shared_with_the_preset_are_those_fitted_alone(nasdaq, top):
    """The consensus does not depend on which preset stands beside it, to the bit."""
    alone = gather(nasdaq, TOP, "gabauer_2022_long")[0].bubble  # another box: nothing can be shared
    for name in ("consensus", "consensus_negative", "consensus_3day", "consensus_3day_negative"):
        assert getattr(top[0].bubble, name) == getattr(alone, name)


def test_what_is_told_is_of_the_windows_and_filters_that_decide(top):
    evidence, workings = top
    bubble = evidence.bubble
    assert (bubble.preset, bubble.attempted) == ("daily", 26) and len(bubble.confidence) == 4
    shares = [share["positive"] for share in bubble.confidence.values()]
    assert np.mean(shares) == pytest.approx(bubble.consensus, abs=1e-12) and bubble.consensus > 0.3
    passing = np.array(list(workings.fits.passed.values())) & (workings.fits.windows.direction > 0)
    assert (workings.fits.qualified == passing.any(axis=0)).all()
    assert passing.sum() / passing.size == pytest.approx(bubble.consensus, abs=1e-12)


def test_a_published_preset_stands_beside_and_decides_nothing(top, nasdaq):
    evidence, workings = top
    beside, fits = evidence.bubble.published, workings.fits.published
    assert (beside.preset, beside.attempted) == ("shanghai_2015", 126)
    assert set(beside.confidence) == {"early_warning", "end_flag"}
    assert beside.confidence["end_flag"]["positive"] > 0.1 and beside.confidence["end_flag"]["negative"] == 0
    assert beside.critical_time.windows == fits.qualified.sum()
    alone, others = gather(nasdaq, TOP, "daily", tested=False)
    assert replace(evidence.bubble, published=None) == alone.bubble and others.fits.published is None
    assert "published" not in alone.to_dict()["bubble"]


def test_the_side_is_that_of_the_larger_share():
    # One window up passes all four filters, two windows down one each: C is larger upward.
    passed = np.array([[True, True, False], [True, False, True], [True, False, False], [True, False, False]])
    chosen = series_fits._of_larger_share(passed, np.array([1, -1, -1]))
    assert chosen.tolist() == [True, False, False]


def test_critical_time_summarises_the_windows_that_qualify(nasdaq, top):
    evidence, workings = top
    time, fits = evidence.bubble.critical_time, workings.fits
    windows = fits.windows
    assert time.windows == fits.qualified.sum() > 0
    assert (windows.direction[fits.qualified] == 1).all()
    assert time.low <= time.median <= time.high
    median = np.median(windows.tc[fits.qualified])
    assert abs(nasdaq.index.get_loc(time.median) - median) <= 0.5
    assert evidence.bubble.fit["length"] == windows.length[fits.qualified].max()


def test_data_is_described_and_hashed(nasdaq, top):
    data = top[0].data
    assert (data.first, data.last, data.close, data.age) == ("1994-01-03", TOP, 5048.62, 0)
    assert data.sessions == len(nasdaq[:TOP])
    changed = nasdaq.copy()
    changed.iloc[5] += 0.01
    assert gather(changed, "1995-01-03", "shanghai_2015")[0].data.sha256 != data.sha256


def test_age_counts_weekdays():
    prices = pd.Series([10.0, 11, 12], index=pd.to_datetime(["2000-03-08", "2000-03-09", TOP]))
    assert gather(prices, "2000-03-12", "shanghai_2015")[0].data.age == 1  # Friday's bar, seen on Sunday
    assert gather(prices, "2000-03-20", "shanghai_2015")[0].data.age == 6


def test_short_history_leaves_parts_out(nasdaq):
    evidence, workings = gather(nasdaq.iloc[:126], "1994-12-31", "shanghai_2015")
    assert workings.fits is None and workings.measured is None
    assert (evidence.bubble, evidence.momentum, evidence.bifurcation) == (None, None, None)
    evidence, workings = gather(nasdaq.iloc[:127], "1994-12-31", "shanghai_2015")
    assert evidence.bubble.windows_available == 1
    assert len(workings.fits.windows) == 1


def test_closes_that_are_not_positive_stop_the_computation(nasdaq):
    prices = nasdaq.copy()
    prices.iloc[3] = -36.98
    evidence, workings = gather(prices, TOP, "shanghai_2015")
    assert (evidence.data.non_positive, evidence.bubble, workings.fits) == (1, None, None)


def test_no_prices_up_to_the_date(nasdaq):
    with pytest.raises(ValueError, match="no prices up to 1900-01-01: the series starts 1994-01-03"):
        gather(nasdaq, "1900-01-01", "shanghai_2015")


def test_bifurcation_is_what_the_library_finds_in_750_log_prices(nasdaq):
    closes = nasdaq[:TOP].to_numpy()
    got = bifurcation(closes)
    levels = np.log(closes[-750:])
    residuals = earlywarning.detrend(levels, "gaussian", 50)[-250:]
    assert got.sessions == 750
    assert_allclose(got.trends.variance, np.var(residuals, ddof=1), rtol=1e-9)
    assert_allclose(got.trends.ar1, np.corrcoef(residuals[:-1], residuals[1:])[0, 1], rtol=1e-9)
    root = got.explosive
    assert root.statistic == earlywarning.bsadf(closes[-750:]).statistic
    critical = earlywarning.critical_values(750, "bsadf")
    assert (root.critical_95, root.critical_99) == (critical.at(0.95), critical.at(0.99))
    assert root.statistic > root.critical_99 and root.rising and root.p_value <= 0.01
    drift = earlywarning.portrait(levels, n_null=0)
    assert got.portrait.margin is None or got.portrait.margin == drift.margin
    assert not got.portrait.identified and 0.05 < got.portrait.p_value <= 1


def test_bifurcation_depends_on_the_last_750_closes_alone(nasdaq):
    closes = nasdaq[:TOP].to_numpy()
    assert bifurcation(closes) == bifurcation(closes[-750:].copy())
    assert bifurcation(closes[-749:]) != bifurcation(closes)
    assert bifurcation(closes[:500]).sessions == 500
    dates = pd.bdate_range("2000-01-03", periods=499)
    assert gather(pd.Series(closes[:499], dates), "2002-01-01", "daily")[0].bifurcation is None


def test_a_quiet_root_needs_no_bootstrap(nasdaq):
    root = bifurcation(nasdaq[:"1998-10-08"].to_numpy()).explosive
    assert root.statistic < root.critical_95 and root.p_value is None and not root.rising


def test_what_is_known_of_the_sessions_before_changes_no_number(nasdaq, monkeypatch):
    asked = []
    fit_together = series_fits.fit_together

    def counted(series, lengths, *how, **what):
        asked.append(sum(map(len, lengths)))
        return fit_together(series, lengths, *how, **what)

    monkeypatch.setattr(series_fits, "fit_together", counted)
    days = ["2000-03-08", "2000-03-09", TOP]
    alone = [gather(nasdaq, day, "daily", tested=False)[0] for day in days]
    known = {
        found.data.sha256: (found.bubble.consensus, found.bubble.consensus_negative) for found in alone[:2]
    }
    assert gather(nasdaq, TOP, "daily", tested=False, known=known)[0] == alone[2]
    yesterday = Memory()
    assert gather(nasdaq, days[1], "daily", tested=False, memory=yesterday)[0] == alone[1]
    remembered = {**yesterday.new}
    today = Memory(remembered)
    assert gather(nasdaq, TOP, "daily", tested=False, memory=today)[0] == alone[2]
    assert asked == [78, 78, 78, 26, 78, 26] and len(today.new) == 1
    revised = nasdaq.copy()
    revised["1999-12-31"] *= 1.001
    remembered |= today.new
    again = gather(revised, TOP, "daily", tested=False, known=known, memory=Memory(remembered))[0]
    assert again == gather(revised, TOP, "daily", tested=False)[0]
    assert asked[-2:] == [78, 78]
    assert alone[2].bubble.consensus_3day > 0


def test_a_peg_has_no_evidence_of_a_bifurcation_and_all_else(nasdaq):
    peg = pd.Series(3.8, nasdaq.index[:900])
    peg.iloc[::7] = 3.801
    moving = peg.copy()
    moving.iloc[-300:] = nasdaq.to_numpy()[:300] / nasdaq.iloc[0] * 3.8
    assert gather(peg, str(peg.index[-1].date()), "daily")[0].bifurcation is None
    assert gather(moving, str(peg.index[-1].date()), "daily")[0].bifurcation is not None
    rows = bifurcation_rows(peg, [600, 899])
    assert rows.columns.tolist() == ["position"] and rows["position"].tolist() == [600, 899]


def test_a_pass_has_the_numbers_of_a_verdict_without_its_bootstrap(nasdaq, monkeypatch):
    seen = nasdaq[:TOP]
    shown = bifurcation(seen)
    assert shown.explosive.p_value is not None
    monkeypatch.setattr("scanners.evidence.bifurcation.bootstrap", None)
    row = bifurcation_rows(nasdaq, [len(seen) - 1]).iloc[0]
    assert (row["bsadf"], row["trend_p"]) == (shown.explosive.statistic, shown.trends.p_value)
    assert (row["portrait"], row["portrait_p"]) == (shown.portrait.state, shown.portrait.p_value)
