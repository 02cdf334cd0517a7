"""Mail against real servers: what is sent, left for later or refused, and never beyond the deadline."""

import threading
import time

import msgspec
import pytest
from mail_server import (
    PASSWORD,
    USER,
    Postbox,
    free_port,
    make_certificate,
    serve,
    strict_about_characters,
    strict_about_dots,
    trickling,
)

from scanners.alerts.channels.smtp import Letter, Result, greeting_name, send
from scanners.config.settings import Mail

ANNA, BEN = "anna@example.org", "ben@example.org"
CONTENT = b"Subject: x\r\n\r\n.hidden dot\r\n"
LETTER = Letter("scanner@example.org", (ANNA, BEN), CONTENT)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def other_certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"), "mail.example.org")


def plain(port, **others):
    return Mail(
        **{"host": "127.0.0.1", "port": port, "security": "none", "sender": "a@b.c", "deadline": 5} | others
    )


def secure(port, certificate, **others):
    return plain(port, **{"host": "localhost", "security": "starttls", "ca_file": str(certificate)} | others)


def outcomes(results):
    return {recipient: result.outcome for recipient, result in results.items()}


def test_a_letter_arrives_unchanged_for_every_recipient():
    postbox = Postbox()
    with serve(postbox) as port:
        (results,) = send(plain(port), "", [LETTER])
    assert results == {ANNA: Result("sent"), BEN: Result("sent")}
    assert postbox.received == [((ANNA, BEN), CONTENT)]


def test_tls_and_password(certificate):
    postbox = Postbox()
    with serve(postbox, certificate, auth_required=True) as port:
        (results,) = send(secure(port, certificate, username=USER), PASSWORD, [LETTER])
    assert outcomes(results) == {ANNA: "sent", BEN: "sent"}
    assert postbox.logins and len(postbox.received) == 1


def test_implicit_tls(certificate):
    postbox = Postbox()
    with serve(postbox, certificate, implicit=True) as port:
        (results,) = send(secure(port, certificate, security="tls"), "", [LETTER])
    assert outcomes(results) == {ANNA: "sent", BEN: "sent"}


def test_a_wrong_password_is_no_fault_of_the_message(certificate):
    postbox = Postbox()
    with serve(postbox, certificate, auth_required=True) as port:
        (results,) = send(secure(port, certificate, username=USER), "wrong-secret", [LETTER])
    assert outcomes(results) == {ANNA: "later", BEN: "later"}
    assert "AUTH refused: 535" in results[ANNA].detail and "wrong-secret" not in results[ANNA].detail
    assert not postbox.received


def test_without_starttls_nothing_is_said():
    postbox = Postbox()
    with serve(postbox) as port:
        (results,) = send(plain(port, security="starttls"), "", [LETTER])
    assert outcomes(results) == {ANNA: "later", BEN: "later"}
    assert "STARTTLS extension not supported" in results[ANNA].detail
    assert not postbox.tried


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_certificate_is_refused(certificate, other_certificate, security):
    postbox = Postbox()
    with serve(postbox, other_certificate, implicit=security == "tls") as port:
        for trusted in ("", str(other_certificate)):  # not trusted; trusted, but for another host
            mail = secure(port, certificate, ca_file=trusted, username=USER, security=security)
            (results,) = send(mail, PASSWORD, [LETTER])
            assert outcomes(results) == {ANNA: "later", BEN: "later"}
            assert "certificate refused" in results[ANNA].detail
    assert not postbox.logins and not postbox.tried


def test_a_name_server_that_does_not_answer_is_left_at_the_deadline(monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: asked.wait(5))
    started = time.monotonic()
    (results,) = send(plain(25, deadline=0.5), "", [LETTER])
    asked.set()
    assert time.monotonic() - started < 1.0
    assert "no end after 0.5 s (connection: the address of 127.0.0.1 was not found" in results[ANNA].detail


def test_a_name_without_an_address_is_told():
    (results,) = send(plain(25, host="no-such-host.invalid"), "", [LETTER])
    assert outcomes(results) == {ANNA: "later", BEN: "later"} and results[ANNA].detail


def test_nobody_there():
    started = time.monotonic()
    first, second = send(plain(free_port()), "", [LETTER, LETTER])
    assert outcomes(first) == outcomes(second) == {ANNA: "later", BEN: "later"}
    assert "Connection refused" in second[ANNA].detail and time.monotonic() - started < 2


@pytest.mark.parametrize(
    "security", ["none", *(pytest.param(name, marks=pytest.mark.ci) for name in ("starttls", "tls"))]
)
def test_a_server_that_talks_one_byte_at_a_time_is_left_at_the_deadline(security):
    with trickling() as port:
        started = time.monotonic()
        (results,) = send(plain(port, deadline=1.6, security=security), "", [LETTER])
        took = time.monotonic() - started
    assert outcomes(results) == {ANNA: "later", BEN: "later"}
    assert 1.5 < took < 2.1 and "no end after 1.6 s" in results[ANNA].detail


@pytest.mark.parametrize("encrypted", [False, pytest.param(True, marks=pytest.mark.ci)])
def test_a_reply_that_does_not_come_is_left_at_the_deadline(certificate, encrypted):
    postbox = Postbox({"DATA": "wait"})
    with serve(postbox, certificate if encrypted else None) as port:
        mail = secure(port, certificate, deadline=1.5) if encrypted else plain(port, deadline=1.5)
        started = time.monotonic()
        first, second = send(mail, "", [LETTER, LETTER])
        took = time.monotonic() - started
    assert outcomes(first) == outcomes(second) == {ANNA: "later", BEN: "later"}
    assert "no end after 1.5 s" in first[ANNA].detail and "may have arrived" in first[ANNA].detail
    assert 1.4 < took < 2.0


@pytest.mark.parametrize(
    ("replies", "expected", "detail"),
    [
        ({"MAIL": "451 try later"}, ("later", "later"), "MAIL: 451 try later"),
        ({"MAIL": "550 not you"}, ("later", "later"), "MAIL: 550 not you"),
        ({"MAIL": "530 authenticate first"}, ("later", "later"), "530"),
        ({f"RCPT {ANNA}": "550 no such user"}, ("refused", "sent"), "RCPT: 550 no such user"),
        ({f"RCPT {ANNA}": "451 greylisted"}, ("later", "sent"), "RCPT: 451 greylisted"),
        ({f"RCPT {ANNA}": "552 too many"}, ("later", "sent"), "RCPT: 552 too many"),
        ({"RCPT": "550 no such user"}, ("refused", "refused"), "550"),
        ({f"RCPT {BEN}": "421 closing"}, ("later", "later"), "421 closing"),
        ({"DATA": "421 closing"}, ("later", "later"), "DATA: 421 closing"),
        ({"DATA": "451 disk"}, ("later", "later"), "DATA: 451 disk"),
        ({"DATA": "550 spam"}, ("refused", "refused"), "DATA: 550 spam"),
        ({"DATA": "552 too large"}, ("refused", "refused"), "DATA: 552 too large"),
        ({"DATA": "hang up"}, ("later", "later"), "it may have arrived"),
    ],
)
def test_replies(replies, expected, detail):
    postbox = Postbox(replies)
    with serve(postbox) as port:
        (results,) = send(plain(port), "", [LETTER])
    assert (results[ANNA].outcome, results[BEN].outcome) == expected
    assert detail in results[ANNA].detail
    if "421" in detail:
        assert "may have arrived" not in results[ANNA].detail


@pytest.mark.parametrize("reply", ["550 spam", "451 later", "421 closing", "hang up"])
def test_one_bad_letter_does_not_hold_up_the_next(reply):
    postbox = Postbox({"DATA": [reply]})
    with serve(postbox) as port:
        bad, good = send(plain(port), "", [LETTER, Letter("a@b.c", (BEN,), CONTENT)])
    assert bad[ANNA].outcome != "sent" and outcomes(good) == {BEN: "sent"}


def test_what_a_server_says_stays_one_short_line():
    postbox = Postbox({"DATA": "550-line one\r\n550 " + "\x1b[31m" + "x" * 400})
    with serve(postbox) as port:
        (results,) = send(plain(port), "", [LETTER])
    assert results[ANNA].detail.isprintable() and len(results[ANNA].detail) < 200


def test_an_address_cannot_carry_a_command():
    postbox = Postbox()
    with serve(postbox) as port:
        letter = Letter("a@b.c", ("x@y>\r\nRCPT TO:<evil@example.org",), CONTENT)
        (results,) = send(plain(port), "", [letter])
    assert [result.outcome for result in results.values()] == ["refused"]
    assert not postbox.received


@pytest.mark.parametrize(
    ("host", "address", "said"),
    [
        ("desk.example.org", "10.0.0.5", "desk.example.org"),
        ("scanner", "10.0.0.5", "[10.0.0.5]"),
        ("my_host.example.org", "10.0.0.5", "[10.0.0.5]"),
        ("mac.local", "::1", "[IPv6:::1]"),
        ("desk.localdomain", "fe80::1%eth0", "[IPv6:fe80::1]"),
        ("-" * 300, "10.0.0.5", "[10.0.0.5]"),
    ],
)
def test_the_name_in_ehlo_is_whole_or_an_address(host, address, said):
    assert greeting_name(host, address) == said


@pytest.mark.parametrize("helo", ["", "alerts.example.org", "[192.0.2.1]"])
@pytest.mark.parametrize("rule", [strict_about_dots, strict_about_characters])
def test_servers_that_look_at_the_name_take_the_mail(monkeypatch, rule, helo):
    monkeypatch.setattr("socket.gethostname", lambda: "desk_7")
    postbox = rule()
    with serve(postbox) as port:
        (results,) = send(plain(port, helo=helo), "", [LETTER])
    assert outcomes(results) == {ANNA: "sent", BEN: "sent"}
    assert postbox.names == {helo or "[127.0.0.1]"}


@pytest.mark.parametrize(
    "helo", ["desk", "desk_7.example.org", "a b.c", "[x]", "a.example.org\r\nQUIT", ".a.b"]
)
def test_a_name_that_servers_refuse_cannot_be_configured(helo):
    with pytest.raises(msgspec.ValidationError, match="helo"):
        msgspec.convert({"helo": helo}, Mail)
