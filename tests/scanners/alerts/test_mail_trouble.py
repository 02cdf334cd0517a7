"""A run's mail against real servers in every kind of trouble: results, outbox, exit code, what comes next."""

import email
import email.policy
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from mail_server import PASSWORD, USER, Postbox, free_port, make_certificate, serve, trickling
from scan_rows import DAY, asked, row

from scanners.alerts.channels.mail import MailChannel
from scanners.alerts.delivery import deliver, exit_code
from scanners.config.settings import Alerts, Mail, Route, Settings
from scanners.service.commit import finish
from scanners.service.doctor import check_outbox
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import RunKey, Store

ANNA, BEN = "anna@example.org", "ben@example.org"
ROUTES = (Route(name="desk", recipients=(ANNA, BEN), level="watch"),)
SECONDS = 1.5  # deadline of everything that is sent at once

CHANNEL = MailChannel(password=lambda _: "wrong")


@dataclass
class Trouble:
    """A server, how it is spoken to, and what is stored for Anna and Ben after it."""

    name: str
    stored: tuple[str, str]
    error: str
    replies: dict = field(default_factory=dict)
    server: str = "works"
    mail: dict = field(default_factory=dict)
    offered: bool = False  # whether the server has the mail though it did not say so

    def __str__(self) -> str:
        return self.name


LATER, DEAD = ("queued", "queued"), ("dead", "dead")
SECURE = {"host": "localhost", "security": "starttls"}
MATRIX = [
    Trouble("down", LATER, "Connection refused", server="down"),
    Trouble("slow", LATER, f"no end after {SECONDS} s", server="slow"),
    Trouble("421 as greeting", LATER, "421", server="421"),
    Trouble("554 as greeting", LATER, "554", server="554"),
    Trouble("421 to MAIL", LATER, "MAIL: 421 closing", {"MAIL": "421 closing"}),
    Trouble("421 to DATA", LATER, "DATA: 421 closing", {"DATA": "421 closing"}),
    Trouble("451 to MAIL", LATER, "MAIL: 451 later", {"MAIL": "451 later"}),
    Trouble("451 to RCPT", LATER, "RCPT: 451 greylisted", {"RCPT": "451 greylisted"}),
    Trouble("451 to DATA", LATER, "DATA: 451 disk", {"DATA": "451 disk"}),
    Trouble("550 to MAIL", LATER, "MAIL: 550 not you", {"MAIL": "550 not you"}),
    Trouble("552 to MAIL", DEAD, "MAIL: 552 too large", {"MAIL": "552 too large"}),
    Trouble("504 to RCPT", LATER, "RCPT: 504 5.5.2", {"RCPT": "504 5.5.2 need fully-qualified hostname"}),
    Trouble("550 for the connection", LATER, "RCPT: 550 5.7.1", {"RCPT": "550 5.7.1 Client host rejected"}),
    Trouble("554 for the connection", LATER, "RCPT: 554 5.7.1", {"RCPT": "554 5.7.1 Relay access denied"}),
    Trouble("554 for the mailbox", DEAD, "RCPT: 554 5.2.1", {"RCPT": "554 5.2.1 mailbox disabled"}),
    Trouble("500 to DATA", LATER, "DATA: 500 what", {"DATA": "500 what"}),
    Trouble("550 to RCPT", DEAD, "RCPT: 550 gone", {"RCPT": "550 gone"}),
    Trouble("550 to DATA", DEAD, "DATA: 550 spam", {"DATA": "550 spam"}),
    Trouble("552 to RCPT", LATER, "RCPT: 552 too many", {"RCPT": "552 too many"}),
    Trouble("552 to DATA", DEAD, "DATA: 552 too large", {"DATA": "552 too large"}),
    Trouble("550 for one", ("sent", "dead"), "RCPT: 550 gone", {f"RCPT {BEN}": "550 gone"}),
    Trouble("451 for one", ("sent", "queued"), "RCPT: 451 later", {f"RCPT {BEN}": "451 later"}),
    Trouble("reply lost after DATA", LATER, "it may have arrived", {"DATA": ["hang up"]}, offered=True),
    Trouble("no reply after DATA", LATER, "it may have arrived", {"DATA": ["wait"]}, offered=True),
    Trouble("STARTTLS missing", LATER, "STARTTLS", mail=SECURE),
    Trouble("certificate unknown", LATER, "certificate refused", server="tls", mail=SECURE),
    Trouble("certificate of another host", LATER, "certificate refused", server="other", mail=SECURE),
    Trouble("AUTH refused", LATER, "AUTH refused: 535", server="auth", mail=SECURE | {"username": USER}),
    Trouble("AUTH not offered", LATER, "", server="tls, known", mail=SECURE | {"username": USER}),
]  # fmt: skip


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trouble")
    return {name: make_certificate(folder, name) for name in ("localhost", "mail.example.org")}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


@contextmanager
def troubled(trouble: Trouble, postbox: Postbox, certificates: dict[str, Path]):
    """Yield the settings of the mail server."""
    ours, other = certificates["localhost"], certificates["mail.example.org"]
    more = dict(trouble.mail)
    greeting = {"421": b"421 busy\r\n", "554": b"554 no service\r\n"}.get(trouble.server)
    if trouble.server == "down":
        server = nullcontext(free_port())
    elif trouble.server == "slow":
        server = trickling(0.5)
    elif greeting:
        server = trickling(0.0, greeting)
    elif trouble.server in ("tls", "tls, known"):
        server = serve(postbox, ours, auth_exclude_mechanism=["LOGIN", "PLAIN"])
        more["ca_file"] = str(ours) if "known" in trouble.server else ""
    elif trouble.server == "other":
        server = serve(postbox, other)
        more["ca_file"] = str(other)
    elif trouble.server == "auth":
        server = serve(postbox, ours, auth_required=True)
        more["ca_file"] = str(ours)
    else:
        server = serve(postbox)
    with server as port:
        yield mail_to(port, **more)


def mail_to(port, **more):
    plain = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "lppl@example.org"}
    return Mail(**plain | {"deadline": SECONDS} | more)


def run(store, mail, day=0, share=0.45):
    """Commit the run of a day."""
    moment = DAY + timedelta(days=day)
    settings = Settings(mail=mail, route=ROUTES, alerts=Alerts(repeat_sessions=1))
    return finish(store, Outcome(asked(moment), [row("gold", share, moment=moment)]), Options(settings))


def states(store):
    return {
        message.recipient: (state, message)
        for state in ("queued", "leased", "sent", "dead")
        for message in store.outbox.messages(state)
    }


@pytest.mark.parametrize("trouble", MATRIX, ids=str)
def test_results_are_committed_and_no_mail_is_lost(trouble, store, certificates):
    postbox, moment = Postbox(dict(trouble.replies)), DAY + timedelta(minutes=1)
    with troubled(trouble, postbox, certificates) as mail:
        run(store, mail)
        started = time.monotonic()
        deliveries = deliver(
            store.outbox, mail, lambda: moment, find=lambda _: MailChannel(password=lambda _: "wrong")
        )
        took = time.monotonic() - started
    assert took < SECONDS + 0.5 and exit_code(deliveries) == 5

    (committed,) = store.runs.results(store.runs.find(RunKey("core", DAY.date(), "c0ffee"))).values()
    assert committed["level"] == "critical"
    assert [step.state for step in store.runs.open_episodes()] == ["firing"]

    found = states(store)
    assert tuple(found[each][0] for each in (ANNA, BEN)) == trouble.stored
    for state, message in found.values():
        assert message.attempts == 1
        assert (trouble.error in message.last_error) if state != "sent" else not message.last_error
        assert "wrong" not in message.last_error and PASSWORD not in message.last_error
    took_it = {recipient for recipients, _ in postbox.received for recipient in recipients}
    sent = {each for each, (state, _) in found.items() if state == "sent"}
    assert took_it == ({ANNA, BEN} if trouble.offered else sent)

    # Mended: what waits goes out under the same Message-ID, what was refused does not.
    mended, moment = Postbox(), moment + timedelta(minutes=2)
    with serve(mended) as port:
        again = deliver(store.outbox, mail_to(port), lambda: moment)
    assert exit_code(again) == 0
    waited = {each for each, state in zip((ANNA, BEN), trouble.stored, strict=True) if state == "queued"}
    assert {recipient for recipients, _ in mended.received for recipient in recipients} == waited
    identifiers = {read(content)["Message-ID"] for _, content in postbox.received + mended.received}
    assert identifiers <= {message.message_id for _, message in found.values()} and len(identifiers) <= 1

    # What was given up shows in doctor and in the next mail.
    given_up = {each for each, (state, _) in states(store).items() if state == "dead"}
    (check,) = check_outbox(store.database.path, moment)
    assert check.result == ("problem" if given_up else "ok") and all(
        each in check.detail for each in given_up
    )
    (text, *_) = [read(each.body["eml"].encode()) for each in run(store, mail_to(25), 1).messages]
    lines = " ".join(text.get_body(("plain",)).get_content().split())
    assert {each for each in (ANNA, BEN) if f"Not delivered to {each}: " in lines} == given_up


def read(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_run_without_a_mail_server_is_committed_and_its_mail_waits(store):
    run(store, Mail(sender="lppl@example.org"))
    assert {state for state, _ in states(store).values()} == {"queued"}
    assert store.runs.find(RunKey("core", DAY.date(), "c0ffee")) is not None


def test_more_mails_than_are_taken_at_once_all_go_out(store):
    recipients = tuple(f"r{number}@example.org" for number in range(40))
    routes = tuple(Route(name=f"route {number}", recipients=recipients, level="watch") for number in range(3))
    postbox = Postbox()
    with serve(postbox) as port:
        settings = Settings(mail=mail_to(port, deadline=20), route=routes)
        finish(store, Outcome(asked(), [row("gold", 0.45)]), Options(settings))
        deliveries = deliver(store.outbox, settings.mail, lambda: DAY)
    assert len(deliveries) == 120 and exit_code(deliveries) == 0
    assert sum(len(recipients) for recipients, _ in postbox.received) == 120
