"""The table of published indicators on prices that ship: its cheap rows come out again, to the digit."""

import sys
from pathlib import Path

import lppl

ROOT = Path(__file__).resolve().parents[2]


def test_the_rows_of_a_preset_are_what_the_page_says(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delitem(sys.modules, "published_indicators", raising=False)
    import published_indicators as maker

    page = (ROOT / "docs" / "reproduces.md").read_text("utf-8")
    prices = lppl.datasets.load(maker.SERIES)
    for preset in ("gabauer_2022_short", "gabauer_2022_medium"):
        for name, of, (positive, negative) in maker.shares(prices, maker.DATE, preset):
            assert f"| {name} | {of} | {positive:.3f} | {negative:.3f} |" in page
