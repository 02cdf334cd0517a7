"""What README and docs say of the levels is what the policy states, and that is what was measured."""

from pathlib import Path

import pytest

from scanners.config.policy import Policy
from scanners.verdict.calibration import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["README.md", "docs/reading_the_page.md", "docs/methods.md"])
def test_the_records_of_the_levels_are_those_of_the_policy(page):
    text = (ROOT / page).read_text("utf-8")
    for level in ("critical", "warning", "watch"):
        record = Policy().record(level)
        low, high = record.interval
        assert f"{record.hit:.0%} [{low:.0%}, {high:.0%}]" in text, level
        assert f"{record.base:.0%}" in text, level


def test_the_page_of_major_tops_is_that_of_the_shipped_rates():
    text = (ROOT / "docs" / "skill_tops.md").read_text("utf-8")
    for one in load().tops:
        assert f"{one.hits}/{one.episodes} = {one.hits / one.episodes:.0%}" in text
        assert f"* **{one.level}**:" in text


def test_alarms_by_chance_are_those_of_the_policy():
    rows = [
        line.split("|")
        for line in (ROOT / "docs" / "chance.md").read_text("utf-8").splitlines()
        if line.startswith(("| GARCH(1,1)-t | 420", "| blocks of 20 sessions | 420", "| real prices | 401"))
    ]
    garch, block, real = ([float(cell.split()[0]) for cell in row[3:-1]] for row in rows)
    warning, critical = 4, 6  # columns of C3 >= .30 and .40
    assert Policy().critical_by_chance == pytest.approx((garch[critical] + block[critical]) / 2, abs=5e-4)
    shares = [block[column] / real[column] for column in (critical, warning)]
    assert Policy().shuffled == pytest.approx([round(share, 1) for share in shares])
