"""One series, one date: every way to ask gives the same C, critical time and level, of the same windows."""

import email
import json
import re
from email import policy as rules

import numpy as np
import pytest
from own_settings import DESK

import lppl as library
from lppl import datasets
from scanners.evidence import trust
from scanners.report import series as drawing
from scanners.scan.one_series import look

TOP = "2000-03-10"
LIST = '[[series]]\nname = "nasdaq"\nasset_class = "equity_index"\nsymbols = { csv = "nasdaq" }\n'
CONFIG = """
[scan]
pages = "all"
trust = "raised"
[policy]
null_paths = 0
"""


@pytest.fixture
def prices():
    return datasets.load("nasdaq")["1997-09-01":"2000-03-10"]  # few sessions to look back on


@pytest.fixture
def workspace(tmp_path, monkeypatch, plain_environment, prices):
    (tmp_path / "data").mkdir()
    prices.rename("close").to_csv(tmp_path / "data" / "nasdaq.csv")
    (tmp_path / "watchlist.toml").write_text(LIST)
    (tmp_path / "scanner.toml").write_text(CONFIG + DESK.format(port=1))
    monkeypatch.setattr(trust, "RESAMPLES", 4)
    monkeypatch.setattr(drawing, "NULLS", 3)
    monkeypatch.setattr("scanners.service.daily.is_current", lambda *_: True)
    return tmp_path


def answer(level, evidence):
    """Return what must be the same everywhere."""
    bubble, time = evidence["bubble"], evidence["bubble"]["critical_time"]
    three = tuple(round(bubble[name], 12) for name in ("consensus", "consensus_3day"))
    return level, *three, time["low"], time["median"], time["high"]


def test_fit_scan_replay_page_mail_and_library_say_the_same(lppl, workspace, prices):
    code, out, err = lppl("scan", "--as-of", TOP, "--dry-run", "look", "--json", "--jobs", 1)
    assert code == 0, err
    (row,) = json.loads(out)["series"]
    truth = answer(row["level"], row["evidence"])
    assert truth[0] == "critical" and truth[2] > 0.3

    fit = json.loads(lppl("fit", "nasdaq", "--as-of", TOP, "--json")[1])
    assert answer(fit["verdict"]["level"], fit["evidence"]) == truth
    shown = row["evidence"]["bubble"]["fit"]
    assert (fit["start"], fit["fit"]["n"], fit["fit"]["m"]) == (shown["start"], shown["length"], shown["m"])
    asked = ("--from", TOP, "--to", TOP, "--tests-every", 0, "--json")
    (said,) = json.loads(lppl("replay", "nasdaq", *asked)[1])["said"]
    assert (said["level"], round(said["c"], 12), round(said["up"], 12), *said["tc"]) == truth
    (day,) = json.loads(lppl("confidence", "nasdaq", "--as-of", TOP, "--json")[1])["confidence"]
    assert round(day["C_positive"], 12) == truth[1]

    found = look(prices, asset_class="equity_index")
    assert answer(found.verdict.level, found.evidence.to_dict()) == truth
    history = library.confidence_history(prices, preset="daily", start=len(prices) - 3)
    three = history.filter(regex="_positive$").mean(axis=1)
    assert (round(three.iloc[-1], 12), round(three.mean(), 12)) == truth[1:3]

    page = " ".join((workspace / "look" / TOP / "series" / "nasdaq.html").read_text("utf-8").split())
    c3, time = f"{truth[2]:.2f}", row["evidence"]["bubble"]["critical_time"]
    windows = time["windows"]
    assert (
        f"C3 {c3}" in page
        and f"{windows} of {time['attempted']} windows" in page
        and f"{truth[3]} to {truth[5]}" in page
    )
    assert f'<b class="date">{truth[4]}</b> median critical time' in page
    assert "no window qualifies" not in page and f"median of the {windows} windows behind the verdict" in page
    (path,) = (workspace / "look").glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=rules.default)
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "critical" in letter["Subject"] and "CRITICAL" in text
    assert set(re.findall(r"C3 =? ?(\d\.\d\d)", text)) == {c3}


def test_windows_shown_are_those_that_make_c(prices):
    found = look(prices)
    windows, passed = found.fits.windows, np.array(list(found.fits.passed.values()))
    upward = passed & (windows.direction > 0)
    assert upward.mean() == pytest.approx(found.evidence.bubble.consensus, rel=1e-12)
    assert (found.fits.qualified == upward.any(axis=0)).all()
