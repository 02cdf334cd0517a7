"""Pages are complete without a script, self-contained, and hostile names are text on them."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from scan_rows import draft

from scanners.evidence.chance import Chance
from scanners.report.archive import series_page
from scanners.report.page import PICTURES, render
from scanners.report.series import Sheet
from scanners.report.series_page import render as render_series
from scanners.verdict.appraisal import Refusal
from scanners.verdict.followed import level_followed
from scanners.verdict.row import RefusedRow
from scanners.verdict.whole_list import conclude

SCRIPT = "<script>alert(1)</script>"
QUOTE = '"; onload=x'
VOID = {"meta", "link", "input", "br", "img", "rect", "line", "path", "polyline"}


class Page(HTMLParser):
    """Collect tags, attributes, links and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.sources, self.attributes = [], [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            {"id": self.ids.append, "href": self.links.append, "src": self.sources.append}.get(
                name, lambda value: None
            )(value)


def pages(folder):
    return [folder / "index.html", *sorted(folder.glob("series/*.html")), folder.parent / "index.html"]


def test_every_page_is_safe_and_needs_nothing_but_itself(site):
    found = pages(site.folder)
    assert len(found) == 6  # the failed series has no page
    for path in found:
        text = path.read_text("utf-8")
        page = Page(text)
        assert page.tags.count("script") == (path.name == "index.html" and path.parent == site.folder)
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
    body = text[text.index('<table class="all"') : text.index("</table>")]
    assert body.count("<tr id=") == len(site.rows)
    assert re.search(r'<form class="tools" hidden', text) and " aria-sort" not in body
    nasdaq = site.rows[0]
    assert f"{nasdaq.evidence.bubble.consensus_3day:.2f}</td>" in body
    assert nasdaq.evidence.bubble.critical_time.median in body
    assert f"{nasdaq.trust.larger:.2f}</td>" in body
    for row in site.rows:
        assert f">{row.verdict.status.replace('_', ' ')}<" in body
    for row in site.rows:
        if row.evidence:
            assert row.evidence.data.sha256 in text
    assert level_followed("critical", site.asked.policy) in text and site.asked.configuration in text


def test_trust_is_for_raised_series(site):
    assert [row.trust is not None for row in site.rows] == [True, True, False, False, False]
    assert site.rows[0].trust.windows >= 20 and site.rows[0].trust.resamples == 40


def test_only_raised_series_have_a_picture_on_the_daily_page(site):
    text = (site.folder / "index.html").read_text("utf-8")
    assert text.count('<figure class="wide">') == 2
    assert "30年国债期货" in text
    assert 'svg viewBox="0 48.96 604.8' in text  # the heading is cut off


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
    assert text.count('<figure class="wide">') == PICTURES
    assert text.count('<article class="card') == PICTURES + 3


def test_nothing_raised_and_nothing_judged(site):
    calm = [row for row in site.rows if row.verdict.level == "calm"]
    assert calm and "no series is above calm" in render(site.asked, calm)
    failed = [RefusedRow("a", "A", "commodity", Refusal("failed", "why"))]
    assert "No series has a verdict." in render(site.asked, failed)


def test_series_page_shows_every_number_of_the_evidence(site):
    text = (site.folder / series_page("nasdaq")).read_text("utf-8")
    evidence = site.rows[0].evidence

    def leaves(value):
        for item in value.values() if isinstance(value, dict) else [value]:
            yield from leaves(item) if isinstance(item, dict) else [item]

    from scanners.report.evidence_table import plain

    numbers = [plain(item) for item in leaves(evidence.to_dict())]
    assert len(numbers) > 50
    for number in numbers:
        assert f">{number.replace('<', '&lt;')}<" in text or number == evidence.as_of, number
    for reason in site.rows[0].verdict.reasons:
        assert reason.replace(">", "&gt;").replace("'", "&#39;") in text
    assert "at least 20" in text and "warning from 0.20, critical from 0.30" in text
    assert text.count("<figure") == 9


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
    assert "q = 0.04 over 2 series, more than chance" in " ".join(text.split())
    for reason in rows[0].verdict.reasons:
        assert reason.replace(">", "&gt;") in text
    assert text.count("<h1>") == 1 and "<svg>drawn</svg>" in text and "A &amp; B" in text
    assert "q = 0.04 over 2 series" in " ".join(render(site.asked, rows, tmp_path).split())


def test_nothing_that_only_the_making_needed_is_left(site):
    assert not list(site.folder.glob(".*"))
