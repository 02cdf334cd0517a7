"""Webhooks: what arrives is signed, the documented example verifies it, and nothing is lost to a receiver."""

import json
import re
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from scan_rows import DAY, asked, row

from scanners.alerts.channels.webhook import WebhookChannel, signature, target_of
from scanners.alerts.delivery import deliver, exit_code
from scanners.config.settings import Mail, Route, Settings
from scanners.core.errors import CommandError
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

OPERATIONS = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
SECRET = "whsec_bHBwbC1zY2FubmVyLWV4YW1wbGUtc2VjcmV0"
DESK = "webhook:env:DESK"


@contextmanager
def receiver(*statuses, hang=0.0):
    """Serve a receiver that answers with these, then 204; give what it got: headers and body."""
    got, left, stop = [], list(statuses), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            stop.wait(hang)
            self.send_response(left.pop(0) if left else 204)
            self.end_headers()

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/alerts?token=geheim", got
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def verified():
    """The function that docs/operations.md shows."""
    (code,) = re.findall(r"```python\n(.*?)```", OPERATIONS, re.DOTALL)
    names = {}
    exec(code, names)
    return names["verified"]


def commit(store):
    settings = Settings(route=(Route(name="desk", level="watch", notify=(DESK,)),))
    finish(store, Outcome(asked(), [row("gold", 0.45, title="Gold & <b>国债")]), Options(settings))


def sent(store, moment=DAY, seconds=5.0):
    return deliver(store.outbox, Mail(deadline=seconds), lambda: moment)


def waiting(store):
    return [(each.recipient, each.last_error) for each in store.outbox.messages("queued")]


def test_what_arrives_is_signed_and_says_what_is_documented(store, monkeypatch, verified):
    with receiver() as (url, got):
        monkeypatch.setenv("DESK", f"{url} {SECRET}")
        commit(store)
        assert exit_code(sent(store)) == 0
    ((headers, body),) = got
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers["content-type"] == "application/json"
    assert verified(SECRET, headers, body)
    assert not verified(SECRET, headers, body.replace(b"critical", b"calm"))
    assert not verified(SECRET[:-4] + "AAAA", headers, body)
    assert not verified(SECRET, headers, body, now=time.time() + 301)
    said = json.loads(body)
    assert said["id"] == headers["webhook-id"] and said["schema"] == 1 and said["route"] == "desk"
    (change,) = said["changes"]
    told = {key: change[key] for key in ("series", "title", "event", "level", "direction", "session", "over")}
    assert told == {
        "series": "gold",
        "title": "Gold & <b>国债",
        "event": "opened",
        "level": "critical",
        "direction": "positive",
        "session": DAY.date().isoformat(),
        "over": False,
    }
    assert any("C3 = 0.45" in reason for reason in change["reasons"])
    body_keys, change_keys = (
        {key for line in table.splitlines() for key in re.findall(r"`(\w+)`", line.split("|")[1])}
        for table in re.findall(r"\| key(?: of a change)? \| \|\n\|---\|---\|\n((?:\|.*\n)+)", OPERATIONS)
    )
    assert (set(said), set(change)) == (body_keys, change_keys)


def test_a_signature_is_that_of_the_standard():
    """A published example of the scheme (docs.svix.com), which the standard took over."""
    key = target_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    found = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def target_secret(secret):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESK", f"https://desk.example.org/ {secret}")
        return target_of(DESK).key


@pytest.mark.parametrize("status", [301, 401, 404, 429, 500, 503])
def test_what_can_be_mended_waits_and_goes_again_under_the_same_id(store, monkeypatch, status):
    with receiver(status) as (url, got):
        monkeypatch.setenv("DESK", f"{url} a secret".replace("a secret", "x" * 16))
        commit(store)
        assert exit_code(sent(store)) == 5 and waiting(store) == [(DESK, f"answered {status}")]
        assert exit_code(sent(store, DAY + timedelta(minutes=2))) == 0
    (first, one), (second, other) = got
    assert first["webhook-id"] == second["webhook-id"] and one == other


@pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
def test_what_the_receiver_refuses_for_good_is_given_up(store, monkeypatch, status):
    with receiver(status) as (url, _):
        monkeypatch.setenv("DESK", f"{url} {SECRET}")
        commit(store)
        assert exit_code(sent(store)) == 5
    (dead,) = store.outbox.messages("dead")
    assert dead.last_error == f"answered {status}"


def test_a_receiver_that_hangs_or_is_not_there_is_left_at_the_deadline(store, monkeypatch):
    with receiver(hang=20.0) as (url, _):
        monkeypatch.setenv("DESK", f"{url} {SECRET}")
        commit(store)
        started = time.monotonic()
        sent(store, seconds=0.5)
        assert time.monotonic() - started < 2
    assert waiting(store) == [(DESK, "no end after 0.5 s (no answer; it may have arrived)")]
    sent(store, DAY + timedelta(minutes=2))
    assert waiting(store) == [(DESK, "could not be told: ConnectionError")]


def test_no_address_and_no_secret_reach_the_database(store, monkeypatch, tmp_path):
    with receiver(500) as (url, _):
        monkeypatch.setenv("DESK", f"{url} {SECRET}")
        commit(store)
        sent(store)
    content = (tmp_path / "lppl.db").read_bytes()
    assert DESK.encode() in content and b"geheim" not in content and SECRET.encode() not in content


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://desk.example.org/", "must hold an address of the web, a blank and a secret"),
        (f"ftp://desk.example.org/ {SECRET}", "must hold an address of the web"),
        ("https://desk.example.org/ short", "the secret must have 16 characters or more"),
        ("https://desk.example.org/ whsec_" + "!" * 24, "must be base64"),
    ],
)
def test_a_secret_that_says_something_else_is_refused_unseen(monkeypatch, text, why):
    monkeypatch.setenv("DESK", text)
    with pytest.raises(CommandError, match=why) as refused:
        WebhookChannel().check(DESK, Mail())
    assert "desk.example.org" not in str(refused.value)


def test_commands(lppl, monkeypatch, tmp_path):
    (tmp_path / "scanner.toml").write_text(f"[[route]]\nname = 'desk'\nnotify = ['{DESK}']\n")
    code, _, err = lppl("config", "validate")
    assert code == 1 and "the variable DESK is not set" in err
    with receiver() as (url, got):
        monkeypatch.setenv("DESK", f"{url} {SECRET}")
        assert lppl("config", "validate")[0] == 0
        assert lppl("alerts", "test") == (0, f"{DESK}: sent\n", "")
        shown = lppl("config", "show")[1]
        assert DESK in shown and "geheim" not in shown
    assert json.loads(got[0][1])["changes"] == []
    (file,) = lppl("alerts", "test", "--dry-run", "mails")[1].split()
    assert json.loads(Path(file).read_bytes())["subject"] == "[lppl] test"
