"""``lppl scan`` with titles that look like secrets: the run is recorded and every message goes."""

import email
import email.policy
import json

import pytest
from mail_server import Postbox, serve
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
[[route]]
name = "desk"
recipients = ["anna@example.org"]
notify = ["folder:mails"]
[scan]
database = "lppl.db"
watchlist = "watchlist.toml"
"""


@pytest.fixture
def postbox(lppl, tmp_path, monkeypatch):
    """Make a workspace in the folder of the command, and serve its mails."""
    World(tmp_path, tuple(TITLES)).put(DAY, **dict.fromkeys(TITLES, 0.45))
    entries = [
        f"[[series]]\nname = {name!r}\ntitle = {json.dumps(title, ensure_ascii=False)}\n"
        f"asset_class = 'commodity'\nsymbols = {{csv = {name!r}}}\n"
        for name, title in TITLES.items()
    ]
    (tmp_path / "watchlist.toml").write_text("name = 'core'\n" + "\n".join(entries), "utf-8")
    monkeypatch.setattr("scanners.cli.scan.now", lambda: at(DAY))
    found = Postbox()
    with quick(), serve(found) as port:
        (tmp_path / "scanner.toml").write_text(SCANNER.format(port=port), "utf-8")
        yield found


def test_no_title_stops_a_run(lppl, postbox, tmp_path):
    code, _, err = lppl("scan", "--as-of", DAY, "--jobs", "1")
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
