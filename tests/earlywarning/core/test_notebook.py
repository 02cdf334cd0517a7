"""Results in a notebook: small escaped tables without colours that show uncertainty and failure."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import earlywarning
from earlywarning.core import notebook


class Tags(HTMLParser):
    """Collects attributes and text, and whether every tag is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.styles, self.text = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        assert tag in {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}, tag
        self.styles |= {value for name, value in attributes if name == "style"}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def shown(result):
    """Return the text of a result's table after checking its form."""
    html = result._repr_html_()
    parsed = Tags(html)
    assert parsed.open == [] and len(html) < 8000
    assert not re.search(r"color|background|font", html)
    assert parsed.styles <= {"text-align:left", "text-align: left;"}
    return " ".join(" ".join(parsed.text).split())


@pytest.fixture(scope="module")
def results():
    """One of each result, small: a walk, a mean-reverting pair and a stretch of explosive growth."""
    rng = np.random.default_rng(1)
    dates = pd.bdate_range("2020-01-01", periods=160)
    walk = pd.Series(np.cumsum(rng.normal(0, 0.01, 160)) + 4.0, dates)
    prices = np.exp(walk) + np.r_[np.zeros(110), 2 * 1.09 ** np.arange(50.0)]
    partner = walk * 0.5 + rng.normal(0, 0.01, 160)
    test = earlywarning.gsadf(prices)
    portrait = earlywarning.portrait(walk, n_null=19)
    critical = earlywarning.critical_values(160)
    panel = earlywarning.panel_gsadf(pd.DataFrame({"a": prices, "b": np.exp(walk)}))
    return {
        "trend_test": earlywarning.trend_test(walk, window=60, n=9),
        "sensitivity": earlywarning.sensitivity(walk, n=5, windows=[40, 60], bandwidths=[10.0]),
        "gsadf": test,
        "critical_values": critical,
        "bootstrap_critical_values": earlywarning.bootstrap_critical_values(test, replications=19),
        "explosive_episodes": earlywarning.explosive_episodes(test, critical)[0],
        "panel_gsadf": panel,
        "panel_critical_values": earlywarning.panel_critical_values(panel, replications=19),
        "monitor": earlywarning.monitor(prices, 100, 30, level=0.9),
        "portrait": portrait,
        "escape_time": earlywarning.escape_time(portrait),
        "tipping_time": earlywarning.tipping_time(walk.iloc[:62], ramp_start=31, replications=19),
        "coupling": earlywarning.coupling(walk, partner, window=60, replications=19),
        "transitions": earlywarning.transitions(walk),
        "time_varying": earlywarning.time_varying(walk, partner, window=60, replications=19),
        "trend_channel": earlywarning.trend_channel(prices, max_breaks=1, replications=19),
        "cycle_length": earlywarning.cycle_length(walk, window=80, replications=19),
        "debt_limit": earlywarning.debt_limit(10 * walk[:81], walk[1:81] - 4, replications=19),
    }


WORDS = {
    "trend_test": ("ar1", "together", "causal gaussian", "9 garch surrogates"),
    "sensitivity": ("ar1: maximum over the grid p =", "variance: maximum", "rows are windows"),
    "gsadf": ("GSADF", "statistic", "minimum window", "2020-08-11"),
    "critical_values": ("95%", "surface, n = 160", "clustered volatility rejects too often"),
    "bootstrap_critical_values": ("wild", "19 bootstrap paths"),
    "panel_gsadf": ("Panel GSADF", "2: a, b", "minimum window", "2020-08-11"),
    "panel_critical_values": ("PANEL", "wild", "19 bootstrap paths"),
    "monitor": ("alarms", "in blocks of 30", "any session of a block with probability 0.1", "2020-08-11"),
    "explosive_episodes": ("backward sup ADF", "up", "past of the path"),
    "portrait": ("state", "[", "identified no:", "not established"),
    "escape_time": ("not known not identified:",),
    "tipping_time": ("remaining", "[", "p (no ramp)", "identified"),
    "coupling": ("leading eigenvalue", "[", "loop", "2020-08-11"),
    "transitions": ("drift", "Pointwise 95% bands", "with enough data"),
    "time_varying": ("coefficient", "[", "changes of sign", "p ="),
    "trend_channel": ("position", "p (no break)"),
    "cycle_length": ("dominant cycle", "p ="),
    "debt_limit": ("limit", "[", "identified"),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_table_shows_numbers_with_their_uncertainty(results, name):
    text = shown(results[name])
    for words in WORDS[name]:
        assert words in text, (words, text)


def test_every_public_function_with_a_result_of_its_own_is_here():
    plain = {
        "detrend",
        "kendall_tau",
        "restoring_rate",
        "rolling_indicators",
        "rolling_multivariate",
        "surrogates",
    }
    explosive = {"adf", "sadf", "bsadf"}  # the result of gsadf
    assert set(earlywarning.__all__) - plain - explosive == set(WORDS)


@pytest.mark.parametrize(
    "name",
    ["trend_test", "sensitivity", "gsadf", "panel_gsadf", "monitor", "portrait", "coupling", "transitions"],
)
def test_plot_draws_on_the_axes_given_or_its_own(results, name):
    from matplotlib.figure import Figure

    assert isinstance(results[name].plot(), Axes)
    given = Figure(figsize=(8, 6)).add_subplot()
    assert results[name].plot(ax=given) is given
    assert any(axes.has_data() for axes in (given, *given.child_axes))


def test_moments_are_drawn_with_bands_and_labels(results):
    drift, diffusion = results["transitions"].plot().child_axes
    labels = (drift.get_ylabel(), diffusion.get_ylabel(), diffusion.get_xlabel())
    assert labels == ("drift", "variance", "level")
    legend = [text.get_text() for text in diffusion.get_legend().get_texts()]
    assert legend == ["variance, jumps included", "without jumps"]
    np.testing.assert_array_equal(drift.lines[0].get_ydata(), results["transitions"].drift)


def test_a_failure_says_why(results):
    flat = earlywarning.gsadf(np.full(60, 3.0))
    assert "none: every window is constant" in shown(flat)


def test_text_is_escaped():
    evil = "<script>alert(1)</script>"
    frame = pd.DataFrame({evil: [1.0, 2.0]}, index=[evil, 'a" onload=x'])
    for html in (notebook.table(evil, {evil: evil}, evil), notebook.listing(evil, frame, evil)):
        assert "<script" not in html and html.count("&lt;script&gt;") == 4
        Tags(html)
    assert notebook.words(float("nan")) == "not known"
