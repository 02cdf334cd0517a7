"""docs/reading_the_page.md has a place for every part of the pages."""

import re
from pathlib import Path

from scanners.report.card import HORIZONS
from scanners.report.heat import STEPS
from scanners.report.page import LINES, OVERVIEW, PICTURES
from scanners.report.past import COARSE, EVERY, TWO_YEARS
from scanners.service.collection import ALL_PAGES_UP_TO
from scanners.verdict.trail import LOOKED_BACK

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reading_the_page.md").read_text("utf-8")
REPORT = ROOT / "scanners" / "report"


def test_every_part_of_the_pages_has_a_heading():
    for name in ("page.html", "series.html"):
        parts = re.findall(r"<h2[^>]*>(.*?)</h2>", (REPORT / "templates" / name).read_text("utf-8"))
        assert parts
        for part in parts:
            assert f"### {part}\n" in TEXT or part == "How to read this page", part


def test_every_panel_has_a_line():
    titles = re.findall(r'yield panel\(\s*"([^"]+)"', (REPORT / "panels.py").read_text("utf-8"))
    assert len(titles) > 5
    for title in titles:
        assert f"| {title} |" in TEXT, title


def test_every_column_of_the_table_has_a_line():
    page = (REPORT / "templates" / "page.html").read_text("utf-8")
    table = page[page.index('<table class="all"') :]
    columns = re.findall(r'<th scope="col"[^>]*>([^<{]+)</th>', table[: table.index("</thead>")])
    assert len(columns) == 13
    for column in columns:
        assert f"\n| {column} |" in TEXT, column


def test_what_adds_nothing_is_what_was_measured():
    part = TEXT[TEXT.index("### What adds nothing") : TEXT.index("### Since the last run")]
    skill = (ROOT / "docs" / "skill.md").read_text("utf-8")
    rows = [line for line in part.splitlines() if line.startswith("|") and "---" not in line]
    assert len(rows) == 6
    for row in rows:
        assert row in skill.splitlines(), row
        assert row is rows[0] or row.split("|")[-2].strip().startswith("not shown")
    for of in ("the bifurcation evidence", "trust", "negative bubbles, for rises"):
        assert f"Of {of}: no row shows more than expected." in skill
    page = " ".join((REPORT / "templates" / "page.html").read_text("utf-8").split())
    assert "What adds nothing, measured: the state of the path" in page


def test_the_numbers_of_cards_are_those_of_the_page():
    assert (PICTURES, LINES) == (12, 60)
    assert "twelve whole cards, a line\nfor each of the next sixty" in TEXT
    assert list(HORIZONS.items()) == [(60, "3 months"), (120, "6 months"), (250, "12 months")]
    assert "within 3, 6 and 12 months (60, 120 and 250 sessions)" in TEXT
    assert STEPS == (0.03, 0.10, 0.20, 0.30) and OVERVIEW == 4
    assert "3%, 10%, 20% (warning) and 30% (critical) of windows" in TEXT and "more than four series" in TEXT
    assert LOOKED_BACK == 120 and TEXT.count("last 120 sessions") >= 4 and ALL_PAGES_UP_TO == 50
    assert (EVERY, TWO_YEARS, COARSE) == (10, 500, 25)
    assert "every ten sessions of the last two years" in TEXT and "up to 25 sessions old" in TEXT
