"""What an upgrade, a quoted record or another preset must not do: close open alerts, or mail them again."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from mail_server import Postbox
from mail_server import serve as serve_mail
from service_world import World, at, quick

from scanners.config.policy import FIRST_STUDY
from scanners.config.settings import Route
from scanners.core.log import Log
from scanners.service.daily import serve
from scanners.service.record import render_again, stored_rows
from scanners.store import Store
from scanners.store.check import find_damage

# Made by tests/golden/make_database_7aedc6d.py: gold critical and acknowledged, silver at warning and
# silenced up to 2024-02-02, wti at warning since the last run, of 2024-01-03.
DUMP = Path(__file__).parents[2] / "golden" / "database_7aedc6d.sql"
THURSDAY, FRIDAY = "2024-01-04", "2024-01-05"
SHARES = {"gold": 0.45, "silver": 0.25, "wti": 0.23}


@pytest.fixture(autouse=True)
def _quick():
    with quick():
        yield


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def world(tmp_path, postbox):
    with closing(sqlite3.connect(tmp_path / "lppl.db")) as database:
        database.executescript(DUMP.read_text("utf-8"))
    with Store.open(tmp_path / "lppl.db", write=True):
        pass  # any command that writes brings the tables up to date
    with serve_mail(postbox) as port:
        yield World(tmp_path, port=port)


def run(world, day, **changes):
    return serve(world.daily(**changes), now=lambda: at(day), tell=world.told.append, log=Log("none", None))


def opened(world):
    with Store.open(world.database) as store:
        assert find_damage(store.database) == []
        return {step.body.series: step for step in store.runs.open_episodes()}


def events(world, step):
    with Store.open(world.database) as store:
        return [each.event for each in store.runs.steps(step.fingerprint)]


def with_policy(world, **changes):
    policy = replace(world.settings.policy, **changes)
    world.settings = msgspec.structs.replace(world.settings, policy=policy)


def test_open_alerts_survive_an_upgrade_with_what_people_said(world, postbox):
    before = opened(world)
    assert sorted(before) == ["gold", "silver", "wti"]
    world.put(THURSDAY, **SHARES)
    done = run(world, THURSDAY)
    assert done.plan.configuration not in {step.body.configuration for step in before.values()}
    assert opened(world) == before and postbox.received == []
    assert before["gold"].body.acknowledged == "critical"
    assert before["silver"].body.silenced_until == "2024-02-02"


def test_an_alert_from_before_an_upgrade_ends_as_itself(world, postbox):
    (wti, gold) = (opened(world)[name] for name in ("wti", "gold"))
    world.put("2024-01-10", **SHARES | {"wti": 0.0})
    for day in (THURSDAY, FRIDAY, "2024-01-08", "2024-01-09", "2024-01-10"):
        run(world, day, scheduled=False, as_of=day)
    assert events(world, wti) == ["opened", *["below"] * 4, "resolved"]
    assert sorted(opened(world)) == ["gold", "silver"] and events(world, gold) == ["opened", "acknowledged"]
    assert len(postbox.received) == 1


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({"critical_by_chance": 0.1, "kept": 0.12}, {}),
        ({"null_paths": 7}, {}),
        ({}, {"preset": "daily"}),
    ],
)
def test_what_decides_nothing_tells_nothing(world, postbox, changes, options):
    world.put(THURSDAY, **SHARES)
    first = run(world, THURSDAY)
    before = opened(world)
    with_policy(world, **changes)
    again = run(world, THURSDAY, **options)
    assert again.plan.configuration == first.plan.configuration
    assert again.plan.shown != first.plan.shown
    world.put(FRIDAY, **SHARES)
    run(world, FRIDAY, **options)
    assert opened(world) == before and postbox.received == []


def test_a_day_is_scanned_again_to_show_another_preset(world):
    world.put(THURSDAY, **SHARES)
    run(world, THURSDAY)
    run(world, THURSDAY, preset="daily")
    with Store.open(world.database) as store:
        assert store.runs.latest("core").manifest["preset"] == "daily"
        assert len(store.runs.runs(as_of=store.runs.latest("core").key.as_of)) == 1


def test_another_threshold_is_another_alert(world, postbox):
    world.put(THURSDAY, **SHARES)
    gold = opened(world)["gold"]
    with_policy(world, critical=0.42)
    run(world, THURSDAY)
    assert events(world, gold)[-1] == "superseded"
    assert opened(world)["gold"].fingerprint != gold.fingerprint and len(postbox.received) == 1


def test_a_level_that_is_higher_by_the_thresholds_of_now_is_told_once(world, postbox):
    wti = opened(world)["wti"]
    world.put(THURSDAY, **SHARES | {"wti": 0.33})
    run(world, THURSDAY)
    run(world, THURSDAY)
    assert events(world, wti) == ["opened", "raised"] and len(postbox.received) == 1


def test_who_keeps_the_thresholds_of_before_notices_nothing(world, postbox):
    before = opened(world)
    with_policy(world, **FIRST_STUDY)
    world.put(THURSDAY, gold=0.45, silver=0.35, wti=0.33)
    run(world, THURSDAY)
    assert opened(world) == before and postbox.received == []


def test_the_page_of_a_run_of_before_can_be_written_again(world):
    with Store.open(world.database) as store:
        run_before = store.runs.latest("core")
        rows = {row.name: row.verdict for row in stored_rows(store, run_before)}
        assert (rows["gold"].level, rows["silver"].level, rows["wti"].level) == (
            "critical",
            "warning",
            "warning",
        )
        assert rows["gold"].risk is None and rows["gold"].bifurcation == "not identified"
        folder = render_again(store, run_before, world.output)
    text = (folder / "index.html").read_text("utf-8")
    assert "critical" in text and "C3 at least 0.40" in text and "not measured under these" in text


def test_what_was_told_before_the_upgrade_is_not_told_to_another_list(world, postbox):
    """Of before it is not kept who was told; what comes after is told to each route once."""
    other = Route(name="other", recipients=("carl@example.org",), level="warning", watchlists=("other",))
    desk = msgspec.structs.replace(world.settings.route[0], watchlists=("core",))
    world.settings = msgspec.structs.replace(world.settings, route=(desk, other))
    core = world.watchlist
    for day, shares in ((THURSDAY, SHARES), (FRIDAY, SHARES | {"wti": 0.33})):
        world.put(day, **shares)
        for name in ("other", "core", "other"):
            world.watchlist = msgspec.structs.replace(core, name=name)
            run(world, day, scheduled=False, as_of=day)
        if day == THURSDAY:
            assert postbox.received == []
    subjects = [(whom, b"critical: wti (2024-01-05)" in content) for whom, content in postbox.received]
    assert subjects == [(("carl@example.org",), True), (("anna@example.org", "ben@example.org"), True)]
    with Store.open(world.database) as store:
        assert {
            mail.message_id.split(".")[2].split("@")[0] for mail in store.outbox.messages("sent")[-3:]
        } == {store.installation}
