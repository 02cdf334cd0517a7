"""The second axis: episodes of its own where a route asks, never lost, never repeated."""

import email
import email.policy
from datetime import timedelta

import msgspec
import pytest
from scan_rows import DAY, asked, failed, falls, row

from scanners.alerts.digest import FOLD
from scanners.alerts.risk import condition
from scanners.config.settings import ChanceAsked, Mail, Route, Settings
from scanners.risk.sizes import HORIZONS, SIZES, SMALL, label
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

MAIL = Mail(host="localhost", sender="scanner@example.org")
ASKED = ChanceAsked(fall="20", sessions=120, at_least=0.15, times_usual=2.0)
RAISED = Route(name="raised", recipients=("anna@example.org",), level="none", risk="raised")
HIGH = Route(name="high", recipients=("ben@example.org",), level="critical", risk="high")
BY_CHANCE = Route(name="chance", recipients=("carl@example.org",), level="none", chance=ASKED)
LEVELS = Route(name="levels", recipients=("dora@example.org",), level="watch")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def settings(*routes):
    return Settings(mail=MAIL, route=routes)


def run(store, rows, day=0, routes=(RAISED, HIGH, BY_CHANCE, LEVELS), **changes):
    moment = DAY + timedelta(days=day)
    plan = asked(moment, configuration=changes.pop("configuration", "c0ffee"))
    outcome = Outcome(plan, rows, manifest={"data": day})
    return finish(store, outcome, Options(settings(*routes), **changes))


def gold(chance, usual=0.1, day=0, up=0.0):
    return row("gold", up, moment=DAY + timedelta(days=day), falls=falls(chance, usual))


def told(decision):
    return {
        message.recipient[:4]: message.body["subject"].removeprefix("[lppl] ")
        for message in decision.messages
    }


def text(message):
    mail = email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)
    return mail.get_body(("plain",)).get_content()


def test_each_route_hears_of_the_axis_it_asked_for(store):
    decision = run(store, [gold(0.25)])
    assert told(decision) == {
        "anna": "risk now high: gold (2024-01-01)",
        "ben@": "risk now high: gold (2024-01-01)",
        "carl": "chance now as asked: gold (2024-01-01)",
    }
    said = text(decision.messages[0])
    assert "RISK HIGH  gold: new, fall" in said
    lead = " ".join(said.split())
    assert "a fall of 20% within six months has a chance of 25 in 100 (12 to 50), usually 10" in lead
    assert "CHANCE  gold: new, fall of 20% in 120 sessions at least 15%, 2 times usual" in text(
        decision.messages[-1]
    )


def test_a_mail_of_a_bubble_says_both_axes_and_the_chances_shortly(store):
    (message,) = run(store, [gold(0.25, up=0.35)], routes=(LEVELS,)).messages
    first, card, fold, below, *_ = text(message).split("\r\n\r\n")
    head, lead, moves, chance = card.splitlines()
    name, *lines, when = below.splitlines()
    assert (first, fold, name) == ("New critical: gold.", FOLD, "gold")
    assert (moves, chance.count("(10)")) == ("  Close 5,048.62.", 3)
    assert head == "CRITICAL  gold: new, upward; risk of a fall high"
    assert lead.startswith(
        "  Critical, up 5% in a year: a fall of 20% within six months has a chance of 25 in 100"
    )
    assert "raised by volatility (×1.9), lowered by the trend (×0.8)" in lead
    months = "25 (10) in 3 months, 25 (10) in 6 months, 25 (10) in 12 months"
    assert chance == f"  Chance in 100 of a fall of 10% (usual): {months}."
    assert sum(line.startswith("  Chance in 100") for line in lines) == 2 and "last bar" in when
    assert not [line for line in lines if "Momentum:" in line or "Critical time" in line]
    page = email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)
    html = page.get_body(("html",)).get_content()
    assert "risk of a fall high" in html and "25 (10) in 3 months" in html


def test_raised_is_not_high_and_a_condition_is_both_of_its_parts(store):
    assert told(run(store, [gold(0.16)])) == {"anna": "risk now raised: gold (2024-01-01)"}
    assert told(run(store, [gold(0.14, 0.05, day=1)], 1)) == {
        "anna": "risk now high: gold (2024-01-02)",
        "ben@": "risk now high: gold (2024-01-02)",
    }
    assert told(run(store, [gold(0.2, 0.05, day=2)], 2)) == {"carl": "chance now as asked: gold (2024-01-03)"}


def test_nobody_asks_and_nothing_is_kept(store):
    assert run(store, [gold(0.5)], routes=(LEVELS,)).steps == ()


def test_two_axes_are_two_entries_of_one_mail(store):
    both = Route(name="both", recipients=("eve@example.org",), level="warning", risk="raised")
    (message,) = run(store, [gold(0.25, up=0.35)], routes=(both,)).messages
    assert message.body["subject"] == "[lppl] new critical: gold; risk now high: gold (2024-01-01)"
    said = text(message)
    assert said.index("CRITICAL  gold") < said.index("RISK HIGH  gold")
    assert said.count("Critical, up 5% in a year") == said.count("Close 5,048.62") == 1
    assert said.count("Risk high: a fall of 10% within three months") == 1


def test_never_lost_and_never_repeated(store):
    first = run(store, [gold(0.25)], routes=(HIGH,))
    assert len(first.messages) == 1
    assert run(store, [gold(0.25)], routes=(HIGH,)) is None  # the same run again
    again = run(store, [gold(0.25)], routes=(HIGH,), again=True)
    assert again.messages == () and again.steps == ()
    for day in range(1, 4):  # no data, no chance: the episode stays
        thin = row("gold", moment=DAY + timedelta(days=day))
        rows = [failed("gold"), row("a"), row("b"), row("c")] if day == 1 else [thin]
        assert run(store, rows, day, routes=(HIGH,)).messages == ()
    assert [step.state for step in store.runs.open_episodes()] == ["firing"]
    events = []
    for day in range(4, 10):
        decision = run(store, [gold(0.1, day=day)], day, routes=(HIGH,))
        events += [(day, step.event) for step in decision.steps if step.body.notify]
    assert events == [(8, "resolved")]  # five sessions in a row
    assert told(run(store, [gold(0.25, day=10)], 10, routes=(HIGH,))) == {
        "ben@": "risk now high: gold (2024-01-11)"
    }


def test_what_no_route_asks_for_any_more_ends_without_a_mail(store):
    run(store, [gold(0.25)], routes=(RAISED, BY_CHANCE))
    assert len(store.runs.open_episodes()) == 2
    other = msgspec.structs.replace(BY_CHANCE, chance=msgspec.structs.replace(ASKED, at_least=0.2))
    decision = run(store, [gold(0.25, day=1)], 1, routes=(other,))
    assert [step.event for step in decision.steps] == ["superseded", "superseded", "opened"]
    assert told(decision) == {"carl": "chance now as asked: gold (2024-01-02)"}
    assert [step.body.direction for step in store.runs.open_episodes()] == [condition(other.chance)]


def test_another_configuration_takes_over_without_a_second_mail_of_the_end(store):
    run(store, [gold(0.25)], routes=(HIGH,))
    decision = run(store, [gold(0.25, day=1)], 1, routes=(HIGH,), configuration="beef")
    assert [step.event for step in decision.steps] == ["superseded", "opened"]


def test_conditions_name_falls_that_are_stated():
    falls_known = {label(size) for size in (*SIZES, *SMALL)}
    types = {each.name: each.type for each in msgspec.structs.fields(ChanceAsked)}
    assert set(types["fall"].__args__) == falls_known
    assert set(types["sessions"].__args__) == set(HORIZONS)
    with pytest.raises(ValueError, match="at_least or times_usual must be above 0"):
        ChanceAsked()
