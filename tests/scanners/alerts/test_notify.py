"""Chats and phones through apprise: the same outbox, no secret anywhere, and every failure is for later."""

import logging
import sys
import threading
from datetime import timedelta
from functools import partial
from itertools import count, repeat

import pytest
from mail_server import Postbox, free_port, serve
from scan_rows import DAY, asked, row

from scanners import cli
from scanners.alerts.channels.apprise import AppriseChannel, push
from scanners.alerts.delivery import deliver, exit_code
from scanners.config.secrets import find_secret
from scanners.config.settings import Mail, Route, Settings
from scanners.core.deadline import Deadline
from scanners.core.errors import CommandError
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

# A dependency of one of apprise's plug-ins.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SECRET = "hunter2"
CONTENT = {"subject": "[lppl] critical: gold", "text": "CRITICAL  gold <b>&"}


class Service:
    """A plug-in of apprise that keeps what it got and answers as it is told."""

    def __init__(self):
        self.got, self.answer, self.wait = [], True, threading.Event()

    def take(self, body, title, notify_type, *others, **named):
        self.got.append((title, body))
        if self.answer == "wait":
            self.wait.wait(5)
        if self.answer == "raise":
            raise RuntimeError(f"cannot reach lppltest://{SECRET}")
        return self.answer is True


@pytest.fixture
def service(monkeypatch):
    import apprise

    fake = Service()
    apprise.decorators.notify(on="lppltest", name="Test")(fake.take)
    monkeypatch.setenv("CHAT", f"lppltest://{SECRET}")
    yield fake
    fake.wait.set()
    apprise.manager_plugins.NotificationManager().remove("lppltest")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def pushed(reference="env:CHAT", seconds=5.0):
    return push(reference, CONTENT, Deadline(seconds))


def test_a_message_arrives(service):
    assert pushed().outcome == "sent"
    assert service.got == [("[lppl] critical: gold", "CRITICAL  gold <b>&")]


@pytest.mark.parametrize("answer", [False, None, "raise"])
def test_a_refusal_is_for_later_and_tells_no_secret(service, answer, caplog, capsys):
    service.answer = answer
    result = pushed()
    assert (result.outcome, result.detail) == ("later", "not taken by the service of env:CHAT")
    said = capsys.readouterr()
    assert SECRET not in result.detail + said.out + said.err + caplog.text
    assert not logging.getLogger("apprise").disabled


def test_an_address_that_apprise_does_not_know_is_never_shown(monkeypatch, caplog, capsys):
    monkeypatch.setenv("CHAT", f"nosuchthing://{SECRET}")
    assert pushed().detail == "not taken by the service of env:CHAT"
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err + caplog.text


def test_a_service_that_hangs_is_left_at_the_deadline(service):
    service.answer = "wait"
    result = pushed(seconds=0.3)
    assert result.outcome == "later" and "no end after 0.3 s" in result.detail
    assert pushed(seconds=-1).detail == "no time left" and len(service.got) == 1


def test_without_apprise_it_is_said(service, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert "apprise is not installed: pip install 'lppl-scanner[notify]'" in pushed().detail


def test_addresses_come_from_variables_files_and_credentials(tmp_path, monkeypatch):
    place = tmp_path / "chat"
    place.write_text("lppltest://x\n")
    place.chmod(0o600)
    assert find_secret(f"file:{place}", {}) == "lppltest://x"
    assert find_secret("credential:chat", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "lppltest://x"
    assert find_secret("env:CHAT", {"CHAT": "lppltest://y"}) == "lppltest://y"
    place.chmod(0o644)
    with pytest.raises(CommandError, match="open to everybody: chmod 600"):
        find_secret(f"file:{place}", {})
    for reference, why in (("env:CHAT", "CHAT is not set"), ("credential:chat", "CREDENTIALS_DIRECTORY")):
        with pytest.raises(CommandError, match=why):
            find_secret(reference, {})
    monkeypatch.delenv("CHAT", raising=False)
    assert pushed().detail == "the variable CHAT is not set"


def committed(store, mail, **route):
    settings = Settings(mail=mail, route=(Route(name="phone", level="watch", **route),))
    finish(store, Outcome(asked(), [row("gold", 0.45)]), Options(settings))


def states(store):
    return {
        message.recipient: (state, message.attempts)
        for state in ("queued", "leased", "sent", "dead")
        for message in store.outbox.messages(state)
    }


def test_the_same_outbox_waits_retries_and_gives_up(store, service):
    mail, moment = Mail(give_up_days=1), DAY
    committed(store, mail, notify=("env:CHAT",))
    service.answer = False
    assert exit_code(deliver(store.outbox, mail, lambda: moment)) == 5
    assert states(store) == {"env:CHAT": ("queued", 1)}
    assert deliver(store.outbox, mail, lambda: moment) == []  # not before its time
    moment += timedelta(minutes=2)
    service.answer = True
    assert exit_code(deliver(store.outbox, mail, lambda: moment)) == 0
    assert states(store) == {"env:CHAT": ("sent", 2)}
    (first, second) = service.got
    assert (
        first == second and first[0] == "[lppl] new critical: gold (2024-01-01)" and "C3 = 0.45" in first[1]
    )


def test_what_no_service_takes_is_dead_in_the_end(store, service):
    mail, moments = Mail(give_up_days=1), (DAY + timedelta(hours=3 * number) for number in count())
    committed(store, mail, notify=("env:CHAT",))
    service.answer = False
    while store.outbox.messages("queued"):
        deliver(store.outbox, mail, partial(next, repeat(next(moments))))
    (dead,) = store.outbox.messages("dead")
    assert dead.last_error == "given up after 1 days: not taken by the service of env:CHAT"


def test_a_killed_sender_leaves_a_lease_that_runs_out(store, service):
    mail = Mail()
    committed(store, mail, notify=("env:CHAT",))

    class Dying(AppriseChannel):
        def open(self, mail):
            raise KeyboardInterrupt

    class Later(AppriseChannel):
        def open(self, mail):
            return lambda messages: (_ for _ in ()).throw(KeyboardInterrupt)

    with pytest.raises(KeyboardInterrupt):
        deliver(store.outbox, mail, lambda: DAY, find=lambda _: Dying())
    assert states(store) == {"env:CHAT": ("queued", 0)}
    with pytest.raises(KeyboardInterrupt):
        deliver(store.outbox, mail, lambda: DAY, find=lambda _: Later())
    assert states(store) == {"env:CHAT": ("leased", 1)}
    assert deliver(store.outbox, mail, lambda: DAY) == []
    later = DAY + timedelta(minutes=10)
    assert exit_code(deliver(store.outbox, mail, lambda: later)) == 0


def test_mail_and_chat_do_not_wait_for_each_other(store, service):
    down = Mail(host="127.0.0.1", port=free_port(), security="none", sender="a@b.c", deadline=2)
    committed(store, down, recipients=("me@b.c",), notify=("env:CHAT",))
    assert exit_code(deliver(store.outbox, down, lambda: DAY)) == 5
    assert states(store) == {"me@b.c": ("queued", 1), "env:CHAT": ("sent", 1)}


def test_without_a_mail_server_chats_still_hear(store, service):
    committed(store, Mail(sender="a@b.c"), recipients=("me@b.c",), notify=("env:CHAT",))
    with pytest.raises(CommandError, match=r"mail\.host is not set") as refused:
        deliver(store.outbox, Mail(), lambda: DAY)
    assert refused.value.exit_code == 5
    assert states(store) == {"me@b.c": ("queued", 0), "env:CHAT": ("sent", 1)}


def test_a_chat_that_fails_keeps_no_mail_back(store, service):
    service.answer = False
    postbox = Postbox()
    with serve(postbox) as port:
        mail = Mail(host="127.0.0.1", port=port, security="none", sender="a@b.c")
        committed(store, mail, recipients=("me@b.c",), notify=("env:CHAT",))
        assert exit_code(deliver(store.outbox, mail, lambda: DAY)) == 5
    assert len(postbox.received) == 1
    assert states(store) == {"me@b.c": ("sent", 1), "env:CHAT": ("queued", 1)}


def test_no_secret_reaches_the_database(tmp_path, service):
    with Store.open(tmp_path / "lppl.db", write=True) as store:
        committed(store, Mail(), notify=("env:CHAT",))
        service.answer = False
        deliver(store.outbox, Mail(), lambda: DAY)
    content = (tmp_path / "lppl.db").read_bytes()
    assert b"env:CHAT" in content and SECRET.encode() not in content


@pytest.fixture
def lppl(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scanner.toml").write_text("[[route]]\nname = 'phone'\nnotify = ['env:CHAT']\n")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["lppl", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        told = capsys.readouterr()
        assert SECRET not in told.out + told.err
        return stop.value.code, told.out, told.err

    return run


def test_commands(lppl, service, tmp_path, monkeypatch):
    assert lppl("config", "validate")[0] == 0
    assert 'notify = ["env:CHAT"]' in lppl("config", "show")[1]
    code, out, _ = lppl("alerts", "test", "--dry-run", "mails")
    assert code == 0 and (tmp_path / out.strip()).suffix == ".txt" and not service.got
    assert (tmp_path / out.strip()).read_text("utf-8").startswith("[lppl] test\n\nThis is a test")
    assert lppl("alerts", "test") == (0, "env:CHAT: sent\n", "")
    service.answer = False
    code, out, _ = lppl("alerts", "test")
    assert code == 5 and "env:CHAT: not sent, will be tried again: not taken by" in out
    assert "mail queued to env:CHAT, 1 attempts: not taken" in lppl("alerts", "list")[1]
    for address, why in (
        (f"nosuchthing://{SECRET}", "an address that apprise knows"),
        ("", "CHAT is not set"),
    ):
        monkeypatch.setenv("CHAT", address)
        code, _, err = lppl("config", "validate")
        assert code == 1 and why in err
