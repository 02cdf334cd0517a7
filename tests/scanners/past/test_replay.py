"""A replay says what scans said, measures leads against turning points, and draws and prints it."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import lppl
from scanners.cli import cli
from scanners.config.policy import Policy
from scanners.past.catalogue.turning_points import TurningPoint, load
from scanners.past.evidence_history import evidence_history, positions
from scanners.past.pass_chances import came
from scanners.past.replay import found_turns, replay, with_tests
from scanners.past.replay_page import followed, stated
from scanners.past.replay_picture import replay_picture

TOP = "2000-03-10"


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")


@pytest.fixture(scope="module")
def at(nasdaq):
    return positions(nasdaq, "2000-01-28", "2000-03-24", 3)


@pytest.fixture(scope="module")
def rows(nasdaq, at):
    return list(evidence_history(nasdaq, at, tested=with_tests(at, 30)))


@pytest.fixture(scope="module")
def found(nasdaq, rows):
    event = TurningPoint("mine", TOP, "nasdaq", "top", "the top", "the books")
    return replay("nasdaq", nasdaq, rows, [event], policy=Policy(), preset="daily", step=3, tested_every=30)


def test_what_was_said_is_the_verdict_of_each_date(found, rows):
    assert [one.date for one in found.said] == [row.date for _, row in rows]
    for one, (_, row) in zip(found.said, rows, strict=True):
        verdict = row.verdict(Policy())
        assert (one.level, one.phase, one.status) == (verdict.level, verdict.phase, verdict.status)
        assert one.up == row.evidence.bubble.consensus_3day
        assert (one.bifurcation is None) == (row.evidence.bifurcation is None)
    assert sum(one.bifurcation is not None for one in found.said) >= 1


def test_what_followed_is_what_the_closes_did(nasdaq, found):
    assert found.fall == (10.0, 60)
    came = []
    for one in found.said:
        after = nasdaq[one.date :].iloc[1:61]
        came.append(bool((after <= 0.9 * one.close).any()))
    assert [one.followed for one in found.said] == came and any(came)
    text = followed(found)
    raised = [one.followed for one in found.said if one.risk in ("raised", "high")]
    assert f"{sum(raised)} of the {len(raised)} dates with a risk that was raised or high" in text
    last = [one for one in found.said if one.date <= TOP][-1]
    assert last.followed and last.chance
    when = "At it" if last.date == TOP else f"On {last.date}"
    assert stated(found, TOP) == (
        f"{when} a fall of 10% within 60 sessions had a chance of "
        f"{100 * last.chance:.0f} in 100, usually {100 * last.usual:.0f}; it came."
    )
    assert stated(found, "1999-01-01") == ""


def test_what_followed_is_not_known_before_its_horizon_has_passed():
    closes = pd.Series([100.0, 99, 98, 95, 89, 100])
    assert came(closes, 0, 10, 4) is True and came(closes, 0, 10, 60) is True
    assert came(closes, 0, 10, 3) is False and came(closes, 0, 20, 5) is False
    assert came(closes, 0, 20, 6) is None and came(closes, 5, 10, 1) is None


def test_the_picture_has_the_chance_under_the_price(nasdaq, found):
    figure = replay_picture(found, nasdaq)
    _, chance, *_ = figure.axes
    said, usual, after = chance.get_lines()[:3]  # the turning point is the fourth
    assert said.get_ydata() == pytest.approx([100 * one.chance for one in found.said])
    assert usual.get_ydata() == pytest.approx([100 * one.usual for one in found.said])
    assert len(after.get_xdata()) == sum(one.followed is True for one in found.said)
    assert "fall of 10% within 60 sessions" in chance.get_title("left")


def test_the_first_firing_and_its_lead(nasdaq, found):
    (turn,) = found.turns
    assert (turn.date, turn.direction) == (TOP, "top") and turn.size < -0.5
    order = {"watch": 1, "warning": 2, "critical": 3}
    for firing in turn.firings:
        first = next(
            one
            for one in found.said
            if one.phase == "fomo" and order.get(one.level, 0) >= order[firing.level]
        )
        assert firing.date == first.date
        assert firing.lead == nasdaq.index.get_loc(TOP) - nasdaq.index.get_loc(firing.date) >= 0
        if firing.tc:
            low, _, high = firing.tc
            assert firing.tc_covers == (low <= TOP <= high)
    assert turn.firings[0].level == "watch" and "sessions before" in turn.verdict
    assert turn.after[20]["return"] == pytest.approx(
        nasdaq.iloc[nasdaq.index.get_loc(TOP) + 20] / nasdaq[TOP] - 1
    )


def test_a_bottom_is_not_warned_of_by_a_rise(nasdaq, rows):
    event = TurningPoint("low", TOP, "nasdaq", "bottom")
    found = replay("nasdaq", nasdaq, rows, [event], policy=Policy(), preset="daily", step=3, tested_every=30)
    assert found.turns[0].firings == ()
    assert "missed" in found.turns[0].verdict and "in the other direction" in found.turns[0].verdict


def test_turning_points_of_the_rule_are_the_extremes_around_them(nasdaq):
    turns = found_turns("nasdaq", nasdaq, "1999-01-01", "2003-06-30")
    assert TOP in [one.date for one in turns if one.direction == "top"]
    for one in turns:
        i = nasdaq.index.get_loc(one.date)
        around = nasdaq.iloc[i - 120 : i + 121]
        assert nasdaq[one.date] == (around.max() if one.direction == "top" else around.min())


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, nasdaq):
    folder = tmp_path_factory.mktemp("replay")
    (folder / "data").mkdir()
    nasdaq.iloc[:1700].rename("close").rename_axis("date").to_csv(folder / "data" / "nasdaq.csv")
    return folder


@pytest.fixture
def run(workspace, monkeypatch):
    monkeypatch.chdir(workspace)

    def run(*arguments):
        return CliRunner().invoke(cli, ["replay", *arguments], catch_exceptions=True)

    return run


def test_the_command_prints_draws_and_keeps(run, workspace):
    options = ("--from", "2000-03-06", "--to", TOP, "--tests-every", "0", "--data", "data")
    shown = run("nasdaq", *options, "--plot", "r.png")
    assert shown.exit_code == 0, shown.output
    assert f"{TOP} <" in shown.output and "warning" in shown.output and "sessions before" in shown.output
    assert (workspace / "r.png").read_bytes().startswith(b"\x89PNG")
    (kept,) = (workspace / "data" / "history").iterdir()
    stamp = kept.stat().st_mtime_ns
    again = run("nasdaq", *options, "--json")
    said = json.loads(again.output)
    assert [one["date"] for one in said["said"]][-1] == TOP and len(said["said"]) == 5
    assert said["turns"][0]["id"] == "nasdaq-2000-03-10"
    assert kept.stat().st_mtime_ns == stamp


def test_the_page_of_the_catalogue_lists_what_has_no_data(workspace, nasdaq):
    from scanners.past.replay_page import render
    from scanners.past.replay_run import Depth, Sources, every

    sources = Sources(workspace / "data")
    chosen = [
        one for one in load() if one.id in ("nasdaq-2000-03-10", "nikkei-1989-12-29", "nasdaq-2024-07-10")
    ]
    shown = list(every(chosen, sources, Depth(step=60, tested_every=0), Policy()))
    page = render(shown)
    assert page.count("data:image/png;base64,") == 1 and "http" not in page.replace("http-equiv", "")
    assert "unknown series" in page and "has no session there" in page
    assert "Of 1 turning points with data and a verdict" in page


def test_names_that_lead_nowhere(run):
    assert "name an event or a series" in run().output
    result = run("nowhere")
    assert result.exit_code == 1 and "unknown series 'nowhere'" in str(result.exception)
    result = run("gold-2026-01-28")
    assert result.exit_code == 1 and "gold has no session there" in str(result.exception)
    assert "nikkei-1989-12-29" in run("--list").output


def test_a_date_without_any_verdict_is_drawn(nasdaq):
    from scanners.report.axes import encode

    rows = list(evidence_history(nasdaq, [100, 110]))
    found = replay("nasdaq", nasdaq, rows, [], policy=Policy(), preset="daily", step=10, tested_every=0)
    assert [one.level for one in found.said] == [None, None]
    assert encode(replay_picture(found, nasdaq)).startswith(b"\x89PNG")
    assert np.isfinite(pd.Series([one.close for one in found.said])).all()
