"""Pictures: structure, not pixels; every name can be drawn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

import lppl
from scanners.config.policy import Policy
from scanners.evidence.gathering import gather
from scanners.evidence.sessions import day_numbers
from scanners.report import fonts
from scanners.report.axes import AHEAD, encode, framed_figure, new_figure, price_levels
from scanners.report.panels import Shown, panels
from scanners.report.past import confidence_past
from scanners.report.phone_picture import DPI, PIXELS, phone_picture
from scanners.report.pictures import fit_picture, overview_picture, series_picture
from scanners.report.price_panels import tc_density
from scanners.report.style import DOWN, LEVEL_COLOURS
from scanners.verdict.judgement import judge

HEADING = {"title": "Nasdaq Composite", "level": "critical", "subtitle": "C3 = 0.33 upward"}


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")


@pytest.fixture(scope="module")
def top(nasdaq):
    return gather(nasdaq, "2000-03-10", "daily")


@pytest.fixture(scope="module")
def figure(top):
    evidence, workings = top
    return series_picture(workings.fits, evidence.bubble.critical_time, **HEADING)


def test_price_panel(figure, top):
    price = figure.axes[0]
    labels = [text.get_text() for text in price.get_legend().get_texts()]
    qualified = int(top[1].fits.qualified.sum())
    longest = int(top[1].fits.windows.length[top[1].fits.qualified].max())
    assert labels == [
        "close",
        f"{qualified} windows that qualify",
        f"longest of them ({longest} sessions)",
        "tc: middle 80% of them",
        "density of their tc",
    ]
    assert price.get_yscale() == "log"
    close = price.get_lines()[0].get_ydata()
    assert close[-1] == pytest.approx(5048.62) and len(close) == 770
    today = np.datetime64("2000-03-10").astype(float)
    assert price.get_xlim()[1] > today + 100


@pytest.fixture(scope="module")
def overview(top):
    evidence, workings = top
    past = confidence_past(workings.fits, above_calm=False)
    policy = Policy()
    return past, overview_picture(workings.fits, past, evidence.bubble.critical_time, policy, **HEADING)


def test_overview_is_price_over_confidence_on_one_time_axis(overview, top):
    past, figure = overview
    price, confidence = figure.axes
    assert price.get_xlim() == confidence.get_xlim() and price.get_yscale() == "log"
    assert [text.get_text() for text in figure.texts] == ["Nasdaq Composite", "CRITICAL", "C3 = 0.33 upward"]
    days = past.index.to_numpy().astype("datetime64[D]").astype(float)
    *points, joined = confidence.get_lines()[: len(past) - 2]
    assert [len(line.get_xdata()) for line in (*points, joined)] == [1] * (len(past) - 3) + [3]
    drawn = np.concatenate([line.get_xydata() for line in (*points, joined)])
    assert drawn == pytest.approx(np.column_stack([days, past["up"]]))
    assert {line.get_linestyle() for line in points} == {"None"}  # nothing where nothing was looked at
    assert confidence.get_title("left").endswith("every 25th session, and the last 3")
    (point,) = (line for line in confidence.get_lines() if line.get_marker() == "D")
    assert point.get_ydata()[0] == pytest.approx(top[0].bubble.consensus_3day)
    dashed = [line.get_ydata() for line in confidence.get_lines() if line.get_linestyle() == "--"]
    levels = {low for low, high in dashed if low == high}  # across; the line of today goes up
    assert levels == {0.3, 0.2}
    assert {"critical", "warning", "C3 0.33"} <= {text.get_text() for text in confidence.texts}
    assert len(price.get_lines()) == 18 + 6  # every second window that qualifies, and six of its own
    assert len(price.collections) == 1  # the density


def test_the_chance_of_a_fall_stands_below_on_the_same_time_axis(overview, top):
    past, _ = overview
    days = past.index[-3:]
    chances = pd.DataFrame({"chance": [0.2, 0.3, 0.42], "usual": [0.19, 0.19, 0.19]}, index=days)
    asked = {"chances": chances, "fall": "a fall of 10% within 3 months", "risk": "high"}
    figure = overview_picture(top[1].fits, past, None, Policy(), **HEADING, **asked)
    price, _, below = figure.axes
    assert below.get_xlim() == price.get_xlim()
    chance, usual = below.get_lines()[:2]
    assert chance.get_ydata() == pytest.approx([20, 30, 42]) and usual.get_ydata() == pytest.approx([19] * 3)
    assert "42 (usual 19)" in {text.get_text() for text in below.texts}
    said = "Chance in 100 of a fall of 10% within 3 months, from what was known then (C as drawn above)"
    assert below.get_title("left") == said
    assert any(text.get_text().endswith("\N{MIDDLE DOT} RISK HIGH") for text in figure.texts)


def test_overview_without_history_or_fits_that_qualify(nasdaq):
    _, workings = gather(nasdaq["1999-06-01":], "2000-03-10", "shanghai_2015")
    past = confidence_past(workings.fits, above_calm=False)
    assert past.empty
    encode(overview_picture(workings.fits, past, None, Policy(), **HEADING), ".svg")


def test_density_is_a_density_around_the_critical_times():
    t = np.linspace(-200, 300, 5001)
    for tc in (np.array([5.0]), np.array([5.0, 5.0, 5.0, 9.0]), np.random.default_rng(0).normal(40, 20, 200)):
        density = tc_density(tc, t)
        assert density.sum() * 0.1 == pytest.approx(1.0, abs=1e-3)
        assert (t * density).sum() * 0.1 == pytest.approx(tc.mean(), abs=0.05)
    assert density.max() == pytest.approx(1 / (20 * np.sqrt(2 * np.pi)), rel=0.15)


def test_density_stands_right_of_today_when_windows_say_so(top, nasdaq):
    fits = top[1].fits
    later = replace(fits.windows, tc=fits.windows.tc + 30)
    price = overview_picture(
        replace(fits, windows=later), confidence_past(fits, above_calm=False), None, Policy(), **HEADING
    ).axes[0]
    x = price.collections[0].get_paths()[0].vertices[:, 0]
    today = np.datetime64("2000-03-10").astype(float)
    assert today < np.median(x) < today + 1.5 * AHEAD


def test_panels_of_a_page(top):
    evidence, workings = top
    found = list(panels(Shown(workings.fits, evidence.bubble.critical_time, None, workings.measured)))
    assert [panel.title for panel in found] == [
        "Where each window puts tc",
        "Which lengths qualify",
        "Parameters of the windows",
        "What the fit leaves",
        "Its log-periodicity",
        "Explosive root",
        "Slowing down",
        "Phase portrait",
    ]
    axes = {panel.title: panel.figure.axes for panel in found}
    points = [len(each.get_offsets()) for each in axes["Parameters of the windows"][0].collections[:2]]
    assert points == [26 - int(workings.fits.qualified.sum()), int(workings.fits.qualified.sum())]
    left = axes["What the fit leaves"][0].get_lines()[-1].get_ydata()
    assert np.sqrt(np.mean(left**2)) == pytest.approx(evidence.bubble.fit["rms"], rel=1e-6)
    slowing = axes["Slowing down"][0].child_axes
    assert len(slowing) == 4 and f"tau = {evidence.bifurcation.trends.ar1_tau:.2f}" in slowing[1].get_title(
        "left"
    )
    portrait = axes["Phase portrait"][0]
    assert portrait.get_title("left") == "undetermined, not identified"
    assert [line for line in portrait.get_lines() if line.get_marker() == "D"]
    prices = [float(tick.get_text().replace(",", "")) for tick in portrait.get_xticklabels()]
    assert prices == pytest.approx(np.exp(portrait.get_xticks())) and min(prices) > 1000
    assert portrait.get_xlabel() == "price, log scale"
    explosive = axes["Explosive root"][0]
    assert explosive.get_lines()[0].get_ydata()[-1] == pytest.approx(evidence.bifurcation.explosive.statistic)
    assert explosive.get_title("left") == "BSADF 1.56 today; 5 episodes"
    spectrum = axes["Its log-periodicity"][0]
    assert spectrum.get_lines()[2].get_xdata()[0] == pytest.approx(evidence.bubble.fit["omega"])
    for panel in found:
        encode(panel.figure, ".svg")


def test_panels_without_early_warnings(top):
    assert len(list(panels(Shown(top[1].fits, None, None, None)))) == 5


def test_windows_panel_shows_every_window(figure, top):
    points = [len(collection.get_offsets()) for collection in figure.axes[1].collections]
    assert points[:2] == [int((~top[1].fits.qualified).sum()), int(top[1].fits.qualified.sum())]
    assert sum(points) == 26


def test_share_panel_agrees_with_confidence(figure, top):
    heights = sum(bar.get_height() for bar in figure.axes[2].patches)
    shares = top[0].bubble.confidence
    expected = sum(share["positive"] + share["negative"] for share in shares.values())
    assert heights / 13 == pytest.approx(expected, rel=1e-9)  # thirteen bands of two windows


def test_heading(figure):
    assert [text.get_text() for text in figure.texts] == ["Nasdaq Composite", "CRITICAL", "C3 = 0.33 upward"]


def test_nothing_qualifies(nasdaq):
    evidence, workings = gather(nasdaq, "2011-08-22", "shanghai_2015")
    assert evidence.bubble.critical_time is None
    figure = series_picture(workings.fits, None, **HEADING)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels[1].startswith("fit, does not qualify")
    assert "no window qualifies" in [text.get_text() for text in figure.axes[2].texts]


def test_one_fit(nasdaq):
    prices = nasdaq["1998-08-11":"2000-03-10"]
    fit = lppl.fit(prices)
    (ax,) = fit_picture(prices, fit, **HEADING).axes
    close, curve = ax.get_lines()[:2]
    assert len(close.get_ydata()) == len(prices)
    middle = np.interp(close.get_xdata(), curve.get_xdata(), np.log(curve.get_ydata()))
    rms = np.sqrt(np.mean((middle - np.log(close.get_ydata())) ** 2))
    assert rms == pytest.approx(fit.rms, rel=0.05)  # the curve is drawn at 400 points, days are interpolated


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_same_picture_same_bytes(top, suffix):
    one, other = (encode(series_picture(top[1].fits, None, **HEADING), suffix) for _ in range(2))
    assert one == other and len(one) > 10_000


def test_unknown_format(figure):
    with pytest.raises(ValueError, match=r"must end in \.png, \.svg, \.pdf, got '\.gif'"):
        encode(figure, ".gif")


def test_titles_take_a_font_of_this_machine_that_has_their_glyphs(monkeypatch):
    text = "circled \u20dd"  # DejaVu lacks it, another font of matplotlib has it
    assert fonts.drawable(text, "circled") == "circled"
    monkeypatch.setattr(fonts, "families", lambda: ("DejaVu Sans", "STIXGeneral"))
    fonts._fonts.cache_clear()
    assert fonts.drawable(text, "circled") == text
    encode(framed_figure(2.0, text, "calm", ""))  # a glyph that is missing warns, and warnings are errors
    fonts._fonts.cache_clear()


def test_titles_without_glyphs_fall_back_to_ascii(top):
    assert fonts.drawable("KOSDAQ Composite", "kosdaq") == "KOSDAQ Composite"
    assert fonts.drawable("30年国债期货", "tl") == "tl"
    assert fonts.drawable("30年国债期货", "国债") == "??"
    encode(series_picture(top[1].fits, None, title="S&P $500$", level="insufficient data", subtitle="_a^b$"))


def test_every_level_has_a_colour():
    assert set(LEVEL_COLOURS) == {"critical", "warning", "watch", "calm", "stretched", "no verdict"}


def test_days_continue_on_the_series_own_calendar(nasdaq):
    prices = lppl.fit_windows(nasdaq[:"2000-03-10"], lengths=[125]).prices
    last = prices.t[-1]
    numbers = day_numbers(prices, np.array([0.0, last, last + 5]))
    assert numbers[0] == np.datetime64("1994-01-03").astype(float)
    assert numbers[1] == np.datetime64("2000-03-10").astype(float)
    assert numbers[2] - numbers[1] == pytest.approx(7, abs=0.5)  # five weekdays


def test_fall_that_mirrors_a_top_is_a_negative_bubble_in_its_own_colour(nasdaq):
    evidence, workings = gather(1e7 / nasdaq, "2000-03-10", "shanghai_2015")
    assert judge(evidence, Policy()).phase == "capitulation"
    figure = series_picture(workings.fits, evidence.bubble.critical_time, **HEADING)
    drawn = {to_hex(bar.get_facecolor()) for bar in figure.axes[2].patches if bar.get_height() > 0}
    assert drawn == {DOWN}
    assert to_hex(figure.axes[2].get_legend().legend_handles[-1].get_facecolor()) == DOWN


def test_the_picture_for_a_phone_is_legible_at_its_width(top):
    evidence, workings = top
    past = confidence_past(workings.fits, above_calm=False)
    found = phone_picture(workings.fits, past, evidence.bubble.critical_time, Policy())
    width = int.from_bytes(encode(found, dpi=DPI)[16:20], "big")
    assert width == 2 * PIXELS == 780
    texts = [text for ax in found.axes for text in ax.findobj(Text) if text.get_text() and text.get_visible()]
    assert {"critical", "warning", "5,048.62"} <= {text.get_text() for text in texts}
    assert min(text.get_fontsize() * DPI / 72 / 2 for text in texts) >= 11  # pixels of the phone
    price, shares = found.axes
    assert price.get_xlim() == shares.get_xlim() and len(price.get_lines()[-2].get_ydata()) <= 250
    today = float(day_numbers(workings.fits.windows.prices, workings.fits.windows.prices.t[-1]))
    assert 0.75 < (today - price.get_xlim()[0]) / np.ptp(price.get_xlim()) < 0.95


@pytest.mark.parametrize("high", (1500.0, 5700.0, 90_000.0))
def test_no_price_is_written_over_the_next(high):
    ax = new_figure(4, 3).subplots()
    ax.set_xlim(np.log(1300), np.log(high))
    ticks = price_levels(ax).get_xticks()
    assert len(ticks) > 2 and np.diff(ticks).min() >= 0.12 * np.log(high / 1300)
