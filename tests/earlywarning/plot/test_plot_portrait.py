"""Pictures of portraits, explosive roots and couplings: what they must show, on given or new axes."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from reference_portrait import double_well_path

from earlywarning.explosive.bootstrap import bootstrap_critical_values
from earlywarning.explosive.critical import critical_values
from earlywarning.explosive.dating import explosive_episodes
from earlywarning.explosive.statistics import gsadf
from earlywarning.macro.pair_feedback import coupling
from earlywarning.phase.kramers_moyal import transitions
from earlywarning.phase.phase_portrait import portrait
from earlywarning.plot.style import INK, RISE, STABLE


@pytest.fixture(scope="module")
def double_well():
    return portrait(double_well_path(1500, seed=1), n_null=100)


@pytest.fixture(scope="module")
def bubble():
    rng = np.random.default_rng(3)
    y = np.cumsum(rng.standard_normal(260))
    for t in range(200, 230):
        y[t] = y[t - 1] + 0.08 * (y[t - 1] - y[199] + 25) + rng.standard_normal()
    y[230:] = y[199] + np.cumsum(rng.standard_normal(30))
    return gsadf(pd.Series(y, pd.bdate_range("2020-01-01", periods=260)), log=False)


def spans(ax, color, alpha):
    return [p for p in ax.patches if p.get_facecolor() == to_rgba(color, alpha)]


def test_portrait_shows_zones_points_and_the_present(double_well):
    ax = double_well.plot()
    assert len(spans(ax, STABLE, 0.08)) == 2
    assert len(spans(ax, RISE, 0.08)) == 1
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_markerfacecolor() for line in points] == [INK, "white", INK]
    present = next(line for line in ax.lines if line.get_marker() == "D")
    assert present.get_xdata()[0] == double_well.present
    assert "identified" in ax.get_title()
    ax.figure.canvas.draw()


def test_arrows_follow_the_drift(double_well):
    ax = double_well.plot()
    for marker, sign in ((">", 1), ("<", -1)):
        at = next(line for line in ax.lines if line.get_marker() == marker).get_xdata()
        assert len(at) > 0
        assert np.all(np.sign(double_well.drift(at)) == sign)


def test_an_unidentified_portrait_says_so():
    walk = np.cumsum(np.random.default_rng(0).standard_normal(200))
    ax = portrait(walk, n_null=40).plot()
    assert "NOT IDENTIFIED" in ax.get_title()
    assert any(line.get_linestyle() == "--" for line in ax.lines)


def test_local_means_lie_behind(double_well):
    given = Figure().add_subplot()
    ax = double_well.plot(given, transitions(double_well.levels))
    assert ax is given
    assert "local mean of increments" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_explosive_path_against_critical_values_with_episodes(bubble):
    critical = bootstrap_critical_values(bubble, replications=99)
    episodes = explosive_episodes(bubble, critical)
    ax = bubble.plot(critical=critical, episodes=episodes)
    assert len(spans(ax, RISE, 0.2)) == sum(e.direction == "up" for e in episodes) >= 1
    drawn = ax.lines[1].get_ydata()
    np.testing.assert_array_equal(drawn, critical.path_at(0.95))
    assert "GSADF" in ax.get_title()
    ax.figure.canvas.draw()


def test_explosive_path_alone_and_with_a_surface(bubble):
    assert len(bubble.plot().lines) == 1
    given = Figure().add_subplot()
    assert bubble.plot(given, critical_values(260)) is given


def test_coupling_shows_eigenvalue_and_signs():
    rng = np.random.default_rng(5)
    a, b = rng.standard_normal((2, 500))
    b = np.where(np.arange(500) < 250, 0.6 * a, -0.6 * a) + 0.8 * b
    result = coupling(np.cumsum(a), np.cumsum(b), window=100, replications=99)
    ax = result.plot()
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), result.frame["eigenvalue"])
    assert result.loop in ax.get_title()
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"moving together", "moving apart"} <= set(labels)
    ax.figure.canvas.draw()
