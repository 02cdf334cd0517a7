"""Hours, days of all the week, weeks and months from a file to the page, in words of their own."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from no_ink import no_ink

from lppl import datasets
from scanners.cli import main as entry_point
from scanners.evidence.momentum import momentum

N = 640
LAST = pd.Timestamp("2024-11-29")
DATES = {
    "hours": pd.date_range(end="2024-11-29 21:00", periods=N, freq="h"),
    "all_days": pd.date_range(end=LAST, periods=N),
    "weeks": pd.date_range(end=LAST, periods=N, freq="W-FRI"),
    "months": pd.date_range(end="2024-10-31", periods=N, freq="ME"),
}
BUBBLE = datasets.load("nasdaq")[:"2000-03-10"].to_numpy()[-N:]
BARS = {"hours": "bar", "weeks": "week", "months": "month"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    for seed, (name, dates) in enumerate(DATES.items()):
        if name == "hours":  # a bubble, whose critical time is drawn
            closes = BUBBLE
        else:
            moves = 0.01 * np.random.default_rng(seed).standard_normal(N)
            closes = np.round(100 * np.exp(moves.cumsum() + 0.001 * np.arange(N)), 4)
        form = "%Y-%m-%d %H:%M:%S" if name == "hours" else "%Y-%m-%d"
        pd.DataFrame({"date": dates.strftime(form), "close": closes}).to_csv(
            place / f"{name}.csv", index=False
        )
    return place


def scan(folder, output, patch):
    """Scan the files into a folder; return that of the day."""
    asked = ["--data", str(folder), "--as-of", "2024-11-29", "--output", str(output), "--jobs", "1"]
    patch.setattr(sys, "argv", ["lppl", "scan", *asked])
    patch.setenv("LPPL_POLICY__NULL_PATHS", "0")
    patch.setenv("LPPL_SCAN__TRUST", "none")
    patch.setenv("LPPL_SCAN__PAGES", "all")
    with pytest.raises(SystemExit) as ended:
        entry_point()
    assert ended.value.code in (0, None)
    return output / "2024-11-29"


@pytest.fixture(scope="module")
def scanned(folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        no_ink(patch)
        return scan(folder, tmp_path_factory.mktemp("out"), patch)


@pytest.mark.ci
def test_every_kind_of_bar_can_be_drawn(folder, tmp_path, monkeypatch):
    made = scan(folder, tmp_path, monkeypatch)
    for name in DATES:
        assert (made / f"{name}.png").stat().st_size > 20_000
        (path,) = (made / "series").glob(f"{name}*.html")
        own = path.read_text("utf-8")
        assert own.count("<svg") > 5
        if name in BARS:
            assert f"{BARS[name]}s in window" in own
            assert "sessions in window" not in own


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


def test_critical_times_lie_where_the_bars_go_on(scanned):
    rows = {row["name"]: row for row in json.loads((scanned / "scan.json").read_text())["series"]}
    for name, most in (("hours", 30), ("weeks", 7 * 160), ("months", 31 * 160)):
        time = rows[name]["evidence"]["bubble"]["critical_time"]
        if time is not None:
            there = pd.Timestamp(time["median"])
            assert name != "hours" or there > DATES[name][-1] - pd.Timedelta(days=2)
            assert abs((there - DATES[name][-1]).days) <= most


@pytest.mark.parametrize(
    "name", ["hours", *(pytest.param(name, marks=pytest.mark.ci) for name in ("weeks", "months"))]
)
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


def test_what_states_chances_of_days_refuses_hours_in_words(lppl, folder):
    code, out, _ = lppl("risk", str(folder / "hours.csv"))
    assert code == 0 and "closes lie 60 minutes apart: chances were measured on daily closes only" in out
    code, _, err = lppl("replay", str(folder / "hours.csv"), "--from", "2024-11-28")
    assert code == 1 and "hourly bars: the past is gone through by days" in err


def test_volatility_is_that_of_a_year_of_such_bars():
    closes = np.exp(0.02 * np.random.default_rng(0).standard_normal(300).cumsum())
    daily, weekly = momentum(closes), momentum(closes, 52.0)
    assert weekly.volatility == pytest.approx(daily.volatility * np.sqrt(52 / 250))


@pytest.mark.slow
def test_page_and_mail_speak_of_days_that_are_no_working_week(lppl, tmp_path, monkeypatch):
    monkeypatch.setenv("LPPL_POLICY__NULL_PATHS", "0")
    monkeypatch.setenv("LPPL_SCAN__TRUST", "none")
    (tmp_path / "files").mkdir()
    for name in ("all_days", "hours", "weeks", "months"):
        form = "%Y-%m-%d %H:%M:%S" if name == "hours" else "%Y-%m-%d"
        frame = pd.DataFrame({"date": DATES[name].strftime(form), "close": BUBBLE})
        frame.to_csv(tmp_path / "files" / f"{name}.csv", index=False)
    (tmp_path / "scanner.toml").write_text(
        '[mail]\nsender = "a@example.org"\nhost = "localhost"\n'
        '[[route]]\nname = "me"\nnotify = ["folder:mails"]\nlevel = "watch"\n'
    )
    code, _, err = lppl("scan", "--data", "files", "--as-of", "2024-11-29", "--dry-run", "out", "--jobs", "1")
    assert code == 0, err
    (letter,) = (tmp_path / "out").glob("*.txt")
    said = letter.read_text("utf-8")
    assert "critical: all_days" in said and "A fall of 20% within 120 sessions has" in said
    assert "in 60 sessions" in said
    for word in ("month", "two years", "hours", "weeks", "hourly", "weekly"):
        assert word not in said, word
    page = (tmp_path / "out" / "2024-11-29" / "index.html").read_text()
    assert '<th scope="col">120 sessions</th>' in page and "6 months</th>" not in page
