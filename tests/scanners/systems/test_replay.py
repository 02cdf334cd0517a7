"""The cards through time: month ends, no look-ahead, the page and the command."""

import json

import msgspec
import pytest
from synthetic_systems import make

from scanners.core.errors import CommandError
from scanners.systems.dated_events import events
from scanners.systems.reading import Reading
from scanners.systems.replay import LeadHistory, month_ends, replay
from scanners.systems.replay_page import render
from scanners.systems.schema import load


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make(tmp_path_factory.mktemp("replay"))


def test_months_end_at_their_last_day_and_the_last_date_is_there():
    assert month_ends("2016-01-15", "2016-03-10") == ("2016-01-31", "2016-02-29", "2016-03-10")
    for first, last in (("2016-01-15", "2016-01-15"), ("2016-13-01", "2017-01-01"), ("x", "2017-01-01")):
        with pytest.raises(CommandError, match="must"):
            month_ends(first, last)


def test_a_replay_reads_each_month_as_it_was_and_shows_its_changes(folder, tmp_path):
    system = load("dollar")
    (track,) = replay([system], ("2016-03-31", "2016-04-30"), folders=[folder], jobs=1)
    (cut,) = replay([system], ("2016-03-31",), folders=[make(tmp_path, last="2016-03-31")], jobs=1)
    assert cut.readings[0] == track.readings[0]
    assert track.changes()[0][0] == "2016-03-31"
    plain = track.to_dict()["months"]
    assert [one["as_of"] for one in plain] == list(track.dates)
    page = render([track])
    assert page.count("data:image/png;base64,") == 1
    assert system.title in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_state_that_changes_within_its_region_is_a_change():
    told = ("fading", "deflation", "deflation", "debt deflation")
    region = ("changing", "changing", "changing", "positive feedback")
    readings = tuple(Reading(state=one, region=two) for one, two in zip(told, region, strict=True))
    track = LeadHistory(load("china"), ("2012-04", "2012-07", "2012-08", "2015-04"), readings)
    assert [(date, state) for date, _, state, _ in track.changes()] == [
        ("2012-04", "fading"),
        ("2012-07", "deflation"),
        ("2015-04", "debt deflation"),
    ]


def test_the_command_replays_one_system_and_refuses_what_is_no_date(lppl, folder, tmp_path):
    code, out, err = lppl(
        "systems", "replay", "2016-03-01", "2016-04-15", "dollar", "--data", folder, "--jobs", 1
    )
    assert (code, err) == (0, "")
    assert "Dollar steps" in out
    assert (tmp_path / "outputs" / "systems-2016-03-01-2016-04-15-dollar.html").is_file()
    code, out, _ = lppl(
        "systems", "replay", "2016-03-01", "2016-04-15", "dollar", "--data", folder, "--jobs", 1, "--json"
    )
    assert [one["as_of"] for one in json.loads(out)[0]["months"]] == ["2016-03-31", "2016-04-15"]
    code, _, err = lppl("systems", "replay", "2016-03-01")
    assert code == 1
    assert "needs two dates" in err


def test_events_are_dated_and_the_users_own_come_on_top(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shipped = events("liquidity")
    assert [one.start for one in shipped] == sorted(one.start for one in shipped)
    assert events("liquidity", as_of="1990-01-01") == shipped[:1]
    (tmp_path / "systems").mkdir()
    own = tmp_path / "systems" / "events.toml"
    own.write_text('[[event]]\nname = "Mine"\nuse = "shock"\nstart = "2019-05-05"\n', "utf-8")
    assert "Mine" in [one.name for one in events("shock")]
    own.write_text('[[event]]\nname = "Mine"\nuse = "shok"\nstart = "2019-05-05"\n', "utf-8")
    with pytest.raises(CommandError, match=r"events\.toml"):
        events("shock")
    assert msgspec.structs.asdict(shipped[0])["end"]
