"""Channels: one protocol for ours and for those of other packages, which never cost a run or a message."""

import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest
from plugin_channel import TAKEN
from scan_rows import DAY, asked, row

from scanners import cli
from scanners.alerts.channels.registry import BUILTIN, channel_of
from scanners.alerts.delivery import deliver, exit_code
from scanners.config.layers import load
from scanners.config.settings import Mail, Route, Settings
from scanners.core import plugins
from scanners.core.errors import CommandError
from scanners.service.commit import finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Install the package of a third party: entry points are all that there is of it."""
    found = [
        EntryPoint("pager", "plugin_channel:channel", plugins.CHANNELS),
        EntryPoint("broken", "plugin_channel:broken", plugins.CHANNELS),
        EntryPoint("gone", "no_such_module:channel", plugins.CHANNELS),
        EntryPoint("mail", "plugin_channel:channel", plugins.CHANNELS),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda **wanted: EntryPoints(found).select(**wanted))
    TAKEN.clear()


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def committed(store, *notify, name="desk", mail=None):
    route = Route(name=name, notify=notify, level="watch")
    settings = Settings(mail=mail or Mail(), route=(route,))
    return finish(store, Outcome(asked(), [row("gold", 0.45)]), Options(settings))


def states(store):
    return {
        message.recipient: (state, message.last_error)
        for state in ("queued", "leased", "sent", "dead")
        for message in store.outbox.messages(state)
    }


@pytest.mark.parametrize(
    ("recipient", "name"),
    [
        ("me@example.org", "mail"),
        ("env:CHAT", "apprise"),
        ("file:/run/chat", "apprise"),
        ("credential:chat", "apprise"),
        ("folder:/srv/alerts", "folder"),
        ("webhook:env:DESK", "webhook"),
        ("pager:7", "pager"),
    ],
)
def test_a_recipient_belongs_to_one_channel(recipient, name):
    assert channel_of(recipient).name == name
    assert {"mail", "apprise", "folder", "webhook"} == set(BUILTIN)


def test_a_dummy_channel_from_outside_gets_the_alert(store):
    committed(store, "pager:7")
    assert exit_code(deliver(store.outbox, Mail(), lambda: DAY)) == 0
    assert TAKEN == [("pager:7", "[LPPL] NEW CRITICAL: GOLD (2024-01-01)")]
    assert states(store) == {"pager:7": ("sent", "")}


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("raise", "channel pager failed with LookupError"),
        ("stop", "channel pager ended without a result"),
        ("odd", "channel pager gave what is no result of a message"),
    ],
)
def test_a_failing_channel_keeps_its_messages_and_tells_no_secret(store, word, why):
    committed(store, f"pager:{word}")
    assert exit_code(deliver(store.outbox, Mail(), lambda: DAY)) == 5
    assert states(store) == {f"pager:{word}": ("queued", why)}


def test_a_channel_that_cannot_compose_sends_the_plain_text(store):
    committed(store, "pager:7", name="compose")
    deliver(store.outbox, Mail(), lambda: DAY)
    assert "C3 = 0.45" in TAKEN[0][1]


@pytest.mark.parametrize("name", ["broken", "gone", "removed"])
def test_a_channel_that_is_not_there_costs_neither_run_nor_message(store, name, tmp_path):
    recipients = [f"{name}:x", f"folder:{tmp_path / 'out'}"]
    if name == "removed":
        recipients[0] = "pager:7"
    committed(store, *recipients)
    if name == "removed":
        plugins.entry_points = lambda **wanted: EntryPoints()
    with pytest.raises(CommandError, match="messages wait in the outbox: ") as refused:
        deliver(store.outbox, Mail(), lambda: DAY)
    assert refused.value.exit_code == 5 and "secret" not in str(refused.value)
    assert states(store)[recipients[0]] == ("queued", "")
    (file,) = (tmp_path / "out").iterdir()
    assert file.suffix == ".txt" and "C3 = 0.45" in file.read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_for_later(store, tmp_path):
    (tmp_path / "out").write_text("a file", "utf-8")
    committed(store, f"folder:{tmp_path / 'out'}")
    assert exit_code(deliver(store.outbox, Mail(), lambda: DAY)) == 5
    ((state, why),) = states(store).values()
    assert state == "queued" and "cannot make the folder" in why


def configured(tmp_path, notify):
    path = tmp_path / "scanner.toml"
    path.write_text(f"[[route]]\nname = 'desk'\nnotify = ['{notify}']\n", "utf-8")
    return path


@pytest.mark.parametrize("notify", ["pager:7", "folder:/srv/alerts"])
def test_a_route_can_name_it(tmp_path, notify):
    assert load(configured(tmp_path, notify), environment={}).settings.route[0].notify == (notify,)


@pytest.mark.parametrize("notify", ["telegram:hunter2", "tgram://hunter2", "PAGER:7", "pager:"])
def test_what_no_channel_takes_is_refused_and_never_shown(tmp_path, notify):
    with pytest.raises(CommandError, match="notify must say where an address is") as refused:
        load(configured(tmp_path, notify), environment={})
    assert "hunter2" not in str(refused.value)


def test_commands_know_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def lppl(*arguments):
        monkeypatch.setattr(sys, "argv", ["lppl", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        told = capsys.readouterr()
        return stop.value.code, told.out, told.err

    configured(tmp_path, "pager:7")
    assert lppl("config", "validate") == (0, "the configuration is valid\n", "")
    assert lppl("alerts", "test") == (0, "pager:7: sent\n", "")
    code, out, _ = lppl("alerts", "test", "--dry-run", "looked_at")
    assert code == 0 and (tmp_path / out.strip()).read_text("utf-8").startswith("[lppl] test\n\n[LPPL] TEST")
    configured(tmp_path, "pager:unknown")
    code, _, err = lppl("config", "validate")
    assert code == 1 and "pager:unknown: no such pager" in err
