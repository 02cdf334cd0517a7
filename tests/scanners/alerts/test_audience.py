"""Each route is told once of what it asked for, whichever list was scanned first."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from scan_rows import DAY, asked, falls, row

from scanners.alerts.episodes import acknowledge, silence
from scanners.alerts.history import entries
from scanners.config.settings import Alerts, Mail, Route, Settings
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

MAIL = Mail(host="localhost", sender="scanner@example.org")
CORE = Route(name="core desk", recipients=("anna@example.org",), level="watch", watchlists=("core",))
OTHER = Route(name="other desk", recipients=("ben@example.org",), level="watch", watchlists=("other",))
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (DAY + timedelta(days=number) for number in (1, 2, 3, 4))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def settings(*routes, **rules):
    return Settings(mail=MAIL, route=routes, alerts=Alerts(**{"clear_runs": 1} | rules))


def scan(store, watchlist, moment=DAY, share=0.45, rules=None, configuration="c0ffee", again=False, **more):
    """Commit a run of a list with gold in it; (recipient, subject) of each mail."""
    plan = replace(asked(moment, watchlist), configuration=configuration)
    rows = [row("gold", share, moment=moment, **more)]
    found = Outcome(plan, rows, manifest={"series": ["gold"], "data": [moment.isoformat(), share]})
    decision = finish(store, found, Options(rules or settings(CORE, OTHER), again=again))
    mails = [(mail.recipient.split("@")[0], text_of(mail)) for mail in decision.messages] if decision else []
    return [(name, line[line.index("gold: ") + 6 : line.index(",")]) for name, line in mails]


def text_of(message):
    mail = email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    return next(line for line in text.splitlines() if "gold: " in line)


@pytest.mark.parametrize("first", ["core", "other"])
def test_the_second_list_of_a_day_tells_its_own_route(store, first):
    second = {"core": "other", "other": "core"}[first]
    name = {"core": "anna", "other": "ben"}
    assert scan(store, first) == [(name[first], "new")]
    assert scan(store, second) == [(name[second], "new")]
    assert scan(store, first) == scan(store, second) == scan(store, first, again=True) == []
    assert scan(store, second, again=True) == []
    told = store.tellings.all()
    assert sorted(each.route for each in told) == ["core desk", "other desk"]
    assert {each.message_id for each in told} == {mail.message_id for mail in store.outbox.messages("queued")}


def test_a_scan_by_hand_swallows_nothing(store):
    alone = settings(CORE)
    assert scan(store, "by hand", rules=alone) == []
    assert scan(store, "core", rules=alone) == [("anna", "new")]
    assert scan(store, "by hand", TUESDAY, 0.05, rules=alone) == []
    assert scan(store, "core", TUESDAY, 0.05, rules=alone) == [("anna", "over")]


def test_a_route_of_all_lists_is_told_by_the_first(store):
    everything = settings(Route(name="all", recipients=("zoe@example.org",)), OTHER)
    assert scan(store, "core", rules=everything) == [("zoe", "new")]
    assert scan(store, "other", rules=everything) == [("ben", "new")]


def test_what_happened_between_is_one_entry_with_how_it_stands_now(store):
    assert scan(store, "core", share=0.22) == [("anna", "new")]
    assert scan(store, "core", TUESDAY) == [("anna", "level rose")]
    assert scan(store, "other", TUESDAY) == [("ben", "level rose")]
    (step,) = store.runs.open_episodes()
    assert [each.sequence for each in store.tellings.of(step.fingerprint)] == [1, 2, 2]
    assert scan(store, "other", DAY, 0.22) == []  # the day before: it has heard of what came later


def test_days_made_up_for_are_told_as_they_were(store):
    for day, share in ((DAY, 0.22), (TUESDAY, 0.45), (WEDNESDAY, 0.05)):
        scan(store, "core", day, share)
    told = [scan(store, "other", day, share) for day, share in ((DAY, 0.22), (TUESDAY, 0.45))]
    told.append(scan(store, "other", WEDNESDAY, 0.05))
    assert told == [[("ben", "new")], [("ben", "level rose")], [("ben", "over")]]
    assert scan(store, "other", TUESDAY, 0.45, again=True) == []


def test_an_alert_that_is_over_is_told_to_who_knew_it(store):
    scan(store, "core")
    scan(store, "core", TUESDAY, 0.05)
    assert scan(store, "other", TUESDAY, 0.05) == []
    assert scan(store, "core", WEDNESDAY) == [("anna", "new")]
    assert scan(store, "other", WEDNESDAY) == [("ben", "new")]


def test_a_route_that_is_new_or_asks_for_more_is_told_of_what_is_open(store):
    high = msgspec.structs.replace(CORE, level="critical")
    assert scan(store, "core", share=0.22, rules=settings(high)) == []
    assert scan(store, "core", TUESDAY, 0.22, rules=settings(CORE)) == [("anna", "new")]
    late = Route(name="late", recipients=("carl@example.org",))
    assert scan(store, "core", WEDNESDAY, 0.22, rules=settings(CORE, late)) == [("carl", "new")]


def test_a_route_that_went_and_came_back_or_has_another_name_is_not_told_again(store):
    scan(store, "core", rules=settings(CORE))
    assert scan(store, "core", TUESDAY, rules=settings(OTHER)) == []
    assert scan(store, "core", WEDNESDAY, rules=settings(CORE)) == []
    renamed = msgspec.structs.replace(CORE, name="desk")
    assert scan(store, "core", THURSDAY, rules=settings(renamed)) == []
    # Beside the one it is named like it is a route of its own, which asks for itself.
    assert scan(store, "core", FRIDAY, rules=settings(CORE, renamed)) == [("anna", "new")]


def test_what_a_person_said_holds_for_late_routes(store):
    scan(store, "core", rules=settings(CORE, OTHER, repeat_sessions=1))
    (step,) = store.runs.open_episodes()
    store.runs.add_steps([silence(step, DAY, TUESDAY.date())])
    assert scan(store, "other") == []
    assert scan(store, "core", TUESDAY) == scan(store, "other", TUESDAY) == []
    assert scan(store, "other", WEDNESDAY) == [("ben", "new")]
    (step,) = store.runs.open_episodes()
    store.runs.add_steps([acknowledge(step, WEDNESDAY)])
    repeats = settings(CORE, OTHER, repeat_sessions=1)
    assert scan(store, "core", THURSDAY, rules=repeats) == scan(store, "other", THURSDAY, rules=repeats) == []


def test_a_repeat_of_the_first_list_is_new_to_who_was_never_told(store):
    repeats = settings(CORE, OTHER, repeat_sessions=1)
    scan(store, "core", rules=repeats)
    assert scan(store, "core", TUESDAY, rules=repeats) == [("anna", "still so")]
    assert scan(store, "other", TUESDAY, rules=repeats) == [("ben", "new")]
    assert scan(store, "core", WEDNESDAY, rules=repeats) == [("anna", "still so")]
    (step,) = store.runs.open_episodes()
    store.runs.add_steps([acknowledge(step, WEDNESDAY)])
    assert scan(store, "other", WEDNESDAY, rules=repeats) == []


def test_lists_that_judge_otherwise_do_not_close_each_others_alerts(store):
    for day in (DAY, TUESDAY, WEDNESDAY):
        told = [scan(store, "core", day), scan(store, "other", day, configuration="beef")]
        assert told == ([[("anna", "new")], [("ben", "new")]] if day == DAY else [[], []])
    assert len(store.runs.open_episodes()) == 2
    # Another threshold for both: each is told what holds by it, and the last of before is closed.
    assert scan(store, "core", THURSDAY, configuration="beef") == [("anna", "new")]
    assert len(store.runs.open_episodes()) == 1
    assert scan(store, "other", THURSDAY, configuration="cafe") == [("ben", "new")]


def test_a_list_that_was_given_up_keeps_nothing_open(store):
    scan(store, "core")
    later = DAY + timedelta(days=40)
    assert scan(store, "other", later, configuration="beef") == [("ben", "new")]
    assert [step.body.configuration for step in store.runs.open_episodes()] == ["beef"]


def test_a_configuration_that_asks_for_no_risk_leaves_that_of_another_list(store):
    risky = settings(Route(name="risk", recipients=("anna@example.org",), risk="raised", level="none"))
    for day in (DAY, TUESDAY, WEDNESDAY):
        high = {"falls": falls(0.5, 0.1)}
        assert [name for name, _ in scan(store, "core", day, 0.0, risky, **high)] == ["anna"][: day == DAY]
        assert scan(store, "other", day, 0.0, settings(OTHER), **high) == []
    assert scan(store, "core", THURSDAY, 0.0, settings(CORE), falls=falls(0.5, 0.1)) == []
    assert store.runs.open_episodes() == []


def test_identifiers_are_those_of_the_database_and_of_the_day(tmp_path):
    found = []
    for name in ("one.db", "two.db"):
        with Store.open(tmp_path / name, write=True) as opened:
            scan(opened, "core")
            found.append((opened.installation, opened.outbox.messages("queued")[0]))
    for installation, message in found:
        assert message.message_id.startswith("<20240101.") and len(installation) == 12
        assert message.message_id.endswith(f".{installation}@example.org>")
        assert f".{installation}@example.org>" in message.body["eml"]
    assert found[0][1].message_id != found[1][1].message_id


def test_the_history_names_route_transport_identifier_and_outcome(store):
    chat = Route(name="chat", notify=("env:CHAT",), level="critical", watchlists=("core",))
    rules = settings(CORE, OTHER, chat)
    scan(store, "core", share=0.22, rules=rules)
    (mail,) = store.outbox.claim(DAY, lease=timedelta(minutes=1))
    store.outbox.settle(mail, "sent", due_at=DAY, tried_at=TUESDAY)
    plan = asked(TUESDAY)
    finish(store, Outcome(plan, [row("gold", 0.45, moment=TUESDAY)]), Options(rules))
    (waiting, refused) = store.outbox.claim(WEDNESDAY, lease=timedelta(minutes=1))
    store.outbox.settle(refused, "dead", due_at=WEDNESDAY, tried_at=WEDNESDAY, error="gone")
    found = [
        (each.event, each.level, each.route, each.transport, each.outcome, each.tried_at, each.error)
        for each in entries(store)
    ]
    assert found == [
        ("opened", "warning", "core desk", "mail", "sent", TUESDAY, ""),
        ("raised", "critical", "chat", "apprise", "given up", WEDNESDAY, "gone"),
        ("raised", "critical", "core desk", "mail", "waits", None, ""),
    ]
    assert {each.message_id for each in entries(store)} == {
        each.message_id for each in (mail, waiting, refused)
    }
    assert entries(store, "silver") == [] and len(entries(store, "gold")) == 3
