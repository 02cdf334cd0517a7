"""The catalogue is complete, checked, extended by the user, and placed on prices without invented sizes."""

import numpy as np
import pandas as pd
import pytest

import lppl
from scanners.core.errors import CommandError
from scanners.past.catalogue.turning_points import TurningPoint, load, place, size

ISSUE = """
dxy:2022-09-27 shanghai:2022-10-31 copper:2024-05-20 gold:2024-05-20 usdjpy:2024-07-10 mxnjpy:2024-07-10
nasdaq:2024-07-10 nasdaq:2025-02-19 tl:2025-02-06 kospi:2025-04-09 nasdaq:2025-04-08 gold:2026-01-28
silver:2026-01-28 dxy:1992-09 dxy:1995-04 dxy:2008-03 dxy:2011-05 dxy:2014-05 dxy:2018-02 dxy:2021-05
dxy:2024-09 dow_jones:1929-09-03 gold_lbma_pm:1980-01-21 sp500:1987-08-25 nikkei:1989-12-29
hang_seng:1997-08-07 nasdaq:2000-03-10 kosdaq:2000-03-10 shanghai:2007-10-16 wti:2008-07-03 gold:2011-09-05
silver:2011-04-28 shanghai:2015-06-12 kosdaq:2018-01-29 bitcoin:2013-11 bitcoin:2017-12-16 bitcoin:2021-04
bitcoin:2021-11
"""


def event(date, direction="top", series="nasdaq"):
    return TurningPoint("mine", date, series, direction)


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")


def test_every_turning_point_of_the_issue_is_there(tmp_path):
    found = load(tmp_path / "none.toml")
    assert sorted(f"{one.series}:{one.date}" for one in found) == sorted(ISSUE.split())
    assert all(one.narrative and one.source for one in found)


def test_the_user_adds_to_it(tmp_path):
    own = tmp_path / "turning_points.toml"
    own.write_text('[[event]]\nid = "mine"\ndate = "2011-08"\nseries = "x"\ndirection = "bottom"\n', "utf-8")
    assert load(own)[-1] == event("2011-08", "bottom", "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[event]]\nid = "a"\nday = "2011"\n',
            r"unknown key event\[1\]\.day: did you mean event\[1\]\.date\?",
        ),
        ('[[event]]\nid = "a"\ndate = "2011"\nseries = "x"\ndirection = "top"', r"matching regex.*date"),
        ('[[event]]\nid = "a"\ndate = "2011-01"\nseries = "x"\ndirection = "up"', "Invalid enum value 'up'"),
        ('[[event]]\nid = "nasdaq-2000-03-10"\ndate = "2011-01"\nseries = "x"\ndirection = "top"', "already"),
        ("[[event", "turning_points.toml: "),
    ],
)
def test_a_broken_file_is_refused(tmp_path, text, message):
    own = tmp_path / "turning_points.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=message):
        load(own)


def test_place_is_the_day_or_the_extreme_of_the_month(nasdaq):
    assert nasdaq.index[place(event("2000-03-10"), nasdaq)] == pd.Timestamp("2000-03-10")
    assert nasdaq.index[place(event("2000-03-11"), nasdaq)] == pd.Timestamp("2000-03-10")  # a Saturday
    assert nasdaq.index[place(event("2000-03"), nasdaq)] == pd.Timestamp("2000-03-10")
    assert nasdaq.index[place(event("2002-10", "bottom"), nasdaq)] == pd.Timestamp("2002-10-09")
    for outside in ("1970-01-01", "2090-01-01", "1970-01", "2090-01"):
        assert place(event(outside), nasdaq) is None
    assert place(event("2000-03"), nasdaq[:"2000-03-10"]) is None  # the month is not over


def test_size_is_the_move_until_the_turn_is_passed():
    closes = np.concatenate([np.linspace(50, 100, 60), np.linspace(99, 80, 20), np.linspace(81, 120, 100)])
    closes = np.concatenate([closes, np.full(50, 10.0)])
    prices = pd.Series(closes, pd.bdate_range("2000-01-03", periods=len(closes)))
    assert size(prices, 59, "top") == pytest.approx(-0.2)
    assert size(prices, 63, "top") == pytest.approx(-0.2)  # the extreme lies near
    assert size(1 / prices, 59, "bottom") == pytest.approx(0.25)
