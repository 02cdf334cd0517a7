"""Results in a notebook: small escaped tables without colours that show uncertainty and failure."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import lppl
from lppl import datasets
from lppl.core import notebook

SPACE = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 13))


class Tags(HTMLParser):
    """Collects tags, attributes and text, and whether every tag is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.styles, self.text = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        assert tag in {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "div", "style"}, tag
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
def prices():
    return datasets.load("nasdaq")[:"2000-03-10"]


@pytest.fixture(scope="module")
def results(prices):
    """One of each result, small."""
    window = prices.iloc[-120:]
    fit = lppl.fit(window, space=SPACE)
    windows = lppl.fit_windows(prices, lengths=range(750, 120, -25))
    preset = lppl.PRESETS["daily"]
    paths = lppl.null_paths(window, "random_walk", 9, 0)
    short = lppl.Preset("short", (120,), SPACE, {"qualified": preset.filters["wide"]})
    time = lppl.critical_time(prices, lengths=[300, 200])
    return {
        "Fit": fit,
        "WindowFits": windows,
        "Confidence": lppl.confidence(windows, preset.filters["gabauer"]),
        "CriticalTime": time,
        "TcProfile": time.profiles[0],
        "TcInterval": time.profiles[0].interval(0.05),
        "Trust": lppl.trust(window, preset=short, filter="qualified", resamples=3),
        "BubbleStart": lppl.bubble_start(prices, lengths=range(60, 400, 60)),
        "ResidualTests": lppl.residual_tests(fit, window, space=SPACE, resamples=1),
        "LogPeriodicity": lppl.log_periodicity(fit, window, space=SPACE, resamples=1),
        "Significance": lppl.significance(window, paths, preset=short),
        "QuantileFit": lppl.quantile_fit(window, 0.5, space=SPACE),
        "ErrorModel": lppl.error_model(window, shocks="constant", resamples=1),
        "BubblePosterior": lppl.bubble_posterior(window, lengths=[120], shocks="constant"),
        "Certificate": lppl.certify(lppl.fit_windows(window, lengths=[60], space=SPACE), cells=100),
        "QuantileConfidence": lppl.quantile_confidence(
            window, preset=short, filter="qualified", quantiles=[0.5], lengths=[40]
        ),
    }


WORDS = {
    "BubblePosterior": ("before the data 0.5", "log Bayes factor", "80%", "tc identified"),
    "Certificate": ("0 of 1 windows certified to a gap of 1e-06", "bound"),
    "QuantileConfidence": ("Quantile LPPLS confidence", "1 fits, 0 without convergence"),
    "Fit": ("positive bubble", "on a bound of the box", "second minimum", "tc 2000-"),
    "WindowFits": ("26 windows", "without a fit", "on a bound of the box", "750", "14 rows are not shown"),
    "Confidence": ("of 26 windows", "without a converged fit", "tc - t2"),
    "CriticalTime": ("50% 2000-", "2 of 2 windows are included", "bound tc in 0%"),
    "TcProfile": ("likelihood at least 0.05", "nominal 95%", "bound ends it"),
    "TcInterval": ("identified no: it runs into the",),
    "Trust": ("median share of refits", "refits a window 3"),
    "BubbleStart": ("start", "Depends on which windows are compared"),
    "ResidualTests": ("ADF", "unit root", "KPSS", "1 refitted paths (random_walk)"),
    "LogPeriodicity": ("highest peak at omega", "p-value", "1 refitted paths"),
    "Significance": ("9 null paths", "null 95%", "p-value"),
    "QuantileFit": ("quantile 0.5", "check loss", "on a bound of the box"),
    "ErrorModel": ("random walk", "p_value", "tc not identified", "Least BIC"),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_table_shows_numbers_with_their_uncertainty(results, name):
    text = shown(results[name])
    for words in WORDS[name]:
        assert words in text, (words, text)


def test_every_public_result_has_a_table():
    kinds = {name for name in lppl.__all__ if isinstance(getattr(lppl, name), type)}
    settings = {"Filter", "Preset", "SearchSpace"}
    assert kinds - settings == set(WORDS)
    assert all(hasattr(getattr(lppl, name), "_repr_html_") for name in kinds - settings)


@pytest.mark.parametrize(
    "name",
    [
        "Fit",
        "QuantileFit",
        "WindowFits",
        "CriticalTime",
        "TcProfile",
        "Trust",
        "BubbleStart",
        "LogPeriodicity",
        "BubblePosterior",
    ],
)
def test_plot_draws_on_the_axes_given_or_its_own(results, prices, name):
    from matplotlib.figure import Figure

    needs = (prices.iloc[-120:],) if name in ("Fit", "QuantileFit") else ()
    drawn = results[name].plot(*needs)
    assert isinstance(drawn, Axes) and drawn.has_data()
    given = Figure().add_subplot()
    assert results[name].plot(*needs, ax=given) is given and given.has_data()


def test_pictures_of_shares(results):
    ax = results["Significance"].plot()
    assert "series, positive: 1.00 (p = 0.2)" in [text.get_text() for text in ax.get_legend().get_texts()]
    null = np.array([0.0, 0.0, 0.1, 0.3])
    other = replace(results["Significance"], null_positive=null, positive=0.1, null_negative=null)
    steps = other.plot().lines[0]
    # Drawn as steps that end at each point: what stands there holds back to the point before.
    shares = dict(zip(steps.get_xdata().tolist()[1:-1], steps.get_ydata().tolist()[1:-1], strict=True))
    assert {x: shares[x] for x in (0.1, 0.3)} == {0.1: 0.5, 0.3: 0.25}
    assert (steps.get_drawstyle(), steps.get_ydata()[-1]) == ("steps-pre", 0.0)
    ax = results["Trust"].plot()
    lengths = ax.lines[0].get_xdata()
    assert lengths.tolist() == [120] and ax.get_ylabel() == "share of 3 refits"


def test_windows_are_coloured_by_a_filter(results):
    windows, filter = results["WindowFits"], lppl.PRESETS["daily"].filters["gabauer"]
    counted = {
        label.get_text()
        for ax in (windows.plot(), windows.plot(filter))
        for label in ax.get_legend().get_texts()
    }
    assert {f"positive, {n} of 26" for n in (filter.passes(windows).sum(), len(windows))} <= counted


def test_a_failed_fit_says_why_and_nothing_else():
    flat = np.full(60, 7.0)
    text = shown(lppl.fit(flat))
    assert text == "LPPLS fit no fit prices do not change in this window"
    assert "prices do not change" in shown(lppl.fit_windows(flat, lengths=[50, 40]))
    none = lppl.critical_time(flat, lengths=[50])
    assert "none of 1 windows is included" in shown(none)
    assert "no fit prices do not change" in shown(lppl.quantile_fit(flat))


def test_an_antibubble_is_called_one():
    falling = 100 * np.exp(-0.05 * np.arange(1.0, 120.0) ** 0.5)
    assert "antibubble that falls from tc" in shown(lppl.fit_antibubble(falling))


def test_prices_without_dates_show_times():
    prices = datasets.load("gold").iloc[-200:].to_numpy()
    time = lppl.critical_time(prices, lengths=[150])
    for result in (time, time.profiles[0], time.profiles[0].interval(), lppl.fit(prices)):
        assert "None" not in shown(result) and "NaT" not in shown(result)


def test_text_is_escaped():
    evil = "<script>alert(1)</script>"
    frame = pd.DataFrame({evil: [evil, 'a" onload=x']})
    for html in (notebook.pairs(evil, {evil: evil}, evil), notebook.listing(evil, frame, evil)):
        assert "<script" not in html and html.count("&lt;script&gt;") >= 4
        Tags(html)
    assert notebook.words(float("nan")) == notebook.words(None) == notebook.words(pd.NaT) == "not known"
