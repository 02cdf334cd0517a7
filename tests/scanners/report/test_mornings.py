"""Ten mornings and a list of thousands: each page answers what is hot, since when, how likely, how sure."""

import re
from html import unescape

import pytest
from mornings import MORNINGS, judged, quiet, thousands
from page_text import Page, words

from scanners.report.card import card
from scanners.report.heat import ROWS, STEPS
from scanners.report.morning import morning
from scanners.report.page import LINES, PICTURES, render
from scanners.verdict.row import JudgedRow

SMALL = [name for name in MORNINGS if name != "thousands"]


@pytest.fixture(scope="module")
def pages():
    """Return each morning but the longest with its page."""
    made = {name: MORNINGS[name]() for name in SMALL}
    return {name: (plan, rows, render(plan, rows)) for name, (plan, rows) in made.items()}


@pytest.mark.parametrize("name", SMALL)
def test_what_every_page_keeps(pages, name):
    plan, rows, text = pages[name]
    page = Page(text)
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert page.tags.count("script") == 1 and not page.sources and "<script>alert" not in text
    assert text.count("<tr id=") == len(rows)
    said = words(text)
    assert morning(rows, plan.policy) in said
    assert "Watchlist watchlist" not in said and "list watchlist" not in said
    for row in rows:
        assert " ".join(row.title.split()) in said and row.verdict.state in said
    refused = [row for row in rows if not isinstance(row, JudgedRow)]
    assert ("Without a verdict" in said) is bool(refused)
    assert all(" ".join(row.verdict.reason.split()) in said for row in refused)


@pytest.mark.parametrize("name", SMALL)
def test_a_card_says_its_sentence_once_and_the_terms_of_the_methods_behind_a_fold(pages, name):
    plan, rows, text = pages[name]
    cards = re.findall(r"<article class=\"card.*?</article>", text, re.DOTALL)
    raised = [row for row in rows if row.verdict.raised]
    assert len(cards) >= min(len(raised), PICTURES + LINES)
    by_title = {row.title: row for row in rows}
    for one in cards:
        row = by_title[unescape(re.search(r"<h3>(?:<a[^>]*>)?(.*?)(?:</a>)? <span", one)[1])]
        front = words(re.sub(r"<details.*?</details>", "", one, flags=re.DOTALL))
        whole = card(row.evidence, row.verdict, plan.policy.for_class(row.asset_class), row.trail)
        assert front.count(whole.lead) == 1
        assert " brief" in one[:60] or f"{whole.lead}, {whole.rest}" in front
        assert not re.search(r"\b(z250|BSADF|Kendall|in blocks|AR\(1\)|C3|[pq] =)", front)


def test_the_demo_says_of_the_nasdaq_in_one_sentence_what_its_chance_was_and_how_sure_that_is(pages):
    _, rows, text = pages["nasdaq_2000"]
    lead = next(row.verdict.headline for row in rows if row.name == "nasdaq")
    said = words(text)
    assert lead in said and lead.count(".") == lead.count("×") + 1, "one sentence: other points are decimals"
    for part in (
        "Critical for",
        "up 107% in a year",
        "a fall of 20% within six months",
        "26 in 100 (17 to 38)",
        "usually 11",
        "raised by volatility (×2.1)",
        "where 24 in 100 was stated on average, 24 came true",
    ):
        assert part in lead


def test_a_series_that_was_critical_is_not_simply_calm(pages):
    _, rows, text = pages["faded"]
    silver = rows[1]
    assert (silver.verdict.level, silver.verdict.state) == ("calm", "stretched, no signal")
    said = words(text)
    assert "Silver is stretched, without a signal. Faded: Silver (critical until 19 January)." in said
    assert "It was critical from 30 December to 19 January: 45% of windows had the shape, now 5%" in said
    assert "calm" not in words(re.search(r"<tr id=\"s-silver\".*?</tr>", text, re.DOTALL)[0])


def test_a_day_without_any_verdict_is_no_quiet_day(pages):
    said = words(pages["all_stale"][2])
    assert "No series has a verdict: 4 stale." in said and "that is not a quiet day" in said
    table = re.search(r"<tbody>\s*<tr id=.*?</tbody>", pages["all_stale"][2], re.DOTALL)[0]
    assert "91.98" in words(table) and "+5.1%" in words(table), "what is known of stale series is shown"
    assert "No series is above calm" in words(pages["quiet"][2])


def test_the_map_stands_before_the_cards_when_there_are_many(pages):
    for name, first in (("sixty_alarms", True), ("nasdaq_2000", False)):
        text = pages[name][2]
        assert (text.index('id="year"') < text.index("<article")) is first


def test_colours_of_the_map_are_those_of_the_shares():
    shares = (0.0, 0.05, 0.15, 0.25, 0.45)
    rows = [judged(f"s{k}", shares=[share] * 3) for k, share in enumerate(shares)]
    text = render(quiet().plan, rows)
    for row, step in zip(rows, range(5), strict=True):
        found = re.search(rf">{row.title}</span><div class=\"cells\".*?</div>", text, re.DOTALL)[0]
        last = re.findall(r'<i class="h(\w)', found)[-1]
        assert last == str(step) and sum(row.trail.C3[-1] >= each for each in STEPS) == step


def test_a_long_list_stays_in_bounds_and_says_what_nobody_looked_at():
    plan, rows = thousands(500)
    text = render(plan, rows)
    assert len(text) < 3_000_000 and text.count("<tr id=") == 500
    assert "495 series have no row: calm today, and no run before is on record" in words(text)
    assert text.count('class="cells"') == 5 < ROWS
    looked = {row.name: [("2026-01-02", 0.0, "calm"), ("2026-01-09", 0.12, "watch")] for row in rows[:9]}
    text = render(plan, rows, looked=looked)
    assert text.count('class="cells"') == 13 and "nobody looked" in text
    assert "12% of windows" in text


def test_a_system_answers_in_one_line(pages):
    text = pages["hostile"][2]
    line = words(re.search(r"<tr><td>Japan.*?</tr>", text, re.DOTALL)[0])
    for part in (
        "divergent",
        "2021-03",
        "p = 0.03 for a feedback",
        "a surplus of 2% in the figures of March",
    ):
        assert part in line
