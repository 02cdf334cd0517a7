"""Pages in a real browser: silent, self-contained, quick, readable, and usable by mouse and by keyboard."""

import base64
import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import webdriver
from mornings import MORNINGS

from scanners.core.file_names import slug
from scanners.core.run_files import to_json
from scanners.report.archive import series_page
from scanners.report.page import render
from scanners.report.publish import publish
from scanners.service.results import result

pytestmark = [
    pytest.mark.ci,
    pytest.mark.skipif(bool(webdriver.missing()), reason=webdriver.missing() or "there is a browser"),
]

NAMES = "return [...document.querySelectorAll('table.all tbody tr')].filter(r => !r.hidden).map(r => r.id)"
SORTED = "return document.querySelector(`th[data-column='${arguments[0]}']`).getAttribute('aria-sort')"
FOCUS = """
const style = getComputedStyle(document.activeElement);
return [document.activeElement.tagName, document.activeElement.textContent.trim(),
        style.outlineStyle, parseFloat(style.outlineWidth)]"""

# What stands beyond the right edge, and is not in a box of its own that scrolls.
CUT = """
const boxed = (e) => {
  for (; e && e !== document.body; e = e.parentElement)
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)) return true;
  return false;
};
return [...document.querySelectorAll('main *, header *')].filter(e => e.getClientRects().length
  && e.getBoundingClientRect().right > arguments[0] + 1 && !boxed(e)).map(e => e.outerHTML.slice(0, 80))"""


@pytest.fixture
def daily(browser, site):
    address = (site.folder / "index.html").as_uri()
    browser.go(address)
    return browser


def all_pages(site):
    return [
        site.folder / "index.html",
        *sorted(site.folder.glob("series/*.html")),
        site.folder.parent / "index.html",
    ]


def test_no_console_message_and_no_request(browser, site):
    browser.go("about:blank")  # leaves the browser's own first page behind
    browser.log("browser"), browser.requests()
    for path in all_pages(site):
        browser.go(path.as_uri())
        asked = [address for address in browser.requests() if not address.startswith("data:")]
        assert asked == [path.as_uri()]
    assert browser.log("browser") == []
    assert browser.run("return document.querySelector('h1').textContent").startswith("Runs")


def test_hostile_names_did_not_run(daily):
    with pytest.raises(RuntimeError, match="no such alert"):
        daily._call("GET", "/alert/text")
    assert daily.run("return document.querySelectorAll('script').length") == 1


def test_every_link_leads_to_something(browser, site):
    for path in all_pages(site):
        browser.go(path.as_uri())
        links = browser.run("return [...document.querySelectorAll('a[href]')].map(a => a.href)")
        assert links
        for link in links:
            parts = urlsplit(link)
            target = Path(unquote(parts.path))
            assert parts.scheme == "file" and target.is_file(), link
            assert not parts.fragment or f'id="{parts.fragment}"' in target.read_text("utf-8"), link


def test_sorting_by_mouse(daily, site):
    before = daily.run(NAMES)
    assert before[0] == "s-wti" and len(before) == 5
    daily.click("th[data-column='10'] button")  # C3 upward
    assert daily.run(SORTED, "10") == "descending"
    share = {f"s-{slug(row.name)}": row.evidence.bubble.consensus_3day for row in site.rows if row.evidence}
    order = daily.run(NAMES)
    known = [share[name] for name in order if name in share]
    assert known == sorted(known, reverse=True)
    daily.click("th[data-column='10'] button")
    assert daily.run(SORTED, "10") == "ascending"
    ascending = daily.run(NAMES)
    assert ascending[-1] == order[-1] not in share  # what is not known stays last
    assert [share[name] for name in ascending[:-1]] == sorted(known)
    daily.click("th[data-column='0'] button")
    assert daily.run(SORTED, "10") == "none" and daily.run(SORTED, "0") == "ascending"


def test_sorting_by_keyboard_with_a_visible_focus(daily):
    for _ in range(60):
        daily.press(webdriver.TAB)
        tag, text, style, width = daily.run(FOCUS)
        assert style == "solid" and width >= 2, f"{tag} {text!r} has the focus and does not show it"
        if (tag, text) == ("BUTTON", "Series"):
            break
    else:
        pytest.fail("the sort button is not reached by Tab")
    daily.press(webdriver.ENTER)
    assert daily.run(SORTED, "0") == "ascending"
    daily.press(" ")
    assert daily.run(SORTED, "0") == "descending"
    titles = daily.run("return [...document.querySelectorAll('td.name')].map(td => td.dataset.sort)")
    assert titles == daily.run("return arguments[0].sort((a, b) => b.localeCompare(a))", titles)


def test_filtering_by_mouse_and_by_keyboard(daily, site):
    assert daily.run("return document.querySelector('output').value") == "5 of 5 series shown"
    daily.press("/")
    daily.type("nasdaq COMP")
    assert daily.run(NAMES) == ["s-nasdaq"]
    daily.press(webdriver.ESCAPE)
    assert len(daily.run(NAMES)) == 5
    daily.type("co", "select[name=class]")  # the keyboard chooses commodity
    assert len(daily.run(NAMES)) == 3
    daily.type("r", "select[name=level]")  # raised on either axis, and a commodity
    assert daily.run(NAMES) == ["s-wti"]
    assert {row.name: row.verdict.risk for row in site.rows[:2]} == {"wti": "high", "nasdaq": "raised"}
    daily.type("r", "select[name=risk]")  # the Nasdaq's, which is no commodity
    assert daily.run("return document.querySelector('output').value") == "0 of 5 series shown"
    daily.click(".tools button[type=reset]")
    daily.run("return new Promise(done => setTimeout(done, 20))")
    assert len(daily.run(NAMES)) == 5
    daily.click("select[name=phase] option[value=fomo]")
    assert daily.run(NAMES) == ["s-wti", "s-nasdaq"]
    daily.click("select[name=risk] option[value=raised]")
    assert daily.run(NAMES) == ["s-nasdaq"]


def test_nothing_is_remembered(daily):
    daily.type("zzz", "input[name=search]")
    daily.run("location.reload()")
    assert len(daily.run(NAMES)) == 5
    assert daily.run("return localStorage.length + sessionStorage.length + document.cookie.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, site, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.command("Emulation.setEmulatedMedia", features=features)
    for path in (
        site.folder / "index.html",
        site.folder / series_page("nasdaq"),
        site.folder.parent / "index.html",
    ):
        browser.go(path.as_uri())
        browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
        texts, lowest, where = browser.run(webdriver.CONTRAST)
        assert texts > 10 and lowest >= 4.5, f"{scheme} {path.name}: {where!r} {lowest:.2f}"
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]


def test_five_hundred_series(browser, site, tmp_path):
    folder = tmp_path / "2000-03-10"
    (folder / "series").mkdir(parents=True)
    rows = []
    for k in range(500):
        row = site.rows[0 if k % 20 == 0 else 1]
        rows.append(replace(row, name=f"series_{k}", title=f"Series {k}"))
        (folder / series_page(f"series_{k}")).write_text("")
        if k % 20 == 0:
            shutil.copy(site.folder / "nasdaq.svg", folder / f"series_{k}.svg")
    page = folder / "index.html"
    page.write_text(render(site.asked, rows, folder), "utf-8")
    (folder / "scan.json").write_text(to_json(result(site.asked, rows)), "utf-8")
    publish(tmp_path)
    assert page.stat().st_size < 10_000_000
    times = []
    for _ in range(3):
        browser.go(page.as_uri())
        times.append(browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd"))
    assert browser.run("return document.querySelector('output').value") == "500 of 500 series shown"
    assert min(times) < 2000, times
    started = "const t = performance.now(); document.querySelector(\"th[data-column='4'] button\").click();"
    assert browser.run(started + "document.body.offsetHeight; return performance.now() - t") < 1000


@pytest.fixture(scope="module")
def mornings(tmp_path_factory):
    """Write the pages of all mornings but the longest; return their folder."""
    folder = tmp_path_factory.mktemp("mornings")
    for name, made in MORNINGS.items():
        if name != "thousands":
            (folder / f"{name}.html").write_text(render(*made()), "utf-8")
    return folder


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_mornings_read_at_each_width_without_sideways_scrolling(browser, mornings, site, width):
    browser.command(
        "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
    )
    try:
        shown = sorted(mornings.glob("*.html" if width < 500 else "[hn]*.html"))  # the worst, and the demo
        for path in (*shown, *all_pages(site)):
            browser.go(path.as_uri())
            browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert browser.run("return document.documentElement.scrollWidth") <= width, path.name
            assert browser.run(CUT, width) == [], path.name
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")


def test_a_phone_shows_the_present_at_once(browser, site, mornings):
    browser.command(
        "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True
    )
    try:
        browser.go((site.folder / series_page("nasdaq")).as_uri())
        ends = browser.run(
            "return [...document.querySelectorAll('figure svg')].filter(s => s.getClientRects().length)"
            ".map(s => s.getBoundingClientRect().right)"
        )
        assert ends and max(ends) <= 390.5, "the right end of a picture is today"
        browser.go((mornings / "nasdaq_2000.html").as_uri())
        first = browser.run("return document.querySelector('.card .lead').getBoundingClientRect().bottom")
        assert first <= 844, "the sentence of what matters most stands on the first screen"
        cells = browser.run(
            "return [...document.querySelectorAll('.heat .cells')].map(c => c.getBoundingClientRect().right)"
        )
        assert cells and max(cells) <= 390
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_mornings(browser, mornings, scheme):
    browser.command(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )
    for name in ("faded", "one_failed", "hostile"):
        browser.go((mornings / f"{name}.html").as_uri())
        browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
        texts, lowest, where = browser.run(webdriver.CONTRAST)
        assert texts > 10 and lowest >= 4.5, f"{scheme} {name}: {where!r} {lowest:.2f}"


def sheets_of(browser, path):
    browser.go(path.as_uri())
    pdf = base64.b64decode(browser.command("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert re.search(rb"/MediaBox \[0 0 59[45][\d.]* 84[12][\d.]*\]", pdf), "A4"
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_a_list_and_a_series_are_one_sheet_each_on_paper(browser, site):
    pages = all_pages(site)[:-1]
    assert {path.name: sheets_of(browser, path) for path in pages} == {path.name: 1 for path in pages}
    browser.command("Emulation.setEmulatedMedia", media="print")
    try:  # the moving chart is of the screen: its picture stands for it, also where a reader has folded it
        browser.run("document.querySelectorAll('details').forEach(each => each.open = false)")
        assert (
            browser.run("return document.querySelector('figure.wide svg').getBoundingClientRect().height")
            > 200
        )
    finally:
        browser.command("Emulation.setEmulatedMedia", media="")
