"""The daily run: once for the same prices, days made up for in order, and what is told when data fail."""

import email
import email.policy
import json
import shutil
from datetime import date, datetime, timedelta, timezone

import pytest
from mail_server import Postbox
from mail_server import serve as serve_mail
from service_world import World, at, contents, listed, quick

from scanners.alerts.observation import Observation
from scanners.config.settings import Schedule
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.service.daily import one_off, recorded, rehearse, serve
from scanners.service.doctor import check_outbox, check_runs
from scanners.service.record import render_again
from scanners.store import RunKey, Store

TUESDAY, WEDNESDAY, FRIDAY, MONDAY = "2024-01-02", "2024-01-03", "2024-01-05", "2024-01-08"
SILENT = Log("none", None)


@pytest.fixture(autouse=True)
def _quick():
    with quick():
        yield


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def world(tmp_path, postbox):
    with serve_mail(postbox) as port:
        yield World(tmp_path, port=port)


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self, moment):
        self.moment, self.slept = moment, []

    def __call__(self):
        return self.moment

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


def run(world, moment, **changes):
    clock = moment if isinstance(moment, Clock) else Clock(moment)
    return serve(world.daily(**changes), now=clock, tell=world.told.append, log=SILENT, sleep=clock.sleep)


def subjects(postbox):
    mails = (email.message_from_bytes(mail, policy=email.policy.default) for _, mail in postbox.received)
    return [mail["Subject"] for mail in mails]


def days_of(world):
    with Store.open(world.database) as store:
        return [run.key.as_of.isoformat() for run in store.runs.runs()]


def events(world):
    with Store.open(world.database) as store:
        query = "SELECT event FROM episode ORDER BY fingerprint, occurrence, sequence"
        return [event for (event,) in store.database.connection.execute(query)]


def test_a_run_is_recorded_and_told_once(world, postbox):
    world.put(TUESDAY, gold=0.45)
    first = run(world, at(TUESDAY))
    assert (first.code, subjects(postbox)) == (0, ["[lppl] new critical: gold (2024-01-02)"])
    assert postbox.received[0][0] == ("anna@example.org", "ben@example.org")
    files = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    assert {"gold.png", "index.html", "scan.json", "scan.csv", "run.json"} <= set(files)
    with Store.open(world.database) as store:
        stored = store.runs.find(RunKey("core", date(2024, 1, 2), first.plan.configuration))
        assert stored.manifest == json.loads(files["run.json"])
        assert list(store.runs.results(stored)) == sorted(world.names)
    again = run(world, at(TUESDAY, 9))
    assert again.rows == [type(row)(**{**vars(row), "spark": ()}) for row in first.rows]
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == files
    assert len(postbox.received) == 1 and days_of(world) == [TUESDAY]
    assert listed(world.output) == [TUESDAY]


def test_a_day_is_scanned_again_when_its_prices_changed(world, postbox):
    world.put("2024-01-01")
    run(world, at(TUESDAY))
    world.put(TUESDAY, gold=0.45)
    done = run(world, at(TUESDAY, 9))
    assert done.rows[0].verdict.level == "critical"
    assert subjects(postbox) == ["[lppl] new critical: gold (2024-01-02)"]
    assert days_of(world) == [TUESDAY]
    run(world, at(TUESDAY, 10), again=True)
    assert len(postbox.received) == 1


def test_missed_days_are_made_up_for_in_order(world, postbox):
    world.put(TUESDAY)
    run(world, at(TUESDAY))
    for day, shares in (("2024-01-03", {"gold": 0.22}), ("2024-01-04", {"gold": 0.45}), (FRIDAY, {})):
        world.put(day, **shares)
    world.put(MONDAY, gold=0.45)
    done = run(world, at(MONDAY))
    assert done.plan.as_of == MONDAY
    assert days_of(world) == [TUESDAY, WEDNESDAY, "2024-01-04", FRIDAY, MONDAY]
    assert subjects(postbox) == [
        "[lppl] new warning: gold (2024-01-03)",
        "[lppl] up to critical: gold (2024-01-04)",
    ]
    assert events(world) == ["opened", "raised", "below", "held"]
    assert listed(world.output) == days_of(world)


def test_no_more_days_are_made_up_for_than_allowed(tmp_path):
    world = World(tmp_path, schedule=Schedule(catch_up_days=2), route=())
    world.put("2024-02-01")
    run(world, at(TUESDAY))
    run(world, at("2024-02-01"))
    assert days_of(world) == [TUESDAY, "2024-01-30", "2024-01-31", "2024-02-01"]


def test_a_person_looks_at_the_past_and_nobody_is_told(world, postbox):
    world.put(FRIDAY, gold=0.45)
    done = run(world, at("2024-02-01"), scheduled=False, as_of=FRIDAY)
    assert done.code == 0 and postbox.received == [] and events(world) == []
    assert world.told == ["2024-01-05 lies too far from today to be news: recorded, nobody is told"]
    assert run(world, at(MONDAY), scheduled=False, as_of=FRIDAY, again=True).code == 0
    assert subjects(postbox) == ["[lppl] new critical: gold (2024-01-05)"]


def test_a_clock_set_back_or_far_ahead_fires_nothing_twice(world, postbox):
    world.put(WEDNESDAY, gold=0.45)
    run(world, at(WEDNESDAY))
    run(world, at(TUESDAY))  # set back
    assert run(world, at("2036-01-01")).code == 4  # far ahead: all stale
    assert subjects(postbox)[:1] == ["[lppl] new critical: gold (2024-01-03)"]
    assert "no usable prices" in subjects(postbox)[1] and len(postbox.received) == 2
    world.put("2024-01-04", gold=0.45, silver=0.25)
    run(world, at("2024-01-04"))
    assert subjects(postbox)[2:] == ["[lppl] new warning: silver (2024-01-04)"]
    assert events(world).count("opened") == 2


def test_the_date_is_that_of_the_time_zone_also_when_summer_time_begins(tmp_path):
    world = World(tmp_path, schedule=Schedule(time="00:30", timezone="Europe/Zurich"), route=())
    world.put("2024-03-28")
    # 00:30 in Zurich, winter time on Saturday and Sunday, summer time on Monday.
    for moment in ("2024-03-29T23:30", "2024-03-30T23:30", "2024-03-31T22:30"):
        run(world, datetime.fromisoformat(moment).replace(tzinfo=timezone.utc))
    assert days_of(world) == ["2024-03-30", "2024-03-31", "2024-04-01"]


def test_many_failing_series_give_one_notice(world, postbox):
    world.put(TUESDAY, gold=0.45)
    world.names = (*world.names, "lost", "gone")
    more = World(world.folder, world.names, port=world.settings.mail.port)
    done = run(more, at(TUESDAY))
    assert done.code == 3
    assert subjects(postbox) == ["[lppl] data: 2 of 6 series have no usable prices (2024-01-02)"]
    assert events(world) == []
    run(more, at(TUESDAY, 9))
    assert len(postbox.received) == 1


def test_when_all_fail_somebody_hears_of_it(tmp_path, postbox):
    with serve_mail(postbox) as port:
        world = World(tmp_path, port=port)
        assert run(world, at(TUESDAY)).code == 3
    assert subjects(postbox) == ["[lppl] data: 4 of 4 series have no usable prices (2024-01-02)"]
    nobody = World(tmp_path / "other", route=())
    with pytest.raises(CommandError, match="no series could be scanned"):
        run(nobody, at(TUESDAY))
    assert list(nobody.output.iterdir()) == [] and days_of(nobody) == []


def test_all_stale(world, postbox):
    world.put(TUESDAY, gold=0.45)
    assert run(world, at("2024-01-31")).code == 4
    assert subjects(postbox) == ["[lppl] data: 4 of 4 series have no usable prices (2024-01-31)"]
    assert events(world) == []


def test_a_notice_is_about_today_and_not_about_days_made_up_for(world, postbox):
    world.put(TUESDAY)
    run(world, at(TUESDAY))
    run(world, at("2024-01-16"))
    assert len(days_of(world)) == 7
    assert subjects(postbox) == ["[lppl] data: 4 of 4 series have no usable prices (2024-01-16)"]


def test_a_mail_that_is_put_off_is_tried_again_while_the_run_stays(tmp_path):
    postbox = Postbox({"DATA": ["451 later", "421 busy"]})
    with serve_mail(postbox) as port:
        world = World(tmp_path, port=port, schedule=Schedule(retry_minutes=15))
        world.put(TUESDAY, gold=0.45)
        clock = Clock(at(TUESDAY))
        done = run(world, clock)
    assert done.code == 0 and clock.slept
    assert sorted(name for names, _ in postbox.received for name in names) == list(
        world.settings.route[0].recipients
    )
    assert clock.moment < at(TUESDAY) + timedelta(minutes=15)
    assert world.told and all("will be tried again: " in line for line in world.told)


@pytest.mark.parametrize("trouble", ["550 no", "451 later", "down"])
def test_what_is_not_delivered_ends_with_5_and_the_results_are_there(tmp_path, trouble):
    with serve_mail(Postbox({"DATA": [trouble] * 50})) as port:
        world = World(tmp_path, port=port if trouble != "down" else 0)
        world.put(TUESDAY, gold=0.45)
        assert run(world, at(TUESDAY)).code == 5
        assert run(world, at(TUESDAY, 9)).code == (0 if trouble == "550 no" else 5)
    assert days_of(world) == [TUESDAY] and (world.output / TUESDAY / "index.html").is_file()
    with Store.open(world.database) as store:
        state = "dead" if trouble == "550 no" else "queued"
        assert len(store.outbox.messages(state)) == 2
    (last,) = check_runs(world.database)
    assert last[:2] == ("last run of core", "ok")
    (soon,), (later,) = (check_outbox(world.database, at(day)) for day in ("2024-01-03", "2024-02-03"))
    assert (soon.result, later.result) == ("problem" if trouble == "550 no" else "note", "note")


def test_a_missing_folder_is_made_from_the_store(world):
    world.put(TUESDAY, gold=0.45)
    folder = run(world, at(TUESDAY)).folder
    content = contents(folder)
    assert "gold.png" in content
    shutil.rmtree(folder)
    run(world, at(TUESDAY, 9))
    assert contents(folder) == content
    with Store.open(world.database) as store:
        assert render_again(store, store.runs.latest("core"), world.output) == folder


def test_a_folder_that_is_not_a_run_is_left_alone(world):
    world.put(TUESDAY)
    (world.output / TUESDAY).mkdir(parents=True)
    (world.output / TUESDAY / "mine.txt").write_text("x")
    with pytest.raises(CommandError, match="is not a scan's"):
        run(world, at(TUESDAY))
    assert days_of(world) == []


def test_a_rehearsal_changes_nothing(world, postbox):
    world.put(TUESDAY, gold=0.45)
    before = world.database.read_bytes()
    place = world.folder / "look"
    done, mails = rehearse(
        world.daily(scheduled=False, as_of=TUESDAY), place, now=lambda: at(TUESDAY), log=SILENT
    )
    assert done.folder == place / TUESDAY and [mail.recipient[:4] for mail in mails] == ["anna", "ben@"]
    assert world.database.read_bytes() == before and not world.output.exists() and not postbox.received
    first = mails[0].message_id
    run(world, at(TUESDAY, 9))
    assert email.message_from_bytes(postbox.received[0][1])["Message-ID"] == first


def test_readings_of_systems_are_told_beside_the_rows(world, postbox, monkeypatch):
    world.put(TUESDAY, gold=0.45)
    system = Observation("system", "The system", "positive", TUESDAY, "warning", "warning", reasons=("why",))
    monkeypatch.setattr("scanners.service.commit.episode_observations", lambda cards: [system])
    for moment in (at(TUESDAY), at(TUESDAY, 9), at(WEDNESDAY)):
        run(world, moment)
    assert subjects(postbox) == ["[lppl] new critical: gold; new warning: The system (2024-01-02)"]
    assert b"The system" in postbox.received[0][1] and events(world) == ["opened", "opened"]


def test_a_second_scan_is_kept_out(world):
    world.put(TUESDAY)
    with Store.open(world.database, write=True), pytest.raises(CommandError) as refused:
        run(world, at(TUESDAY))
    assert refused.value.exit_code == 75


def test_what_is_recorded(tmp_path):
    world = World(tmp_path)
    alone = World(tmp_path, route=())
    assert recorded(world.settings, ad_hoc=False, fetched=False)
    assert not recorded(world.settings, ad_hoc=True, fetched=False)
    assert not recorded(alone.settings, ad_hoc=False, fetched=False)
    assert recorded(alone.settings, ad_hoc=True, fetched=True)
    alone.put(TUESDAY)
    assert recorded(alone.settings, ad_hoc=False, fetched=False)
    done = one_off(alone.daily(scheduled=False), at(TUESDAY), log=SILENT)
    assert done.code == 0 and days_of(alone) == []


def test_log_lines_can_be_read_by_a_machine(world, capsys):
    import sys

    world.put(TUESDAY, gold=0.45)
    clock = Clock(at(TUESDAY))
    for style in ("json", "text"):
        log = Log(style, sys.stdout, clock)
        serve(world.daily(again=True), now=clock, tell=world.told.append, log=log)
    lines = capsys.readouterr().out.splitlines()
    events = [json.loads(line)["event"] for line in lines if line.startswith("{")]
    assert events == ["start", "scanned", "committed", "done", "mail", "mail"]
    assert any(
        line.startswith("2024-01-02T06:00:00+00:00 committed as_of=2024-01-02 steps=0 mails=0")
        for line in lines
    )
