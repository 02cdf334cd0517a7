"""``lppl scan`` among titles, servers and services that mean it ill: recorded, told, and at once."""

import email
import email.policy
import html
import json
import os
import time
from pathlib import Path

import pytest
from loopback import Answer
from loopback import serve as serve_web
from mail_server import Postbox, scripted, serve, strict_about_dots
from service_world import World, at, quick

from scanners.store import Store

DAY = "2024-01-02"
TITLES = {
    "token": "Token™",
    "asked": "see https://example.org/series?id=1&api_key=geheim&token=1",
    "login": "https://user:password@example.org/",
    "secret": "Pass?password=x 国债 🚀",
}
SCANNER = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "scanner@example.org"
deadline = 5
[[route]]
name = "desk"
recipients = ["anna@example.org"]
notify = {notify}
[schedule]
retry_minutes = 0
[ping]
url = "{ping}"
seconds = {seconds}
[scan]
database = "lppl.db"
watchlist = "watchlist.toml"
"""
SCAN = ("scan", "--as-of", DAY, "--jobs", "1", "--pages", "all")
_pipe = getattr(os, "mkfifo", Path.mkdir)  # Windows has none
TELEGRAM = "tgram://123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi/12345/"


@pytest.fixture
def workspace(lppl, tmp_path, monkeypatch):
    """Make a workspace in the folder of the command; return what writes its configuration."""

    def made(titles=TITLES, *, port=1, notify=(), ping="", seconds=1.0):
        World(tmp_path, tuple(titles)).put(DAY, **dict.fromkeys(titles, 0.45))
        entries = [
            f"[[series]]\nname = {name!r}\ntitle = {json.dumps(title, ensure_ascii=False)}\n"
            f"asset_class = 'commodity'\nsymbols = {{csv = {name!r}}}\n"
            for name, title in titles.items()
        ]
        (tmp_path / "watchlist.toml").write_text("name = 'core'\n" + "\n".join(entries), "utf-8")
        configured(port=port, notify=notify, ping=ping, seconds=seconds)
        return configured

    def configured(*, port, notify=(), ping="", seconds=1.0):
        text = SCANNER.format(port=port, notify=json.dumps(notify), ping=ping, seconds=seconds)
        (tmp_path / "scanner.toml").write_text(text, "utf-8")

    monkeypatch.setattr("scanners.cli.scan.now", lambda: at(DAY))
    with quick():
        yield made


def test_no_title_stops_a_run(lppl, workspace, tmp_path):
    postbox = Postbox()
    with serve(postbox) as port:
        workspace(port=port, notify=["folder:mails"])
        code, _, err = lppl(*SCAN)
    assert (code, err) == (0, "")
    ((_, content),) = postbox.received
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert "Token™" in mail["Subject"] and not mail.defects
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert all(title in text for title in TITLES.values())
    (chat,) = (tmp_path / "mails").iterdir()
    assert all(title in chat.read_text("utf-8") for title in TITLES.values())
    with Store.open(tmp_path / "lppl.db") as store:
        (run,) = store.runs.runs()
        assert {row["title"] for row in store.runs.results(run).values()} == set(TITLES.values())
        assert len(store.runs.open_episodes()) == len(TITLES)
    assert all(title in (tmp_path / "outputs" / DAY / "scan.json").read_text("utf-8") for title in TITLES)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_a_long_digest_reaches_a_chat_whole(lppl, workspace, monkeypatch):
    seen = []

    def answer(session, method, url, data=None, **_):
        text = json.loads(data)["text"] if method.upper() == "POST" else ""
        reply = Reply(400 if len(html.unescape(text)) > 4096 else 200)
        seen.extend([text] if text and reply.status_code == 200 else [])
        return reply

    class Reply:
        text, content, headers = "{}", b'{"ok": true, "result": []}', {}

        def __init__(self, status):
            self.status_code = status

        def json(self):
            return {"ok": True, "result": []}

    monkeypatch.setattr("requests.Session.request", answer)
    monkeypatch.setattr("apprise.URLBase.throttle", lambda *_, **__: None)
    monkeypatch.setenv("CHAT", TELEGRAM)
    titles = {f"s{number:02d}": f"Series {number} of many" for number in range(12)}
    workspace(titles, notify=["env:CHAT"])
    assert lppl(*SCAN)[0] == 5  # there is no mail server
    everything = html.unescape("\n".join(seen))
    assert len(seen) > 1 and all(title in everything for title in titles.values())
    with Store.open("lppl.db") as store:
        assert [each.recipient for each in store.outbox.messages("sent")] == ["env:CHAT"]


@pytest.mark.parametrize("kind", ["552", "SIZE", "bare name"])
def test_a_particular_mail_server_gets_what_it_takes(lppl, workspace, monkeypatch, kind):
    monkeypatch.setattr("socket.gethostname", lambda: "box")
    png = b"\x89PNG\r\n\x1a\n" + bytes(50_000)
    strict = kind == "bare name"
    postbox = strict_about_dots() if strict else Postbox({"MAIL": ["552 too large"]} if kind == "552" else {})
    limit = {"data_size_limit": 100_000} if kind == "SIZE" else {}
    with serve(postbox, **limit) as port, pytest.MonkeyPatch.context() as patch:  # undone before `quick` is
        patch.setattr("scanners.report.series.series_files", lambda draft, *_: {f"{draft.name}.png": png})
        workspace(port=port)
        assert lppl(*SCAN)[0] == 0
    ((_, content),) = postbox.received
    assert (b"pictures left out: too large" in content) == (not strict)


def test_a_reply_without_an_end_keeps_the_mail_for_the_next_server(lppl, workspace):
    with scripted(lambda stage, said: said[:3] + b" " + b"x" * 9000 if stage == "RCPT" else said) as port:
        configured = workspace(port=port)
        code, _, err = lppl(*SCAN)
        assert code == 5 and "was not delivered, will be tried again: RCPT: 500 Line too long" in err
    assert "mail queued to anna@example.org, 1 attempts" in lppl("alerts", "list")[1]
    postbox = Postbox()
    with serve(postbox) as port, pytest.MonkeyPatch.context() as patch:
        configured(port=port)
        patch.setattr("scanners.cli.alerts._now", lambda: at(DAY, 8))
        assert lppl("alerts", "flush")[0] == 0
    assert len(postbox.received) == 1


def test_a_switch_that_drips_holds_no_scan_and_a_lost_ping_is_repeated(lppl, workspace):
    left = [Answer(b"x" * 500, hang=20.0), Answer(status=503), Answer()]
    postbox = Postbox()
    with serve(postbox) as port, serve_web(lambda path: left.pop(0)) as switch:
        workspace(port=port, ping=f"{switch.url}/secret", seconds=1.0)
        started = time.monotonic()
        code, _, err = lppl("scan", "--scheduled", "--jobs", "1")
        took = time.monotonic() - started
    assert code == 0 and len(postbox.received) == 1 and took < 15
    assert "lppl: the dead-man's switch did not answer within 1 s" in err and "secret" not in err
    assert switch.paths == ["/secret/start", "/secret", "/secret"]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("scan.json", lambda path: path.write_text("[" * 100_000 + "]" * 100_000)),
        ("run.json", lambda path: path.write_text("[" * 100_000 + "]" * 100_000)),
        ("run.json", _pipe),
        ("scan.json", _pipe),
        ("index.html", _pipe),
        ("scan.csv", Path.mkdir),
    ],
)
def test_what_lies_in_place_of_a_result_is_put_right(lppl, workspace, tmp_path, name, damage):
    workspace({"gold": "Gold"})
    assert lppl(*SCAN)[0] == 5  # there is no mail server
    path = tmp_path / "outputs" / DAY / name
    whole = path.read_bytes()
    path.unlink()
    damage(path)
    code, _, err = lppl(*SCAN)
    assert code == 5 and "Traceback" not in err
    assert path.is_file() and (name == "run.json" or path.read_bytes() == whole)
