"""Hours, days of all the week, weeks and months from a file to the page, in words of their own."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

from scanners.cli import main as entry_point
from scanners.evidence.momentum import momentum

N = 800
LAST = pd.Timestamp("2024-11-29")
DATES = {
    "hours": pd.date_range(end="2024-11-29 21:00", periods=N, freq="h"),
    "all_days": pd.date_range(end=LAST, periods=N),
    "weeks": pd.date_range(end=LAST, periods=N, freq="W-FRI"),
    "months": pd.date_range(end="2024-10-31", periods=N, freq="ME"),
}
BARS = {"hours": "bar", "weeks": "week", "months": "month"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    for seed, (name, dates) in enumerate(DATES.items()):
        moves = 0.01 * np.random.default_rng(seed).standard_normal(N)
        closes = np.round(100 * np.exp(moves.cumsum() + 0.001 * np.arange(N)), 4)
        form = "%Y-%m-%d %H:%M:%S" if name == "hours" else "%Y-%m-%d"
        pd.DataFrame({"date": dates.strftime(form), "close": closes}).to_csv(
            place / f"{name}.csv", index=False
        )
    return place


@pytest.fixture(scope="module")
def scanned(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("out")
    arguments = [
        "scan",
        "--data",
        str(folder),
        "--as-of",
        "2024-11-29",
        "--output",
        str(output),
        "--jobs",
        "1",
    ]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["lppl", *arguments])
        patch.setenv("LPPL_POLICY__NULL_PATHS", "0")
        patch.setenv("LPPL_SCAN__TRUST", "none")
        entry_point()
    assert ended.value.code in (0, None)
    return output / "2024-11-29"


def test_only_days_are_judged_by_what_was_measured_on_days(scanned):
    rows = {row["name"]: row for row in json.loads((scanned / "scan.json").read_text())["series"]}
    assert rows["all_days"]["status"] == "ok"
    assert "frequency" not in rows["all_days"]["evidence"]["data"]
    for name, bar in BARS.items():
        row = rows[name]
        assert (row["status"], row["level"], row["phase"], row["bifurcation"]) == (
            "not_measured",
            None,
            None,
            None,
        )
        assert row["evidence"]["data"]["bar"] == bar
        assert f"windows of {bar}s" in row["reasons"][0]
        assert "not applied" in row["reasons"][0]
        said = " ".join(row["reasons"])
        assert f"over 250 {bar}s" in said
        for word in ("session", "250-day", "Measured", "% of", "Chance alone", "warning from"):
            assert word not in said.replace("% of them sit", ""), (name, word, said)
    assert rows["hours"]["evidence"]["data"]["last"] == "2024-11-29 21:00"


def test_the_page_says_so(scanned):
    page = (scanned / "index.html").read_text()
    assert (
        "Weekly bars: levels, records and chances were measured on daily bars and are not applied."
        in page.replace("\n", " ")
    )
    for name, bar in BARS.items():
        own = next(
            path for path in (scanned / "series").glob("*.html") if path.name.startswith(name)
        ).read_text()
        assert f"{bar}s in window" in own
        assert "sessions in window" not in own


def test_critical_times_lie_where_the_bars_go_on(scanned):
    rows = {row["name"]: row for row in json.loads((scanned / "scan.json").read_text())["series"]}
    for name, most in (("hours", 30), ("weeks", 7 * 160), ("months", 31 * 160)):
        time = rows[name]["evidence"]["bubble"]["critical_time"]
        if time is not None:
            there = pd.Timestamp(time["median"])
            assert abs((there - DATES[name][-1]).days) <= most


@pytest.mark.parametrize("name", ["hours", "weeks", "months"])
def test_commands_on_one_file_speak_of_its_bars(lppl, folder, name):
    code, out, err = lppl("fit", str(folder / f"{name}.csv"))
    assert code == 0, err
    assert f"{BARS[name]}s (" in out
    assert "session" not in out
    assert "not measured" in out
    code, out, _ = lppl(
        "confidence",
        str(folder / f"{name}.csv"),
        "--from",
        f"{DATES[name][-2]:%Y-%m-%d}",
        "--step",
        "20",
        "--json",
    )
    assert code == 0
    code, out, _ = lppl("warn", str(folder / f"{name}.csv"), "--window", "64")
    assert code == 0
    assert "session" not in out


def test_volatility_is_that_of_a_year_of_such_bars():
    closes = np.exp(0.02 * np.random.default_rng(0).standard_normal(300).cumsum())
    daily, weekly = momentum(closes), momentum(closes, 52.0)
    assert weekly.volatility == pytest.approx(daily.volatility * np.sqrt(52 / 250))
