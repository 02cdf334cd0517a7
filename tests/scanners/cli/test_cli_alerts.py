"""``lppl alerts`` against a real store and a real mail server: what it prints, stores and exits with."""

import email
import email.policy
import json
import sys
from datetime import date, datetime, timedelta, timezone

import pytest
from mail_server import PASSWORD, USER, Postbox, free_port, make_certificate, serve

from scanners import cli
from scanners.alerts.delivery import deliver
from scanners.alerts.episodes import advance
from scanners.alerts.observation import Observation
from scanners.config.settings import Alerts, Mail
from scanners.service.doctor import check_outbox
from scanners.store import Message, RunKey, Store, Telling

START = datetime(2024, 1, 2, 6, tzinfo=timezone.utc)
CONFIG = """
[mail]
host = "localhost"
port = {port}
security = "{security}"
sender = "scanner@example.org"
deadline = 3
[[route]]
name = "desk"
recipients = ["anna@example.org", "ben@example.org"]
[[route]]
name = "night"
recipients = ["carl@example.org"]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    configure(tmp_path, 25)
    (tmp_path / "data").mkdir()
    readings = [
        Observation(
            "gold", "Gold", side, "2024-01-02", "warning", "warning", "2024-03-01", ("why",), ("context",)
        )
        for side in ("positive", "negative")
    ]
    steps = [advance(None, each, "c0ffee", START, Alerts()) for each in readings]
    silver = Observation("silver", "Silver", "positive", "2024-01-02", "critical", "critical")
    body = {"eml": "Subject: x\r\n\r\nhello\r\n", "composed": datetime.now(timezone.utc).isoformat()}
    with Store.open("data/lppl.db", write=True) as store:
        store.runs.finish(
            RunKey("core", date(2024, 1, 2), "c0ffee"),
            finished_at=START,
            manifest={},
            results={},
            episodes=[*steps, advance(None, silver, "c0ffee", START, Alerts())],
            messages=[Message("<1@example.org>", "anna@example.org", START, body)],
        )
    return tmp_path


def configure(folder, port, security="none", more=""):
    text = CONFIG.format(port=port, security=security).replace("[[route]]", f"{more}\n[[route]]", 1)
    (folder / "scanner.toml").write_text(text)


@pytest.fixture
def lppl(monkeypatch, capsys):
    def run(*arguments, program=("alerts",)):
        monkeypatch.setattr(sys, "argv", ["lppl", *program, *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        told = capsys.readouterr()
        return stop.value.code, told.out, told.err

    return run


def newest(series):
    with Store.open("data/lppl.db") as store:
        return next(each for each in store.runs.open_episodes() if each.body.series == series)


def test_list(folder, lppl):
    code, out, _ = lppl("list")
    assert code == 0 and out.count("gold") == 2 and "critical" in out
    assert "mail queued to anna@example.org, 0 attempts" in out
    found = json.loads(lppl("list", "--json")[1])
    assert {each["series"] for each in found["alerts"]} == {"gold", "silver"}
    assert found["mails"][0]["recipient"] == "anna@example.org" and "eml" not in found["mails"][0]


def test_acknowledge_and_silence(folder, lppl, monkeypatch):
    assert lppl("ack", "silver") == (0, "silver: acknowledged\n", "")
    assert newest("silver").body.acknowledged == "critical"
    code, out, _ = lppl("silence", newest("silver").fingerprint[:8], "--days", 3)
    until = datetime.now(timezone.utc).date() + timedelta(days=3)
    assert (code, out) == (0, f"silver: silenced until {until}\n")
    assert newest("silver").body.silenced_until == until.isoformat() and newest("silver").sequence == 3
    assert f"acknowledged until the level rises; silenced until {until}" in lppl("list")[1]
    later = datetime(until.year, until.month, until.day, 12, tzinfo=timezone.utc) + timedelta(days=1)
    monkeypatch.setattr("scanners.cli.alerts._now", lambda: later)
    assert f"; was silenced until {until}" in lppl("list")[1]


def test_what_is_meant_must_be_clear(folder, lppl):
    code, _, err = lppl("ack", "gold")
    assert code == 1 and "several open alerts" in err and "(negative)" in err
    code, _, err = lppl("silence", "platinum")
    assert code == 1 and "no open alert 'platinum'" in err
    code, _, err = lppl("ack", "silver", "--until", "2020-01-01")
    assert code == 2 and "--until: until must not lie before" in err


def test_history(folder, lppl):
    step = newest("silver")
    with Store.open("data/lppl.db", write=True) as store:
        about = (step.fingerprint, 1, 1, "desk", "<1@example.org>")
        store.tellings.add([Telling(*about, ("anna@example.org",), "core", "2024-01-02")])
    with serve(Postbox()) as port:
        configure(folder, port)
        assert lppl("flush")[0] == 0
    code, out, _ = lppl("history", "silver")
    start = f"2024-01-02 06:00  {step.fingerprint[:8]}  silver  positive opened, critical: desk, mail to "
    assert code == 0 and out.startswith(f"{start}anna@example.org: sent 20")
    assert out.endswith(", <1@example.org>\n")
    assert lppl("history")[1].count("no route was told") == 2  # gold, in either direction
    (found,) = json.loads(lppl("history", step.fingerprint[:6], "--json")[1])
    assert (found["outcome"], found["transport"], found["attempts"]) == ("sent", "mail", 1)
    assert lppl("history", "corn")[1] == "nothing was told of corn\n"


def test_flush(folder, lppl):
    postbox = Postbox({"DATA": ["451 later"]})
    with serve(postbox) as port:
        configure(folder, port)
        code, out, _ = lppl("flush", "--database", "data/lppl.db")
        assert code == 5 and "will be tried again: DATA: 451 later" in out
        assert lppl("flush") == (5, "nothing is due, 1 to be tried later\n", "")
    with Store.open("data/lppl.db") as store:
        assert store.outbox.messages("queued")[0].attempts == 1


@pytest.mark.parametrize("ahead", [5, 365])
def test_a_mail_put_off_by_a_clock_that_was_ahead_goes_out_when_it_is_right(folder, lppl, monkeypatch, ahead):
    postbox, right = Postbox({"DATA": ["450 later"]}), datetime.now(timezone.utc)
    with serve(postbox) as port:
        configure(folder, port)
        monkeypatch.setattr("scanners.cli.alerts._now", lambda: right + timedelta(days=ahead))
        assert lppl("flush")[0] == 5
        monkeypatch.setattr("scanners.cli.alerts._now", lambda: right)
        assert lppl("flush") == (0, "anna@example.org: sent\n", "")


def test_flush_with_a_refusal_is_visible(folder, lppl):
    with serve(Postbox({"RCPT": "550 no such user"})) as port:
        configure(folder, port)
        code, out, _ = lppl("flush")
    assert code == 5 and "anna@example.org: given up: RCPT: 550 no such user" in out
    assert "mail dead to anna@example.org, 1 attempts: RCPT: 550" in lppl("list")[1]
    with serve(Postbox()) as port:
        configure(folder, port)
        assert lppl("flush")[:2] == (0, "nothing is due\n")
        assert lppl("flush", "--dead")[:2] == (0, "anna@example.org: sent\n")
        assert lppl("flush", "--dead")[:2] == (0, "nothing is due\n")


def test_doctor_shows_what_waits_and_what_was_given_up(folder, lppl):
    now = START + timedelta(days=1)
    (check,) = check_outbox(folder / "data" / "lppl.db", now)
    assert (check.result, check.detail) == ("ok", "1 message to anna@example.org to send")
    for reply, result, words in (
        ("451 later", "note", "1 message to anna@example.org to be tried again: RCPT: 451 later"),
        ("550 no such user", "problem", "1 message to anna@example.org given up: lppl alerts flush --dead"),
    ):
        with Store.open("data/lppl.db", write=True) as store:
            (waiting,) = store.outbox.messages("queued")
            due = waiting.due_at
            with serve(Postbox({"RCPT": reply})) as port:
                mail = Mail(host="127.0.0.1", port=port, security="none", sender="a@b.c")
                deliver(store.outbox, mail, lambda due=due: due)
        (check,) = check_outbox(folder / "data" / "lppl.db", now)
        assert check.result == result and words in check.detail
    code, out, _ = lppl(program=("doctor", "--offline"))
    assert code == 0 and "given up" in out  # years ago: a note
    assert list(check_outbox(folder / "none.db", now)) == []


def test_flush_without_a_server_or_database(folder, lppl):
    configure(folder, free_port())
    assert lppl("flush")[0] == 5
    (folder / "scanner.toml").write_text("")
    with Store.open("data/lppl.db", write=True) as store:
        store.outbox.add(Message("<2@x>", "a@b.c", START, {"eml": "x", "composed": START.isoformat()}))
    code, _, err = lppl("flush")
    assert code == 5 and "mail.host is not set" in err
    code, _, err = lppl("flush", "--database", "none.db")
    assert code == 1 and "there is no database at none.db" in err and not (folder / "none.db").exists()


def test_dry_run_writes_the_mail_and_changes_nothing(folder, lppl):
    before = (folder / "data" / "lppl.db").read_bytes()
    code, out, _ = lppl("flush", "--dry-run", "mails")
    assert code == 0
    mail = email.message_from_bytes((folder / out.strip()).read_bytes(), policy=email.policy.default)
    assert mail["Subject"] == "x" and mail.get_content().strip() == "hello"
    code, out, _ = lppl("test", "--dry-run", "mails")
    assert code == 0 and len(out.splitlines()) == 2
    assert (folder / "data" / "lppl.db").read_bytes() == before


def test_test_goes_to_every_recipient_through_tls(folder, lppl, monkeypatch):
    monkeypatch.setenv("LPPL_SMTP_PASSWORD", PASSWORD)
    certificate = make_certificate(folder)
    postbox = Postbox()
    with serve(postbox, certificate, auth_required=True) as port:
        configure(folder, port, "starttls", f'username = "{USER}"\nca_file = "{certificate}"')
        code, out, _ = lppl("test")
    assert code == 0 and out.count(": sent\n") == 4  # and the one that waited
    recipients = [recipients for recipients, _ in postbox.received]
    assert recipients == [
        ("anna@example.org",),
        ("anna@example.org", "ben@example.org"),
        ("carl@example.org",),
    ]
    assert PASSWORD.encode() not in (folder / "data" / "lppl.db").read_bytes()


def test_test_of_one_route(folder, lppl):
    (folder / "data" / "lppl.db").unlink()  # mail can be tried before the first scan
    with serve(Postbox()) as port:
        configure(folder, port)
        assert "carl@example.org: sent" in lppl("test", "--route", "night")[1]
    code, _, err = lppl("test", "--route", "dawn")
    assert code == 1 and "no route dawn: known are desk, night" in err
