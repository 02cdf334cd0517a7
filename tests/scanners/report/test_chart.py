"""The moving chart of a series' page: the numbers it is given, and what it does in a real browser."""

import json
import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import webdriver
from numpy.testing import assert_allclose

import lppl
from lppl import datasets
from scanners.config.policy import Policy
from scanners.evidence.series_fits import fit_series
from scanners.report import html
from scanners.report.archive import series_page
from scanners.report.price_chart import SCRIPTS, STYLE, chart_of, levels_past
from scanners.risk import history


def in_a_browser(test):
    missing = webdriver.missing()
    return pytest.mark.ci(pytest.mark.skipif(bool(missing), reason=missing or "there is a browser")(test))


CHART = "const charts = document.querySelector('.chart').charts;"
SPAN = CHART + "return charts.map(u => [u.scales.x.min, u.scales.x.max])"
OVER = "const r = document.querySelector('.u-over').getBoundingClientRect(); return [r.left, r.top, r.width]"
SAID = "return document.querySelector('.chart output').textContent"
INKED = (
    CHART
    + """
const { ctx } = charts[0], { width, height } = ctx.canvas, dots = ctx.getImageData(0, 0, width, height).data;
const probe = document.createElement('i');
probe.style.color = 'var(--up)';
document.body.append(probe);
const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
probe.remove();
let count = 0;
for (let k = 0; k < dots.length; k += 4)
  count += Math.abs(dots[k] - r) + Math.abs(dots[k + 1] - g) + Math.abs(dots[k + 2] - b) < 12;
return count"""
)


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")["1997-09-01":"2000-03-10"]


@pytest.fixture(scope="module")
def fits(nasdaq):
    return fit_series(nasdaq, "shanghai_2015")


@pytest.fixture
def page(browser, site):
    browser.go((site.folder / series_page("nasdaq")).as_uri())
    return browser


def test_levels_are_those_of_the_history_and_the_last_is_the_verdict_s(site, nasdaq, fits):
    days = nasdaq.index[-60:]
    shape = pd.DataFrame({"up": np.linspace(0.0, 0.5, 60), "down": 0.0}, index=days)
    expected = history(nasdaq, start=days[0], confidence=shape["up"].rolling(3).mean())["level"]
    found = levels_past(fits, shape, Policy())
    assert found.iloc[:2].tolist() == ["", ""] and found.iloc[2:].tolist() == expected.iloc[2:].tolist()
    assert {"watch", "critical"} <= set(found)
    now = pd.DataFrame(fits.consensus, nasdaq.index[-3:], ["up", "down"])
    assert levels_past(fits, now, Policy()).iloc[-1] == site.rows[0].verdict.level == "critical"


def test_what_is_not_known_is_no_number(nasdaq, fits):
    past = pd.DataFrame(fits.consensus, nasdaq.index[-3:], ["up", "down"])
    chart = chart_of(fits, past, None, None)
    shown = len(chart.closes)
    assert len(chart.up) == len(chart.levels) == len(chart.chance) == shown < len(chart.days)
    assert chart.up[:-3] == [None] * (shown - 3) and chart.up[-3:] == past["up"].round(4).tolist()
    assert chart.chance == [None] * shown and chart.levels == [""] * shown and chart.critical == 0
    assert_allclose(chart.closes, nasdaq.iloc[-shown:], rtol=1e-7)
    assert date(1970, 1, 1) + timedelta(chart.days[shown - 1]) == date(2000, 3, 10)
    hostile = replace_fall(chart, "</script><script>alert(1)</script>")
    assert "<" not in hostile.to_json() and json.loads(hostile.to_json())["fall"].startswith("</script>")


def replace_fall(chart, text):
    return type(chart)(**{name: getattr(chart, name) for name in chart.__struct_fields__} | {"fall": text})


def test_the_library_stands_in_the_page_with_its_licence_and_the_page_stays_small(site):
    page = (site.folder / series_page("nasdaq")).read_text("utf-8")
    notice = "Permission is hereby granted, free of charge"
    assert html.file(SCRIPTS[0]).count(notice) == html.file(STYLE).count(notice) == 1
    assert "Copyright (c) 2022 Leon Sorokin" in page and html.file(SCRIPTS[0]) in page
    assert len(page.encode()) < 600_000


@in_a_browser
def test_the_crosshair_says_date_close_confidence_and_level(page, site):
    row = next(row for row in site.rows if row.name == "nasdaq")
    close = f"{row.evidence.data.close:,.2f}"
    last = f"Fri, 10 Mar 2000 · close {close} · C {row.bubble.consensus:.2f} · level {row.verdict.level}"
    assert page.run(SAID).startswith(last) and "usually" in page.run(SAID)
    page.run("document.querySelector('.panes').focus()")
    for key, day in (("\ue012", "Thu, 9 Mar 2000"), ("\ue012", "Wed, 8 Mar 2000"), ("\ue014", "Thu, 9 Mar")):
        page.press(key)  # left, left, right
        assert page.run(SAID).startswith(day)
    page.press("\ue010")  # End
    assert page.run(SAID).startswith(last)
    over = page.run(OVER)
    page.command("Input.dispatchMouseEvent", type="mouseMoved", x=over[0] + over[2] / 2, y=over[1] + 50)
    found = re.match(r"\w{3}, (\d+ \w+ \d{4}) · close ([\d,.]+)", page.run(SAID))
    day = pd.Timestamp(found[1])
    assert found[2] == f"{datasets.load('nasdaq')[day]:,.2f}" and day < pd.Timestamp("2000-01-01")


@in_a_browser
def test_zoom_by_button_key_and_mouse_moves_all_panes_and_comes_back(page):
    whole = page.run(SPAN)
    assert len(whole) == 3 and len({tuple(span) for span in whole}) == 1
    widths = [whole[0][1] - whole[0][0]]

    def narrower():
        spans = page.run(SPAN)
        assert len({tuple(span) for span in spans}) == 1
        widths.append(spans[0][1] - spans[0][0])
        return widths[-1] < widths[-2]

    page.click("[data-span='365']")
    assert narrower()
    page.run("document.querySelector('.panes').focus()")
    page.press("+")
    assert narrower()
    box = page.run(OVER)
    mouse = {"y": box[1] + 60, "button": "left", "buttons": 1, "clickCount": 1}
    page.command("Input.dispatchMouseEvent", type="mousePressed", x=box[0] + 0.3 * box[2], **mouse)
    page.command("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + 0.6 * box[2], **mouse)
    page.command("Input.dispatchMouseEvent", type="mouseReleased", x=box[0] + 0.6 * box[2], **mouse)
    assert narrower()
    page.press("0")
    assert page.run(SPAN) == whole


@in_a_browser
def test_one_finger_moves_the_crosshair_and_two_zoom(page):
    page.command("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
    page.command("Page.reload")
    page.run("document.querySelector('.panes').scrollIntoView()")
    left, top, width = page.run(OVER)
    middle = left + width / 2

    def touch(kind, *places):
        points = [{"x": x, "y": top + 60, "id": k} for k, x in enumerate(places)]
        page.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    whole, before = page.run(SPAN)[0], page.run(SAID)
    try:
        touch("touchStart", middle)
        for k in range(1, 4):
            touch("touchMove", middle - 20 * k)
        touch("touchEnd")
        assert page.run(SAID) != before and page.run(SPAN)[0] == whole
        touch("touchStart", middle - 20, middle + 20)
        for k in range(1, 6):
            touch("touchMove", middle - 20 - 10 * k, middle + 20 + 10 * k)
        touch("touchEnd")
    finally:
        page.command("Emulation.setTouchEmulationEnabled", enabled=False)
    low, high = page.run(SPAN)[0]
    assert high - low < 0.7 * (whole[1] - whole[0])


@in_a_browser
def test_fits_are_the_library_s_and_can_be_hidden(page):
    chart = json.loads(page.run("return document.getElementById('chart-data').textContent"))
    drawn = page.run(CHART + "return charts[0].data.slice(1, -1)")
    assert len(drawn) == len(chart["fits"]) > 3
    for (_, t2, *parameters), values in zip(reversed(chart["fits"]), drawn, strict=True):
        at = np.flatnonzero([value is not None for value in values])
        t = chart["origin"] + at
        assert t[-1] >= t2
        assert_allclose([values[k] for k in at], lppl.log_price(t, *parameters), rtol=1e-9)
    low, high = page.run(CHART + "return [charts[0].scales.y.min, charts[0].scales.y.max]")
    span = np.ptp(np.log(chart["closes"]))  # closes make the scale, however far a curve shoots
    assert 0 < high - np.log(max(chart["closes"])) < 0.3 * span
    assert 0 < np.log(min(chart["closes"])) - low < 0.1 * span
    before = page.run(INKED)
    page.click(".chart input[type=checkbox]")
    page.run("return new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert before > 200 and page.run(INKED) < 0.2 * before
    page.click(".chart input[type=checkbox]")
    page.run("return new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert page.run(INKED) == before


@in_a_browser
def test_without_a_script_and_on_paper_the_picture_stands_there(page):
    assert not page.run("return document.querySelector('.still').open")
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run("return document.querySelector('.still').open")
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.command("Page.reload")
        page.command("Emulation.setEmulatedMedia", media="")
    finally:
        page.command("Emulation.setScriptExecutionDisabled", value=False)
    assert page.run(
        "return [document.querySelector('.still').open, document.querySelector('.chart').hidden]"
    ) == [
        True,
        True,
    ]
