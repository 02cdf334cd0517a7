"""docs/risk.md says what the shipped record says, and its record is that of the shipped models."""

from pathlib import Path

import pytest

from scanners.risk.coefficients import shipped
from scanners.risk.record import measured

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "risk.md").read_text("utf-8")
ROWS = {
    "5% in 20": "5_20",
    "10% in 60": "10_60",
    "20% in 120": "20_120",
    "30% in 250": "30_250",
    "1.5 sigma in 60": "1.5s_60",
}


@pytest.mark.parametrize(("words", "cell"), ROWS.items())
def test_skill_of_the_page_is_that_of_the_record(words, cell):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {words} |"))
    found = measured()["cells"]["all"][cell]
    skill = f"{found['skill']:.3f} [{found['skill_low']:.3f}, {found['skill_high']:.3f}]"
    assert f"| {found['base']:.3f} | {skill} |" in row
    assert f"| {found['area_within']:.3f} |" in row


def test_the_record_is_of_the_shipped_models():
    assert measured()["version"] == shipped().version
    assert measured()["panel"] == shipped().panel
    assert f"{measured()['looks']:,} looks" in PAGE


def test_models_are_ordered_and_each_serves_only_later_dates():
    since = shipped().since
    assert (since[1:] > since[:-1]).all()
    assert set(range(1950, 2022)) <= set(since.tolist())
