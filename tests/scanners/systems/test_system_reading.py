"""All systems on invented series: nothing after the date, nothing lost, the same in all processes."""

import json
from dataclasses import replace

import msgspec
import pytest
from synthetic_systems import make

from scanners.systems.command import fetch_series
from scanners.systems.page import render
from scanners.systems.reading import UNKNOWN, Reading
from scanners.systems.registry import KINDS
from scanners.systems.schema import BUILTIN, load
from scanners.systems.system_reading import read_systems
from scanners.systems.words import answer

AS_OF = "2016-06-15"


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    return make(tmp_path_factory.mktemp("whole"))


def light(name):
    """A built-in system with few draws, and one bubble among its monitors at most: the rules are the same."""
    system = load(name)
    kept = [one for one in system.monitor if one.kind != "bubble" or one.name == "low"]
    return msgspec.structs.replace(system, monitor=tuple(quick(one) for one in kept))


def quick(monitor):
    if "draws" not in KINDS[monitor.kind].options.__struct_fields__:
        return monitor
    few = {"debt": 199}.get(monitor.kind, 39)
    return msgspec.structs.replace(monitor, options={**monitor.options, "draws": few})


@pytest.fixture(scope="session")
def readings(whole):
    return read_systems([light(name) for name in BUILTIN], AS_OF, folders=[whole], jobs=1)


def test_every_monitor_has_a_reading(readings):
    for system in readings:
        for reading in system.readings:
            assert reading.status in ("ok", "too short"), (reading.name, reading.evidence)
            assert reading.title
            assert reading.evidence
            assert not reading.missing
            if reading.status == "ok":
                assert reading.last <= AS_OF
                assert reading.since <= AS_OF


def test_a_series_cut_at_the_date_gives_the_same_readings(readings, tmp_path):
    """Nothing later is looked at, publication lags included: the figures are there, and are not read."""
    cut = read_systems([light(name) for name in BUILTIN], AS_OF, folders=[make(tmp_path, last=AS_OF)], jobs=1)
    for one, other in zip(readings, cut, strict=True):
        assert one.to_dict() == other.to_dict()


@pytest.mark.slow
def test_processes_change_nothing(readings, whole):
    (other,) = read_systems([light("dollar")], AS_OF, folders=[whole], jobs=2)
    assert other.to_dict() == readings[-1].to_dict()


def test_the_page_is_self_contained_and_shows_every_monitor(readings, whole):
    drawn = read_systems([light("coupling")], AS_OF, folders=[whole], jobs=1, pictures=True)
    assert set(drawn[0].pictures) == {reading.name for reading in drawn[0].readings}
    systems = [*readings[:3], *drawn]
    page = render(systems)
    for system in systems:
        assert system.title in page
        for reading in system.readings:
            assert f'id="{system.name}-{reading.name}"' in page
    assert page.count("data:image/png;base64,") == len(drawn[0].pictures)
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_text_of_a_users_system_cannot_leave_the_page(readings):
    bad = replace(readings[0], title="<script>alert(1)</script>")
    assert "<script>" not in render([bad])


def test_an_answer_says_region_date_certainty_distance_and_what_would_change_it(readings):
    told = dict(answer(readings[2]))
    assert told["Region"].startswith("convergent, by USDJPY on the spread")
    assert told["Since"].startswith("20")
    assert "p " in told["How sure"]
    assert "[" in told["How sure"]
    assert "ends it" in told["This would change it"]
    five = ["Region", "Since", "How sure", "Distance", "This would change it"]
    assert list(told) == [*five, "The claim", "Next figures", "Against last month", "Power", "Claims"]
    assert "US Treasury 10-year yield, % (last " in told["Next figures"]
    assert " on 2016-0" in told["Against last month"]
    missing = Reading(status="missing", title="Parity", evidence="missing: us10y_yield")
    assert dict(answer(replace(readings[2], lead=missing)))["Region"].endswith("missing: us10y_yield")
    assert "no monitor" in dict(answer(replace(readings[2], lead=None)))["Region"]
    stale = replace(readings[2].lead, status="stale", was="positive on 2016-01-01", state="stale")
    assert "stale, positive on 2016-01-01" in dict(answer(replace(readings[2], lead=stale)))["Region"]
    for system in readings:
        assert all(text for _, text in answer(system))
    unknown = dict(
        answer(replace(readings[2], lead=replace(readings[2].lead, state=UNKNOWN, region=UNKNOWN)))
    )
    assert "What can be told" in unknown
    assert "What can be told" not in told
    for one in readings[2].readings:
        if one.thesis == "agrees" and one.role == "monitor":
            assert f"{one.title} ({one.state} since {one.since})" in told["Claims"]


def test_missing_series_are_named_and_the_rest_works(whole, tmp_path):
    for path in whole.iterdir():
        if path.stem != "vix":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (system,) = read_systems([light("us")], AS_OF, folders=[tmp_path], jobs=1)
    by_name = {reading.name: reading for reading in system.readings}
    assert by_name["haven"].status == "missing"
    assert "VIXCLS" in by_name["haven"].missing["vix"]
    assert by_name["gold_yield"].status == "ok"


def test_a_broken_file_costs_its_monitors_alone(whole, tmp_path):
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "gold.csv").write_text("date,value\n2010-01-04,abc\n", "utf-8")
    (system,) = read_systems([light("us")], AS_OF, folders=[tmp_path], jobs=1)
    by_name = {reading.name: reading for reading in system.readings}
    assert by_name["gold_yield"].status == "failed"
    assert "gold.csv, line 2" in by_name["gold_yield"].evidence
    assert by_name["dollar_yield"].status == "ok"


def test_the_command_prints_a_table_and_writes_the_page(lppl, whole, tmp_path):
    code, out, err = lppl("systems", "dollar", "--as-of", AS_OF, "--data", whole)
    assert (code, err) == (0, "")
    assert "Long trend of the dollar index" in out
    assert (tmp_path / "outputs" / f"systems-{AS_OF}-dollar.html").is_file()
    assert not (tmp_path / "outputs" / f"systems-{AS_OF}.html").exists(), "that is the page of all"
    code, out, _ = lppl("systems", "dollar", "--as-of", AS_OF, "--data", whole, "--json")
    (found,) = json.loads(out)
    assert found["name"] == "dollar"
    assert found["monitors"][1]["numbers"]["state"] == found["monitors"][1]["state"]


def test_without_any_series_the_command_says_how_to_get_them(lppl):
    code, out, _ = lppl("systems", "us", "--as-of", AS_OF, "--jobs", 1)
    assert code == 4
    assert "lppl systems --fetch loads it" in " ".join(out.split())


def test_the_workspaces_data_folder_is_read_without_options(lppl, whole, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dxy.csv").write_bytes((whole / "dxy.csv").read_bytes())
    code, out, _ = lppl("systems", "dollar", "--as-of", AS_OF, "--jobs", 1)
    assert code == 0
    assert "missing dxy" not in out


def test_what_is_fetched_is_what_the_monitors_read_and_a_provider_has(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entries = {entry.name: entry for entry in fetch_series([load("japan"), load("us")])}
    assert entries["us_debt"].symbols["fred"] == "GFDEGDQ188S"
    assert entries["us_debt"].asset_class == "macro"
    assert entries["gold"].asset_class == "commodity"  # as the core watchlist has it
    assert entries["gold"].timezone
    assert entries["jgb10y_yield"].symbols["mof"] == "10Y"
    assert "jp_output_gap" not in entries  # only a file has it


def test_a_mistake_in_ones_own_system_stops_the_command(lppl, tmp_path):
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "mine.toml").write_text('titel = "x"\n', "utf-8")
    code, _, err = lppl("systems", "mine")
    assert code == 1
    assert "unknown key titel: did you mean title?" in err
