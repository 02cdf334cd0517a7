"""Mail servers that talk too much, in one line or in many, or take no large mail: nothing is lost to them."""

import time
from itertools import repeat

import pytest
from mail_server import USER, Postbox, scripted, serve
from msgspec.structs import force_setattr
from scan_rows import DAY, asked, row

from scanners.alerts.channels.interface import Result
from scanners.alerts.channels.mail import MailChannel
from scanners.alerts.channels.smtp_replies import judged
from scanners.alerts.delivery import deliver, exit_code
from scanners.config.settings import Mail, Route, Settings
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

ANNA, BEN = "anna@example.org", "ben@example.org"
PICTURES = {"gold": b"\x89PNG\r\n\x1a\n" + bytes(200_000)}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def mail_to(port, **more):
    return Mail(host="127.0.0.1", port=port, security="none", sender="lppl@example.org", deadline=5.0, **more)


def commit(store, mail, pictures=()):
    route = Route(name="desk", recipients=(ANNA, BEN), level="watch")
    outcome = Outcome(asked(), [row("gold", 0.45)], pictures=dict(pictures))
    finish(store, outcome, Options(Settings(mail=mail, route=(route,))))


def waiting(store):
    return {each.recipient: each.last_error for each in store.outbox.messages("queued")}


@pytest.mark.parametrize("at", ["", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_reply_line_without_an_end_leaves_the_mails_queued(store, at):
    with scripted(lambda stage, said: said[:3] + b" " + b"x" * 9000 if stage == at else said) as port:
        commit(store, mail_to(port))
        deliveries = deliver(store.outbox, mail_to(port), lambda: DAY)
    assert exit_code(deliveries) == 5 and not store.outbox.messages("leased")
    assert set(waiting(store)) == {ANNA, BEN}
    assert all("Line too long" in error for error in waiting(store).values())


def test_a_greeting_without_an_end_is_left_at_once(store):
    usage = pytest.importorskip("resource")
    before, started = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss, time.monotonic()
    line = b"220-" + b"x" * 500 + b"\r\n"
    with scripted(lambda stage, said: repeat(line * 1000)) as port:
        commit(store, mail_to(port))
        deliver(store.outbox, mail_to(port), lambda: DAY)
    assert time.monotonic() - started < 4
    assert usage.getrusage(usage.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB
    assert all("a reply of more than 65536 bytes" in error for error in waiting(store).values())


@pytest.mark.parametrize("says_so", [True, False], ids=["SIZE in EHLO", "552 to MAIL"])
def test_a_server_with_a_size_limit_gets_the_mail_without_pictures(store, says_so):
    postbox = Postbox({} if says_so else {"MAIL": ["552 5.3.4 Message size exceeds fixed limit"]})
    with serve(postbox, **({"data_size_limit": 100_000} if says_so else {})) as port:
        commit(store, mail_to(port), PICTURES)
        assert exit_code(deliver(store.outbox, mail_to(port), lambda: DAY)) == 0
    ((recipients, content),) = postbox.received
    assert set(recipients) == {ANNA, BEN} and len(content) < 100_000
    text = b" ".join(content.split())
    assert b"critical: gold" in text and b"1 picture left out: too large for a mail" in text
    (identifier,) = {each.message_id for each in store.outbox.messages("sent")}
    assert identifier.encode() in content


def test_a_server_to_which_that_is_too_large_too_is_told_of(store):
    with serve(Postbox(), data_size_limit=500) as port:
        commit(store, mail_to(port), PICTURES)
        deliver(store.outbox, mail_to(port), lambda: DAY)
    assert {each.last_error[:9] for each in store.outbox.messages("dead")} == {"MAIL: 552"}


def test_pictures_are_left_out_for_a_server_that_counts_at_the_end_only(store):
    postbox = Postbox({"DATA": ["552 5.3.4 too large"]})
    with serve(postbox) as port:
        commit(store, mail_to(port), PICTURES)
        assert exit_code(deliver(store.outbox, mail_to(port), lambda: DAY)) == 0
    assert [len(content) > 100_000 for content in postbox.tried] == [True, False]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (b"5.7.26 This message does not pass authentication checks (SPF, DKIM)", "later"),
        (b"5.7.28 our system has detected an unusual rate of mail", "later"),
        (b"5.7.1 spam", "refused"),
        (b"no", "refused"),
    ],
)
def test_a_refusal_of_the_sender_after_the_text_can_be_mended(reply, outcome):
    assert judged("DATA", 550, reply).outcome == outcome


def test_a_host_that_is_no_name_waits_and_says_so(store):
    mail = Mail(host="mail.example.org", sender="a@b.c")
    force_setattr(mail, "host", "mail..example.org")  # which the configuration refuses
    commit(store, mail)
    assert exit_code(deliver(store.outbox, mail, lambda: DAY)) == 5
    assert all("'mail..example.org' is no name of a host" in error for error in waiting(store).values())


def test_a_defect_of_a_channel_gives_the_lease_back(store):
    def defective(mail, password, letters):
        raise AttributeError("'NoneType' object has no attribute 'makefile'")

    mail = Mail(host="localhost", sender="a@b.c")
    commit(store, mail)
    deliver(store.outbox, mail, lambda: DAY, find=lambda _: MailChannel(transport=defective))
    assert set(waiting(store).values()) == {"channel mail failed with AttributeError"}


def test_what_a_server_says_back_holds_no_password(store):
    def echo(mail, password, letters):
        for letter in letters:
            yield dict.fromkeys(letter.recipients, Result("later", f"535 no {password} here"))

    mail = Mail(host="localhost", username=USER, sender="a@b.c")
    commit(store, mail)
    channel = MailChannel(password=lambda _: "hunter22", transport=echo)
    deliver(store.outbox, mail, lambda: DAY, find=lambda _: channel)
    assert set(waiting(store).values()) == {"535 no *** here"}
