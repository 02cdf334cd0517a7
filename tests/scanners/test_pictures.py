"""Pictures: structure, not pixels; every name can be drawn."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import lppl
from scanners.evidence import gather
from scanners.policy import Policy
from scanners.report.axes import encode
from scanners.report.pictures import fit_picture, series_picture
from scanners.report.style import DOWN, LEVEL_COLOURS, drawable
from scanners.sessions import day_numbers
from scanners.verdict import judge

HEADING = {"title": "Nasdaq Composite", "level": "warning", "subtitle": "C3 = 0.33 upward"}


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")


@pytest.fixture(scope="module")
def top(nasdaq):
    return gather(nasdaq, "2000-03-10", "shanghai_2015")


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
    ]
    assert price.get_yscale() == "log"
    close = price.get_lines()[0].get_ydata()
    assert close[-1] == pytest.approx(5048.62) and len(close) == 770
    today = np.datetime64("2000-03-10").astype(float)
    assert price.get_xlim()[1] > today + 100


def test_windows_panel_shows_every_window(figure, top):
    points = [len(collection.get_offsets()) for collection in figure.axes[1].collections]
    assert points[:2] == [int((~top[1].fits.qualified).sum()), int(top[1].fits.qualified.sum())]
    assert sum(points) == 126


def test_share_panel_agrees_with_confidence(figure, top):
    heights = sum(bar.get_height() for bar in figure.axes[2].patches)
    shares = top[0].bubble.confidence
    expected = sum(share["positive"] + share["negative"] for share in shares.values())
    assert heights / 9 == pytest.approx(expected, rel=0.01)  # nine bands of fourteen windows


def test_heading(figure):
    assert [text.get_text() for text in figure.texts] == ["Nasdaq Composite", "WARNING", "C3 = 0.33 upward"]


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


def test_titles_without_glyphs_fall_back_to_ascii(top):
    assert drawable("KOSDAQ Composite", "kosdaq") == "KOSDAQ Composite"
    assert drawable("30年国债期货", "tl") == "tl"
    assert drawable("30年国债期货", "国债") == "??"
    encode(series_picture(top[1].fits, None, title="S&P $500$", level="insufficient data", subtitle="_a^b$"))


def test_every_level_has_a_colour():
    assert set(LEVEL_COLOURS) == {"critical", "warning", "watch", "calm", "no verdict"}


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
