"""Pages are complete without a script, self-contained, and hostile names are text on them."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from page_text import Page, words
from scan_rows import draft, falls
from scan_rows import row as judged

from scanners.core.figures import chance_of, percent
from scanners.evidence.chance import Chance
from scanners.evidence.trust import RESAMPLES
from scanners.report.archive import series_page
from scanners.report.page import LINES, PICTURES, render
from scanners.report.series import Sheet
from scanners.report.series_page import render as render_series
from scanners.verdict.appraisal import Refusal
from scanners.verdict.followed import level_followed
from scanners.verdict.row import RefusedRow
from scanners.verdict.whole_list import conclude

SCRIPT = "<script>alert(1)</script>"
QUOTE = '"; onload=x'


def pages(folder):
    return [folder / "index.html", *sorted(folder.glob("series/*.html")), folder.parent / "index.html"]


def test_every_page_is_safe_and_needs_nothing_but_itself(site):
    found = pages(site.folder)
    assert len(found) == 6  # the failed series has no page
    for path in found:
        text = path.read_text("utf-8")
        page = Page(text)
        numbers = text.count('<script type="application/json"')  # of a chart; they are not run
        assert numbers == (path.parent.name == "series")
        assert page.tags.count("script") - numbers == (path.parent != site.folder.parent)
        assert not [name for name in page.attributes if name.startswith("on")]
        assert not page.sources and "@import" not in text and "url(http" not in text
        assert not [link for link in page.links if re.match(r"(?!data:)[a-z]*:|//", link)]
        assert len(set(page.ids)) == len(page.ids), "ids of inline pictures must not collide"
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
        assert "default-src 'none'" in text


def test_hostile_names_are_text_in_titles_labels_and_file_names(site):
    for name, title in ((SCRIPT, QUOTE), (QUOTE, SCRIPT)):
        path = site.folder / series_page(name)
        assert re.fullmatch(r"[a-z0-9_-]+\.html", path.name)
        text = path.read_text("utf-8")
        escaped = title.replace("<", "&lt;").replace(">", "&gt;")
        assert f"<h1>{escaped.replace(chr(34), '&#34;')} " in text
        assert f'aria-label="{escaped.replace(chr(34), "&quot;")}: ' in text
    text = (site.folder / "index.html").read_text("utf-8")
    assert SCRIPT not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "no such file &amp; &lt;b&gt;bold&lt;/b&gt;" in text


def test_the_table_is_complete_without_a_script(site):
    text = (site.folder / "index.html").read_text("utf-8")
    body = text[text.index('<table class="all"') :]
    body = body[: body.index("</table>")]
    assert body.count("<tr id=") == len(site.rows)
    assert re.search(r'<form class="tools" hidden', text) and " aria-sort" not in body
    nasdaq = site.rows[0]
    assert f"{nasdaq.evidence.bubble.consensus_3day:.2f}</td>" in body
    fall = nasdaq.evidence.falls.cell("10", 60)
    shown = f'{chance_of(fall.chance)} <small class="beside">{chance_of(fall.usual)}</small>'
    assert shown in body
    moves = nasdaq.evidence.data.moves
    for move in (moves.day, moves.week, moves.year_to_date, nasdaq.momentum.return_250):
        assert f">{percent(move)}</td>" in body
    assert (
        nasdaq.evidence.bubble.critical_time.median in text and f"Trust {nasdaq.trust.qualified:.2f}" in text
    )
    for row in site.rows:
        assert f">{row.verdict.status.replace('_', ' ')}<" in body
    for row in site.rows:
        if row.evidence:
            assert row.evidence.data.sha256 in text
    assert level_followed("critical", site.asked.policy) in text and site.asked.configuration in text


def test_trust_is_for_raised_series(site):
    assert [row.trust is not None for row in site.rows] == [True, True, False, False, False]
    assert site.rows[0].trust.windows >= 20 and site.rows[0].trust.resamples == 8  # of 40, for the tests
    assert RESAMPLES == 40


def test_only_raised_series_have_a_card(site):
    text = (site.folder / "index.html").read_text("utf-8")
    raised = [row for row in site.rows if row.verdict.raised]
    assert 0 < len(raised) < len(site.rows)
    assert text.count('<article class="card') == text.count('<svg class="line strip"') == len(raised)
    assert text.count('<table class="chances"') == len(raised)
    assert "30年国债期货" in text


def test_p_and_q_stand_behind_a_fold(site):
    text = (site.folder / "index.html").read_text("utf-8")
    lead = re.sub(r"<details.*?</details>", "", text[: text.index('id="changes"')], flags=re.DOTALL)
    assert "Nasdaq Composite" in lead and "usually" in lead
    assert not re.search(r"\b[pq] (=|at most)", lead) and "Null paths" not in lead


def test_page_renders_when_the_files_are_gone(site, tmp_path):
    text = render(site.asked, site.rows, tmp_path)
    page = Page(text)
    assert "figure" not in page.tags
    assert not [link for link in page.links if link.startswith("series/")]
    assert text.count("<tr id=") == len(site.rows)
    assert render(site.asked, site.rows) == text


def test_many_raised_series_get_words_instead_of_pictures(site):
    rows = [replace(site.rows[0], name="nasdaq", title=f"Copy {k}") for k in range(PICTURES + 3)]
    text = render(site.asked, rows, site.folder)
    assert text.count('<svg class="line strip"') == text.count('<table class="chances"') == PICTURES
    assert text.count('<article class="card') == PICTURES + 3
    many = render(site.asked, [replace(rows[0], title=f"Copy {k}") for k in range(200)], site.folder)
    assert many.count('<article class="card') == PICTURES + LINES
    assert f"{200 - PICTURES - LINES} more are raised" in many and many.count("<tr id=") == 200


def test_nothing_raised_and_nothing_judged(site):
    said = "No series is above calm, and no risk of a fall above usual"
    assert said in render(site.asked, [judged("a")])
    assert said not in render(site.asked, [judged("a", falls=falls(0.5, 0.2))])
    failed = [RefusedRow("a", "A", "commodity", Refusal("failed", "why"))]
    text = render(site.asked, failed)
    assert "No series has a verdict: 1 failed." in text and "that is not a quiet day" in text


def test_series_page_shows_every_number_of_the_evidence(site):
    text = (site.folder / series_page("nasdaq")).read_text("utf-8")
    evidence = site.rows[0].evidence

    def leaves(value):
        for name, item in value.items():
            if isinstance(item, dict):
                yield from leaves(item)
            elif name == "cells":
                for cell in item:
                    yield from leaves(cell)
            else:
                yield item

    from scanners.report.evidence_table import plain

    numbers = [plain(item) for item in leaves(evidence.to_dict())]
    assert len(numbers) > 250
    for number in numbers:
        assert f">{number.replace('<', '&lt;')}<" in text or number == evidence.as_of, number
    for reason in site.rows[0].verdict.reasons:
        assert " ".join(reason.split()) in words(text)
    assert "at least 20" in text and "warning from 0.20, critical from 0.30" in text
    assert text.count("<figure") == 11
    assert "shanghai_2015: where each window puts tc" in text and "no part of the verdict" in text
    for name, share in evidence.bubble.confidence.items():
        assert f"<td>{name.replace('_', ' ')}</td><td>{share['positive']:.2f}</td>" in text
    assert "Chance in 100 of a fall of 10% within 3 months" in text and '<table class="chances"' in text
    assert 'class="pill risk raised"' in text and "odds against usual" in text


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_pictures_lie_beside_the_page(site, suffix):
    content = (site.folder / f"nasdaq{suffix}").read_bytes()
    assert len(content) > 10_000
    if suffix == ".svg":
        root = ElementTree.fromstring(content)
        texts = [text for text in root.itertext() if text.strip()]
        assert "Nasdaq Composite, 2000-03-10" in texts


def test_the_page_of_a_series_says_what_only_the_whole_list_knows(site, tmp_path):
    found = Chance("positive", site.rows[0].evidence.bubble.consensus_3day, 0.02, 99, 1)
    row = replace(site.rows[0], evidence=replace(site.rows[0].evidence, chance=found))
    rows = conclude([draft(each) for each in (row, *site.rows[1:])], site.asked.policy)
    text = render_series(site.asked, rows[0], Sheet("<svg>drawn</svg>", (("A & B", "why", "<svg/>"),)))
    assert "q = 0.04 over 2 series, more than chance" in words(text)
    for reason in rows[0].verdict.reasons:
        assert reason in words(text)
    assert text.count("<h1>") == 1 and "<svg>drawn</svg>" in text and "A &amp; B" in text
    assert "q = 0.04 over 2 series" in words(render(site.asked, rows, tmp_path))


def test_nothing_that_only_the_making_needed_is_left(site):
    assert not list(site.folder.glob(".*"))
