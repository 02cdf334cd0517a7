"""docs/reading_the_page.md has a place for every part of the pages."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reading_the_page.md").read_text("utf-8")
REPORT = ROOT / "scanners" / "report"


def test_every_part_of_the_pages_has_a_heading():
    for name in ("page.html", "series.html"):
        parts = re.findall(r"<h2>(.*?)</h2>", (REPORT / "templates" / name).read_text("utf-8"))
        assert parts
        for part in parts:
            assert f"### {part}\n" in TEXT or part == "How to read this page", part


def test_every_panel_has_a_line():
    titles = re.findall(r'yield panel\(\s*"([^"]+)"', (REPORT / "panels.py").read_text("utf-8"))
    assert len(titles) > 5
    for title in titles:
        assert f"| {title} |" in TEXT, title
