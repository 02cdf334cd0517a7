"""From rows to steps and mails: who hears of what, hostile names, pictures, and the same run twice."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta

import msgspec
import pandas as pd
import pytest
from scan_rows import DAY, STRETCHED, asked, failed, row

from scanners.alerts.audience import Known
from scanners.alerts.bubble import relaxed
from scanners.alerts.decisions import decide, fingerprints
from scanners.alerts.observation import Observation
from scanners.config.policy import FIRST_STUDY, Policy
from scanners.config.settings import Alerts, Mail, Route, Settings
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Message, RunKey, Store

MAIL = Mail(host="localhost", sender="scanner@example.org", picture_bytes=1000)
SETTINGS = Settings(
    mail=MAIL,
    alerts=Alerts(clear_runs=2),
    route=(
        Route(name="all", recipients=("anna@example.org", "ben@example.org"), level="watch"),
        Route(name="Only critical!", recipients=("carl@example.org",), level="critical", resolved=False),
    ),
)
QUIET_ROUTES = msgspec.structs.replace(SETTINGS, alerts=Alerts(clear_runs=2, repeat_sessions=0))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(400)


def read(message):
    return email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)


def run(store, rows, moment=DAY, settings=SETTINGS, pictures=None):
    """Commit a run; its decision."""
    outcome = Outcome(asked(moment), rows, pictures=pictures or {})
    return finish(store, outcome, Options(settings))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def test_each_route_hears_what_it_asked_for():
    rows = [row("gold", 0.45), row("silver", 0.22), row("wti", momentum=STRETCHED), row("sp500", 0.0, 0.5)]
    decision = decide(rows, asked(), SETTINGS, last={})
    assert [(step.body.series, step.body.level) for step in decision.steps] == [
        ("gold", "critical"),
        ("silver", "warning"),
        ("wti", "watch"),
    ]
    assert [message.recipient[:4] for message in decision.messages] == ["anna", "ben@", "carl"]
    to_all, _, to_carl = map(read, decision.messages)
    assert to_all["Subject"] == "[lppl] new critical: gold; new warning: silver; new watch: wti (2024-01-01)"
    assert to_carl["Subject"] == "[lppl] new critical: gold (2024-01-01)"
    assert to_all["To"] == "anna@example.org, ben@example.org"
    text = to_carl.get_body(("plain",)).get_content()
    assert "CRITICAL  gold: new, upward" in text and "C3 = 0.45 >= 0.30" in text
    assert "silver" not in text and "WATCH  wti: new, upward" in to_all.get_body(("plain",)).get_content()


def system(state, level="watch", title="China: debt & <growth>"):
    return Observation(
        "china",
        title,
        "debt",
        "2024-01-01",
        level,
        level,
        "",
        ("Margin 0.1 [0, 0.2].",),
        (),
        "systems",
        state,
    )


def test_readings_of_another_model_are_entries_of_the_same_digest():
    decision = decide(
        [row("gold", 0.45)], asked(), SETTINGS, last={}, more=[system("near\r\nBcc: x <b>fold")]
    )
    assert [step.body.model for step in decision.steps] == ["lppls", "systems"]
    to_all, _, to_carl = map(read, decision.messages)
    assert to_all["Subject"] == ("[lppl] new critical: gold; new watch: China: debt & <growth> (2024-01-01)")
    assert to_all["Bcc"] is None
    text = to_all.get_body(("plain",)).get_content()
    assert "WATCH  China: debt & <growth>: new, near Bcc: x <b>fold\r\n  Margin 0.1 [0, 0.2]." in text
    page = to_all.get_body(("html",)).get_content()
    assert "China: debt &amp; &lt;growth&gt;" in page and "<b>" not in page and "<growth>" not in page
    assert "China" not in to_carl.as_string()


def test_a_run_of_systems_alone_says_nothing_of_markets():
    first = decide([], asked(), SETTINGS, last={}, more=[system("tight")])
    text = read(first.messages[0]).get_body(("plain",)).get_content()
    assert "By chance alone" not in text and "WATCH" in text
    (step,) = first.steps
    tomorrow = replace(system("loose"), session="2024-01-02")
    key = tomorrow.fingerprint("c0ffee")
    assert fingerprints(["gold"], "c0ffee", [tomorrow])[-1] == key == step.fingerprint
    known = Known([step], first.tellings)
    morrow = asked(DAY + timedelta(days=1))
    then = decide([], morrow, SETTINGS, last={key: step}, known=known, more=[tomorrow])
    assert (
        "China: debt & <growth>: state changed, loose"
        in read(then.messages[0]).get_body(("plain",)).get_content()
    )
    assert read(then.messages[0])["References"] == read(first.messages[0])["References"]


def test_episodes_of_systems_stay_when_a_run_has_none(store):
    opened = decide([], asked(), SETTINGS, last={}, more=[system("tight")]).steps
    changed = replace(asked(DAY + timedelta(days=1)), configuration="beef")
    assert decide([row("china", 0.0)], changed, SETTINGS, last={}, opened=opened).steps == ()
    over = decide([], changed, SETTINGS, last={}, opened=opened, more=[system("tight")]).steps
    assert [step.event for step in over] == ["superseded", "opened"]


def test_headers_that_machines_read():
    (_, _, message) = decide([row("gold", 0.45)], asked(), SETTINGS, last={}).messages
    mail = read(message)
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Id"].startswith("<only-critical-")
    assert mail["List-Id"].endswith(".alerts.example.org>") and mail["Message-ID"] == message.message_id
    assert mail["References"] == mail["In-Reply-To"] and mail["Date"].datetime == DAY
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_mails_about_one_episode_are_one_thread(store):
    first = run(store, [row("gold", 0.22)]).messages[0]
    later = DAY + timedelta(days=1)
    second = run(store, [row("gold", 0.45, moment=later)], later).messages[0]
    assert read(first)["References"] == read(second)["References"]
    assert first.message_id != second.message_id


def test_the_same_run_gives_the_same_bytes_and_is_queued_once(store):
    rows, pictures = [row("gold", 0.45)], {"gold": PNG}
    first = run(store, rows, pictures=pictures)
    known = Known(installation=store.installation)
    same = decide(rows, asked(), SETTINGS, last={}, known=known, pictures=pictures)
    assert same.messages == first.messages
    hours = DAY + timedelta(hours=9)
    assert run(store, rows, pictures=pictures) is run(store, rows, hours) is None
    assert (
        decide(rows, asked(hours), SETTINGS, last={first.steps[0].fingerprint: first.steps[0]}).messages == ()
    )
    assert len(store.outbox.messages("queued")) == 3


def test_what_is_over_is_told_to_those_who_want_it(store):
    run(store, [row("gold", 0.45)])
    days = [DAY + timedelta(days=day) for day in (1, 2)]
    assert run(store, [row("gold", 0.09, moment=days[0])], days[0]).messages == ()
    over = run(store, [row("gold", 0.09, moment=days[1])], days[1])
    assert {message.recipient for message in over.messages} == {"anna@example.org", "ben@example.org"}
    assert read(over.messages[0])["Subject"] == "[lppl] over: gold (2024-01-03)"
    assert "CRITICAL  gold: over" in read(over.messages[0]).get_body(("plain",)).get_content()


def test_hysteresis_works_on_the_shares_where_nothing_is_kept(store):
    settings = replace_policy(FIRST_STUDY)
    run(store, [row("gold", 0.41)], settings=settings)
    for day, share in enumerate((0.36, 0.37, 0.36, 0.41), 1):
        moment = DAY + timedelta(days=day)
        steps = run(store, [row("gold", share, moment=moment)], moment, settings).steps
        assert [step.event for step in steps] == []
    assert relaxed(Policy(), 0.05).critical == pytest.approx(0.25)
    assert relaxed(Policy(), 0.5) == Policy(
        critical=0.05, warning=0.05, moderate=0.05, shaped=0.05, capitulation=0.15
    )


def test_a_bubble_is_news_for_sixty_sessions_and_then_silent_until_it_ends_and_comes_back(store):
    days = [day.to_pydatetime() for day in pd.bdate_range(DAY, periods=130, tz="UTC")]
    told, mailed = {}, set()
    for number, day in enumerate(days):
        # At its level again and again, long after it is old; from session 100 on gone, then back.
        share = (0.35 if number % 10 < 3 else 0.12) if number < 100 else (0.05 if number < 110 else 0.35)
        for step in run(store, [row("gold", share, moment=day)], day, QUIET_ROUTES).steps:
            told[number] = (step.event, step.body.level)
            mailed |= {number} if step.body.notify else set()
    assert told == {
        0: ("opened", "critical"),
        61: ("aged", "critical"),
        100: ("below", "critical"),
        101: ("resolved", "calm"),
        110: ("opened", "critical"),
    }
    assert mailed == {0, 61, 110}


def test_an_old_alert_is_told_again_when_it_rises_and_says_why_it_was_silent(store):
    days = [day.to_pydatetime() for day in pd.bdate_range(DAY, periods=140, tz="UTC")]
    shares = [0.25] * 70 + [0.35] * 70
    steps = [
        step
        for day, share in zip(days, shares, strict=True)
        for step in run(store, [row("gold", share, moment=day)], day, QUIET_ROUTES).steps
    ]
    told = [(step.event, step.body.level) for step in steps if step.body.notify]
    assert told == [("opened", "warning"), ("aged", "warning"), ("raised", "critical"), ("aged", "critical")]
    assert steps[-1].body.reasons[0].startswith(f"Critical since {days[70]:%Y-%m-%d}: news for 60 sessions.")


def test_a_bubble_whose_shape_is_gone_ends_after_the_runs_of_clearing(store):
    days = [day.to_pydatetime() for day in pd.bdate_range(DAY, periods=9, tz="UTC")]
    events = []
    for day, share in zip(days, (0.35, 0.12, 0.09, 0.11, 0.25, 0.09, 0.09, 0.09, 0.0), strict=True):
        steps = run(store, [row("gold", share, moment=day)], day, QUIET_ROUTES).steps
        events.append(steps[0].event if steps else "")
    assert events == ["opened", "", "below", "held", "", "below", "resolved", "", ""]


def test_a_kept_bubble_says_so_when_it_is_told_again(store):
    days = [day.to_pydatetime() for day in pd.bdate_range(DAY, periods=21, tz="UTC")]
    for number, day in enumerate(days):
        decision = run(store, [row("gold", 0.35 if not number else 0.15, moment=day)], day)
    (step,) = decision.steps
    assert step.event == "repeated"
    assert step.body.reasons[0].startswith("Critical since 2024-01-01, kept while C3 is at least 0.1")


def replace_policy(changes):
    return msgspec.structs.replace(SETTINGS, policy=Policy(**changes))


@pytest.mark.parametrize(
    "name",
    [
        "gold\r\nBcc: evil@example.org",
        "gold\n\nbody",
        "a\u2028b\u202egnp.exe\x00\x1b[31m",
        '<img src=x onerror="alert(1)">',
        "</h2><script>alert(1)</script>",
        "{{ 7 * 7 }} &amp; 코스닥 " + "x" * 500,
        "\ud800",
    ],
)
def test_names_cannot_carry_headers_or_markup(name):
    (_, _, message) = decide(
        [row("s" + name, 0.45, title=name)], asked(), SETTINGS, last={}, pictures={"s" + name: PNG}
    ).messages
    head = message.body["eml"].split("\r\n\r\n")[0]
    assert "\r\nBcc" not in head and "\nBcc" not in message.body["subject"]
    mail = read(message)
    assert mail.keys() == read(decide([row("gold", 0.45)], asked(), SETTINGS, last={}).messages[2]).keys()
    assert not mail.defects and str(mail["Subject"]).isprintable() and len(mail["Subject"]) < 220
    page = mail.get_body(("html",)).get_content()
    assert "<script" not in page and "<img src=x" not in page and "49" not in page.split("cid:")[0]
    text = mail.get_body(("plain",)).get_content()
    assert not set("\x00\x1b\u2028\u202e") & set(page + text)
    assert message.body["eml"].isascii() and max(map(len, message.body["eml"].split("\r\n"))) <= 998
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content() == PNG and f"cid:{picture['Content-ID'][1:-1]}" in page
    assert picture["Content-Disposition"].startswith("inline")


def test_pictures_fit_or_are_left_out():
    rows = [row("gold", 0.45), row("silver", 0.45), row("wti", 0.45)]
    pictures = {"gold": PNG, "silver": bytes(900), "wti": PNG}
    mail = read(decide(rows, asked(), SETTINGS, last={}, pictures=pictures).messages[0])
    assert sum(part.get_content_type() == "image/png" for part in mail.walk()) == 2
    assert "1 picture left out: too large" in mail.get_body(("plain",)).get_content()


def test_a_very_long_list_stays_a_mail_that_servers_take():
    rows = [row(f"s{number}", 0.45) for number in range(500)]
    message = decide(rows, asked(), SETTINGS, last={}).messages[0]
    text = read(message).get_body(("plain",)).get_content()
    assert text.count("CRITICAL  s") == 500 and text.count("C3 = 0.45") == 40
    assert len(message.body["eml"]) < 400_000 and "and 495 more" in message.body["subject"]


def test_bad_data_gives_one_notice_and_no_alerts():
    rows = [row("gold", 0.45), *(failed(f"s{number}\r\nX: y") for number in range(30))]
    decision = decide(rows, asked(), SETTINGS, last={})
    assert decision.unhealthy and decision.steps == () and len(decision.messages) == 3
    mail = read(decision.messages[0])
    assert mail["Subject"] == "[lppl] data: 30 of 31 series have no usable prices (2024-01-01)"
    assert "and 10 more" in mail.get_body(("plain",)).get_content() and mail["X"] is None
    few = decide([*(row(f"r{number}", 0.45) for number in range(8)), failed("x")], asked(), SETTINGS, last={})
    assert not few.unhealthy and len(few.steps) == 8


def test_a_series_without_a_verdict_leaves_its_episode_alone(store):
    run(store, [row("gold", 0.45), *(row(f"r{number}") for number in range(5))])
    for day in range(1, 9):
        moment = DAY + timedelta(days=day)
        rows = [failed("gold"), *(row(f"r{number}", moment=moment) for number in range(5))]
        assert run(store, rows, moment).steps == ()
    assert [step.state for step in store.runs.open_episodes()] == ["firing"]


def test_chance_and_lost_mails_are_named():
    lost = Message(
        "<1@x>", "zoe@example.org", DAY, {"subject": "critical: gold"}, "dead", 1, "RCPT: 550 gone"
    )
    rows = [row("gold", 0.45), *(row(f"s{number}") for number in range(99))]
    text = read(decide(rows, asked(), SETTINGS, last={}, given_up=[lost]).messages[0]).get_body(("plain",))
    lines = " ".join(text.get_content().split())
    assert "100 series raise 0.024 new critical alarms on an average day, one in 2 months" in lines
    assert "Not delivered to zoe@example.org: critical: gold (RCPT: 550 gone)" in lines


def test_mails_given_up_are_told_in_the_next_digest_once(store):
    """Also when a run is committed again, or runs that have nothing to say lie between."""
    run(store, [row("gold", 0.22)])
    (taken, *_) = store.outbox.claim(DAY, lease=timedelta(minutes=5))
    store.outbox.settle(taken, "dead", due_at=DAY + timedelta(hours=1), error="RCPT: 550 gone")
    later = Outcome(asked(DAY + timedelta(hours=2)), [row("gold", 0.22)])
    finish(store, later, Options(SETTINGS, again=True))
    told = []
    for day, share in ((1, 0.22), (2, 0.22), (3, 0.45), (4, 0.0), (5, 0.0)):
        moment = DAY + timedelta(days=day)
        told += [read(each) for each in run(store, [row("gold", share, moment=moment)], moment).messages[:1]]
    first, last = (mail.get_body(("plain",)).get_content() for mail in told)
    assert f"Not delivered to {taken.recipient}" in first and "Not delivered" not in last


def test_a_run_that_cannot_be_committed_leaves_nothing(store):
    unwritable = Outcome(asked(), [row("gold", 0.45)], manifest={"made": object()})
    with pytest.raises(TypeError, match="not JSON serializable"):
        finish(store, unwritable, Options(SETTINGS))
    assert store.runs.open_episodes() == store.outbox.messages("queued") == []
    assert store.runs.find(RunKey("core", DAY.date(), "c0ffee")) is None
    assert run(store, [row("gold", 0.45)]).steps


def test_watchlists_and_changed_configuration(store):
    settings = Settings(mail=MAIL, route=(Route(name="x", recipients=("a@b.c",), watchlists=("other",)),))
    assert run(store, [row("gold", 0.45)], settings=settings).messages == ()
    changed = replace(asked(DAY + timedelta(days=1)), configuration="beef")
    decision = decide([row("gold", 0.45)], changed, SETTINGS, last={}, opened=store.runs.open_episodes())
    assert [step.event for step in decision.steps] == ["superseded", "opened"]
