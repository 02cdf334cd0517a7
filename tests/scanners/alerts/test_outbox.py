"""The sender over a real store and real servers: what is stored and retried after each kind of trouble."""

import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest
from mail_server import Postbox, free_port, make_certificate, serve, trickling

from scanners.alerts.channels.mail import MailChannel
from scanners.alerts.channels.smtp import send
from scanners.alerts.delivery import deliver, exit_code, wait_before
from scanners.config.settings import Mail
from scanners.core.errors import CommandError
from scanners.store import Message, Store

ANNA, BEN = "anna@example.org", "ben@example.org"
START = datetime(2024, 1, 2, 6, tzinfo=timezone.utc)
EML = "Message-ID: <1@lppl>\r\nSubject: x\r\n\r\nhello\r\n"


class Clock:
    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment

    def forward(self, **span):
        self.moment += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def add(store, *recipients, number=1):
    for recipient in recipients:
        body = {"eml": EML.replace("1@", f"{number}@"), "composed": START.isoformat(), "subject": "x"}
        store.outbox.add(Message(f"<{number}@lppl>", recipient, START, body))


def plain(port, **others):
    return Mail(
        **{"host": "127.0.0.1", "port": port, "security": "none", "sender": "a@b.c", "deadline": 2} | others
    )


def states(store):
    return {
        (message.message_id, message.recipient): (state, message.attempts)
        for state in ("queued", "leased", "sent", "dead")
        for message in store.outbox.messages(state)
    }


def test_sent_once_and_never_again(store, clock):
    add(store, ANNA, BEN)
    postbox = Postbox()
    with serve(postbox) as port:
        assert exit_code(deliver(store.outbox, plain(port), clock)) == 0
        clock.forward(days=1)
        assert deliver(store.outbox, plain(port), clock) == []
    assert postbox.received == [((ANNA, BEN), EML.encode())]
    assert states(store) == {("<1@lppl>", ANNA): ("sent", 1), ("<1@lppl>", BEN): ("sent", 1)}


@pytest.mark.parametrize(
    ("replies", "stored"),
    [
        ({"MAIL": "421 closing"}, ("queued", "queued")),
        ({"DATA": "451 later"}, ("queued", "queued")),
        ({"DATA": "550 spam"}, ("dead", "dead")),
        ({"DATA": "552 too large"}, ("dead", "dead")),
        ({"DATA": "hang up"}, ("queued", "queued")),
        ({f"RCPT {BEN}": "550 no such user"}, ("sent", "dead")),
        ({f"RCPT {BEN}": "451 greylisted"}, ("sent", "queued")),
    ],
)
def test_what_is_stored_after_a_reply(store, clock, replies, stored):
    add(store, ANNA, BEN)
    with serve(Postbox(replies)) as port:
        deliveries = deliver(store.outbox, plain(port), clock)
    found = states(store)
    assert tuple(found["<1@lppl>", each][0] for each in (ANNA, BEN)) == stored
    assert exit_code(deliveries) == 5
    for message in store.outbox.messages("queued"):
        assert message.last_error and message.due_at > clock()
    for message in store.outbox.messages("dead"):
        assert message.last_error.split()[1] in ("550", "552")


def test_later_means_later_and_then_it_goes_to_those_who_did_not_get_it(store, clock):
    add(store, ANNA, BEN)
    postbox = Postbox({f"RCPT {BEN}": ["451 greylisted"]})
    with serve(postbox) as port:
        deliver(store.outbox, plain(port), clock)
        clock.forward(seconds=20)
        assert deliver(store.outbox, plain(port), clock) == []
        clock.forward(minutes=2)
        assert exit_code(deliver(store.outbox, plain(port), clock)) == 0
    assert [recipients for recipients, _ in postbox.received] == [(ANNA,), (BEN,)]


def test_a_lost_reply_gives_the_same_mail_again(store, clock):
    add(store, ANNA)
    postbox = Postbox({"DATA": ["hang up"]})
    with serve(postbox) as port:
        deliver(store.outbox, plain(port), clock)
        clock.forward(minutes=2)
        deliver(store.outbox, plain(port), clock)
    (_, first), (_, second) = postbox.received
    assert first == second == EML.encode()
    assert states(store) == {("<1@lppl>", ANNA): ("sent", 2)}


def test_a_killed_sender_leaves_a_lease_that_runs_out(store, clock):
    add(store, ANNA)

    def dying(mail, password, letters):
        yield from ()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(store.outbox, plain(25), clock, find=lambda _: MailChannel(transport=dying))
    assert states(store) == {("<1@lppl>", ANNA): ("leased", 1)}
    postbox = Postbox()
    with serve(postbox) as port:
        assert deliver(store.outbox, plain(port), clock) == []
        clock.forward(minutes=3)
        assert exit_code(deliver(store.outbox, plain(port), clock)) == 0
    assert len(postbox.received) == 1


def test_a_sender_killed_between_delivery_and_store_sends_the_same_mail_again(tmp_path, clock):
    path = tmp_path / "lppl.db"
    with Store.open(path, write=True) as opened:
        add(opened, ANNA)
    postbox = Postbox({"DATA": ["wait"]})
    with serve(postbox) as port:
        code = (
            "import sys; from datetime import datetime; from scanners.config.settings import Mail\n"
            "from scanners.alerts.delivery import deliver; from scanners.store import Store\n"
            f"mail = Mail(host='127.0.0.1', port={port}, security='none', sender='a@b.c')\n"
            f"with Store.open({str(path)!r}, write=True) as store:\n"
            f"    deliver(store.outbox, mail, lambda: datetime.fromisoformat({START.isoformat()!r}))\n"
        )
        with subprocess.Popen([sys.executable, "-c", code]) as child:
            while not postbox.received and child.poll() is None:
                time.sleep(0.02)
            child.kill()
        clock.forward(minutes=10)
        with Store.open(path, write=True) as opened:
            assert states(opened) == {("<1@lppl>", ANNA): ("leased", 1)}
            assert exit_code(deliver(opened.outbox, plain(port), clock)) == 0
    assert [content for _, content in postbox.received] == [EML.encode()] * 2


def test_results_are_stored_one_by_one(store, clock):
    add(store, ANNA)
    add(store, ANNA, number=2)

    def dying(mail, password, letters):
        yield next(send(mail, password, [next(letters)]))
        raise KeyboardInterrupt

    with serve(Postbox()) as port, pytest.raises(KeyboardInterrupt):
        deliver(store.outbox, plain(port), clock, find=lambda _: MailChannel(transport=dying))
    assert states(store) == {("<1@lppl>", ANNA): ("sent", 1), ("<2@lppl>", ANNA): ("leased", 1)}


@pytest.mark.parametrize("trouble", ["down", "slow", "no starttls", "wrong certificate", "wrong password"])
def test_what_is_no_fault_of_the_message_waits(store, clock, trouble, tmp_path):
    add(store, ANNA)
    postbox, mail, channel = Postbox(), {}, MailChannel(password=lambda _: "wrong")
    certificate = None
    if trouble in ("wrong certificate", "wrong password"):
        certificate = make_certificate(tmp_path)
        mail = {"host": "localhost", "security": "starttls", "ca_file": str(certificate), "username": "u"}
    if trouble == "wrong certificate":
        mail["ca_file"] = ""
    if trouble == "no starttls":
        mail["security"] = "starttls"
    if trouble == "slow":
        with trickling() as port:
            deliveries = deliver(store.outbox, plain(port, deadline=1), clock)
    elif trouble == "down":
        deliveries = deliver(store.outbox, plain(free_port()), clock)
    else:
        with serve(postbox, certificate) as port:
            deliveries = deliver(store.outbox, plain(port, **mail), clock, find=lambda _: channel)
    assert states(store) == {("<1@lppl>", ANNA): ("queued", 1)}
    assert exit_code(deliveries) == 5 and deliveries[0].detail
    assert not postbox.tried


def test_what_stays_undeliverable_is_given_up_in_the_end(store, clock):
    add(store, ANNA)
    tries, mail = 0, plain(free_port())
    while store.outbox.messages("queued"):
        tries += bool(deliver(store.outbox, mail, clock))
        clock.forward(hours=1)
    assert timedelta(days=4) < clock() - START < timedelta(days=4.5)
    assert 20 < tries < 60
    (dead,) = store.outbox.messages("dead")
    assert dead.last_error.startswith("given up after 4 days: connection:")


def test_without_a_server_or_a_password_nothing_is_tried(store, clock):
    assert deliver(store.outbox, Mail(), clock) == []
    add(store, ANNA)
    with pytest.raises(CommandError, match=r"mail\.host") as refused:
        deliver(store.outbox, Mail(), clock)
    mail = Mail(host="localhost", sender="a@b.c", username="me", password_env="NO_SUCH_VARIABLE")
    with pytest.raises(CommandError, match="NO_SUCH_VARIABLE") as also:
        deliver(store.outbox, mail, clock)
    assert refused.value.exit_code == also.value.exit_code == 5
    assert states(store) == {("<1@lppl>", ANNA): ("queued", 0)}


def test_only_a_dead_message_can_be_queued_again(store, clock):
    add(store, ANNA)
    with pytest.raises(ValueError, match="must be dead"):
        store.outbox.requeue(store.outbox.messages("queued")[0], due_at=clock())


@pytest.mark.parametrize(("ahead", "wait"), [({"days": 5}, 0), ({"days": 365}, 0), ({"hours": 3}, 5.2)])
def test_what_a_clock_that_was_ahead_put_off_goes_out_when_it_is_right(store, clock, ahead, wait):
    clock.forward(**ahead)
    body = {"eml": EML, "composed": clock().isoformat(), "subject": "x"}
    store.outbox.add(Message("<1@lppl>", ANNA, clock(), body))
    postbox = Postbox({"DATA": ["450 later"] * 3})
    with serve(postbox) as port:
        for _ in range(3):
            deliver(store.outbox, plain(port), clock)
            clock.forward(hours=1)
        assert states(store) == {("<1@lppl>", ANNA): ("queued", 3)}
        clock.moment = START
        clock.forward(hours=wait)
        assert exit_code(deliver(store.outbox, plain(port), clock)) == 0
    assert len(postbox.received) == 1 and states(store) == {("<1@lppl>", ANNA): ("sent", 4)}


@pytest.mark.parametrize("jump", [365, -365])
def test_a_clock_that_jumps_gives_nothing_up(store, clock, jump):
    """A day at most counts between two attempts, and none when the clock goes back."""
    add(store, ANNA)
    mail = plain(free_port())
    for _ in range(3):
        clock.forward(days=jump)
        assert len(deliver(store.outbox, mail, clock)) == 1
        clock.moment = START
        clock.forward(hours=1)
        deliver(store.outbox, mail, clock)
    (waiting,) = store.outbox.messages("queued")
    assert waiting.waited <= timedelta(days=3, hours=1)
    days = 0
    while store.outbox.messages("queued"):
        clock.forward(days=1)
        days += 1
        deliver(store.outbox, mail, clock)
    assert days <= 5 and len(store.outbox.messages("dead")) == 1


def test_waits_double_to_four_hours_and_spread():
    waits = [
        [wait_before(attempt, f"key {key}") / timedelta(minutes=1) for key in range(200)]
        for attempt in (1, 2, 5, 50)
    ]
    for centre, spread in zip((1, 2, 16, 240), waits, strict=True):
        assert 0.5 * centre <= min(spread) < 0.6 * centre and 1.4 * centre < max(spread) < 1.5 * centre
    assert wait_before(3, "a") == wait_before(3, "a")
