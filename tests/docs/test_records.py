"""What README and docs say of levels and risks is what a verdict quotes, and that is what was measured."""

import json
import sys
from pathlib import Path

import pytest

from scanners.config.policy import FIRST_STUDY, Policy
from scanners.config.records import reached_a_year
from scanners.verdict.calibration import load
from scanners.verdict.followed import measured

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["README.md", "docs/reading_the_page.md", "docs/methods.md"])
def test_what_followed_is_that_of_the_verdict(page):
    text = (ROOT / page).read_text("utf-8")
    for level, found in measured()["levels"].items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"| {level} | ") and "(0." in line]
        assert f"| {found['a_year']:.2f} ({found['a_year_by_chance']:.2f}) |" in line
        for cell in ("1.5s_60", "20_120"):
            one = found["cells"][cell]
            low, high = one["interval"]
            told = f"{one['observed']:.0%}, {one['expected']:.0%}: {one['ratio']:.1f} [{low:.1f}, {high:.1f}]"
            assert told in line, level
    for risk, found in measured()["risks"].items():
        one = found["cells"]["10_60"]
        told = " | ".join(f"{one[name]:.0%}" for name in ("stated", "observed", "usual"))
        assert f"| {found['a_year']:.2f} | {told} |" in text, risk


def test_what_a_verdict_quotes_is_what_the_tables_of_rules_show():
    sys.path.insert(0, str(ROOT / "scripts"))
    from level_record import followed

    assert followed(json.loads((ROOT / "docs" / "skill" / "rules.json").read_text("utf-8"))) == measured()


def test_the_page_of_major_tops_is_that_of_the_shipped_rates():
    text = (ROOT / "docs" / "skill_tops.md").read_text("utf-8")
    for one in load().tops:
        assert f"{one.hits}/{one.episodes} = {one.hits / one.episodes:.0%}" in text
        assert f"* **{one.level}**:" in text


def test_how_often_the_interval_of_tc_held_the_top_is_that_of_the_page():
    text = (ROOT / "docs" / "skill_tops.md").read_text("utf-8")
    assert f"the middle 80% held the top on {Policy().tc_held:.0%} of them" in text
    reading = " ".join((ROOT / "docs" / "reading_the_page.md").read_text("utf-8").split())
    assert f"held it on {Policy().tc_held:.0%} of dates" in reading


def test_capitulation_by_chance_is_that_of_the_page():
    text = (ROOT / "docs" / "false_alarms.md").read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| daily | mean | negative |")]
    counts = [round(float(row[8].split()[0]) / 100 * int(row[4])) for row in rows]  # C3 of .30
    assert len(counts) == 3
    assert Policy().capitulation_by_chance == pytest.approx(sum(counts) / 720, abs=5e-5)


def test_alarms_by_chance_are_those_of_the_policy():
    rows = [
        line.split("|")
        for line in (ROOT / "docs" / "chance.md").read_text("utf-8").splitlines()
        if line.startswith(("| GARCH(1,1)-t | 420", "| blocks of 20 sessions | 420", "| real prices | 401"))
    ]
    garch, block, _ = ([float(cell.split()[0]) for cell in row[3:-1]] for row in rows)
    heads = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
    for head, one, other in zip(heads, garch, block, strict=True):
        assert reached_a_year(head) == (head, pytest.approx((one + other) / 2, abs=1e-9))
    assert reached_a_year(0.09) is None
    critical = 6  # column of C3 >= .40
    by_chance = (garch[critical] + block[critical]) / 2
    assert FIRST_STUDY["critical_by_chance"] == pytest.approx(by_chance, abs=5e-4)
    assert Policy().critical_by_chance == pytest.approx(
        measured()["levels"]["critical"]["a_year_by_chance"], abs=5e-4
    )
