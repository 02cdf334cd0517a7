"""The commands of the service: scan with a database, report, merge, and the run of cron or systemd."""

import json
import subprocess
import sys
from datetime import date

import pytest
from loopback import Answer
from loopback import serve as serve_http
from mail_server import Postbox
from mail_server import serve as serve_mail
from no_ink import no_ink
from own_settings import DESK
from service_world import World, at, contents, quick

from scanners.cli import scan as scan_command

DAY = "2024-01-02"


def entries(*names):
    return "".join(
        f'[[series]]\nname = "{name}"\nasset_class = "commodity"\nsymbols = {{ csv = "{name}" }}\n'
        for name in names
    )


LIST = entries("gold", "silver", "wti", "corn")
CONFIG = f"{DESK}[schedule]\nretry_minutes = 0\n"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace whose clock stands at six in the morning of the day."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watchlist.toml").write_text(LIST)
    (tmp_path / "data").mkdir()
    world = World(tmp_path)
    world.database = tmp_path / "data" / "lppl.db"
    world.put(DAY, gold=0.45)
    monkeypatch.setattr(scan_command, "now", lambda: at(DAY))
    with quick():
        yield tmp_path


@pytest.fixture
def lppl(workspace, lppl):
    return lppl


def test_scan_and_report(lppl, workspace, monkeypatch):
    monkeypatch.setenv("LPPL_SCAN__PAGES", "all")
    no_ink(monkeypatch)
    code, out, err = lppl("scan", "--jobs", 1)
    assert (code, err) == (0, "") and "gold    critical" in out
    scanned = (workspace / "outputs" / DAY / "scan.json").read_text()
    assert lppl("scan", "--jobs", 1, "--json") == (0, scanned, "")
    code, text, err = lppl("report")
    assert (code, err) == (0, "")
    assert text.startswith(
        f"Scan of watchlist as of {DAY}\n4 series: 1 critical, 3 calm.\n\nCRITICAL  gold: last bar"
    )
    assert "C3 = 0.45 >= 0.30" in text and "By chance alone, 4 series raise" in text and "Not raised:" in text
    assert lppl("report", DAY, "--json") == (0, scanned, "")
    page = workspace / "outputs" / DAY / "index.html"
    page.write_text("spoilt")
    assert lppl("report", "--page") == (0, f"outputs/{DAY}/index.html\n", "")
    assert "gold" in page.read_text() and page.with_name("gold.png").is_file()
    assert lppl("report", "1999-01-01") == (
        1,
        "",
        "lppl: no run as of 1999-01-01 is recorded in data/lppl.db\n",
    )
    lppl("scan", "--watchlist", "demo", "--as-of", "2000-03-10", "--jobs", 1)
    assert "name one with --watchlist: demo, watchlist" in lppl("report")[2]
    assert lppl("report", "--watchlist", "watchlist")[1] == text


def test_deleted_and_damaged_pages_come_back_and_a_second_list_has_its_own_folder(
    lppl, workspace, monkeypatch
):
    monkeypatch.setenv("LPPL_SCAN__PAGES", "all")
    scan = ("scan", "--jobs", 1)
    folder = workspace / "outputs" / DAY
    assert lppl(*scan)[0] == 0
    whole = contents(folder)
    (folder / "index.html").unlink()
    (folder / "gold.png").write_bytes(b"torn")
    told = f"lppl: outputs/{DAY}: made again: gold.png, index.html\n"
    assert lppl(*scan)[::2] == (0, told) and contents(folder) == whole
    assert lppl(*scan)[::2] == (0, "")
    (workspace / "metals.toml").write_text((workspace / "watchlist.toml").read_text())
    code, out, err = lppl(*scan, "--watchlist", "metals.toml")
    assert (code, err) == (0, "") and out.endswith(f"outputs/{DAY}/metals/index.html\n")
    assert lppl("report", "--watchlist", "metals", "--page")[1] == f"outputs/{DAY}/metals/index.html\n"
    without = {place: said for place, said in contents(folder).items() if not place.startswith("metals/")}
    assert without.keys() == whole.keys() and lppl(*scan)[::2] == (0, "")


def test_a_scheduled_run_is_told_to_the_switch_and_mailed(lppl, workspace):
    postbox = Postbox()
    with serve_mail(postbox) as port, serve_http(lambda path: Answer()) as switch:
        ping = f'[ping]\nurl = "{switch.url}/secret"\n'
        (workspace / "scanner.toml").write_text(CONFIG.format(port=port) + ping)
        code, _, err = lppl("scan", "--scheduled", "--jobs", 1)
        assert code == 0 and switch.paths == ["/secret/start", "/secret"]
        assert [line.split()[1] for line in err.splitlines()] == [
            "start",
            "scanned",
            "committed",
            "done",
            "mail",
        ]
        assert "secret" not in err
        code, _, err = lppl("scan", "--scheduled", "--jobs", 1, "--log", "json")
        events = [json.loads(line)["event"] for line in err.splitlines()]
        assert events == ["start", "done before", "done"]
        assert len(postbox.received) == 1
        (workspace / "watchlist.toml").write_text("broken")
        assert lppl("scan", "--scheduled")[0] == 1
    assert switch.paths == ["/secret/start", "/secret"] * 2 + ["/secret/start", "/secret/1"]


@pytest.mark.slow
def test_a_run_that_the_manager_stops_is_told_to_the_switch(tmp_path):
    with serve_http(lambda path: Answer()) as switch:
        (tmp_path / "scanner.toml").write_text(f'[ping]\nurl = "{switch.url}/secret"\n')
        command = [sys.executable, "-m", "scanners.cli", "scan", "--scheduled", "--watchlist", "demo"]
        with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as scan:
            assert "start" in scan.stderr.readline()
            scan.terminate()
            assert scan.wait(60) == 143
        assert switch.paths == ["/secret/start", "/secret/1"]
    assert list((tmp_path / "outputs").glob("[!.]*")) == []  # the folder itself may not be there yet


def test_a_dry_run_writes_mails_and_pages_elsewhere(lppl, workspace):
    (workspace / "scanner.toml").write_text(CONFIG.format(port=1))
    before = (workspace / "data" / "lppl.db").read_bytes()
    code, out, err = lppl("scan", "--dry-run", "look", "--jobs", 1)
    assert code == 0 and f"look/{DAY}/index.html" in out
    (letter,) = (workspace / "look").glob("*.eml")
    assert err == f"lppl: would be sent: look/{letter.name}\n"
    assert b"critical: gold" in letter.read_bytes()
    assert (workspace / "data" / "lppl.db").read_bytes() == before and not (workspace / "outputs").exists()


def test_parts_and_their_merger(lppl, workspace):
    names = []
    for number in (1, 2):
        code, out, err = lppl("scan", "--shard", f"{number}/2", "--jobs", 1)
        assert (code, err) == (0, "")
        names.append(out.splitlines()[-1])
    assert names == [f"outputs/{DAY}-shard-{number}-of-2.zip" for number in (1, 2)]
    code, _, err = lppl("merge", names[0])
    assert (code, err) == (1, "lppl: part 2 of 2 is missing\n")
    code, out, err = lppl("merge", *names, "--json")
    assert (code, err) == (0, "")
    assert lppl("scan", "--jobs", 1, "--json")[1] == out
    assert "part 1 of 2" in lppl("merge", names[0], *names)[2]
    assert date.fromisoformat(json.loads(out)["as_of"]) == date(2024, 1, 2)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--scheduled", "--as-of", DAY], 2, "--scheduled takes neither"),
        (["--fetch", "--dry-run", "x"], 2, "takes no --fetch"),
        (["--shard", "1/2", "--dry-run", "x"], 2, "--shard sends nothing"),
        (["--shard", "3/2"], 2, "--shard must be I/N with 1 <= I <= N, got '3/2'"),
        (["--backend", "dask"], 2, "scheduler must be given with backend dask"),
    ],
)
def test_options_that_do_not_go_together(lppl, workspace, arguments, code, message):
    ended, out, err = lppl("scan", *arguments)
    assert (ended, out) == (code, "") and message in err
    assert not (workspace / "outputs").exists()


def test_two_lists_that_share_a_series_each_tell_their_own_route(lppl, workspace):
    """The second scan of a day finds the alert known; who asked for that list has not heard of it."""
    lists = {"metals": ("gold", "silver"), "inflation": ("gold", "corn")}
    for name, series in lists.items():
        (workspace / f"{name}.toml").write_text(entries(*series))
    routes = "".join(
        f'[[route]]\nname = "{name} desk"\nrecipients = ["{name}@example.org"]\nwatchlists = ["{name}"]\n'
        for name in lists
    )
    postbox = Postbox()
    with serve_mail(postbox) as port:
        (workspace / "scanner.toml").write_text(CONFIG.format(port=port).split("[[route]]")[0] + routes)
        for name in (*lists, *lists):
            assert lppl("scan", "--watchlist", f"{name}.toml", "--jobs", 1)[0] == 0
    assert [whom for whom, _ in postbox.received] == [(f"{name}@example.org",) for name in lists]
    assert all(b"critical: gold" in content for _, content in postbox.received)


def test_a_lost_database_and_its_successor_give_other_identifiers(lppl, workspace):
    (workspace / "scanner.toml").write_text(CONFIG.format(port=1))
    found = []
    for _ in range(2):
        assert lppl("scan", "--jobs", 1)[0] == 5
        (told,) = json.loads(lppl("alerts", "history", "gold", "--json")[1])
        assert (told["outcome"], told["route"], told["as_of"]) == ("waits", "desk", DAY)
        assert lppl("scan", "--jobs", 1)[0] == 5  # the same on every retry
        assert json.loads(lppl("alerts", "list", "--json")[1])["mails"][0]["message_id"] == told["message_id"]
        found.append(told["message_id"])
        (workspace / "data" / "lppl.db").unlink()
        world = World(workspace)
        world.database = workspace / "data" / "lppl.db"
        world.put(DAY, gold=0.45)
    assert found[0] != found[1] and found[0].split(".")[:2] == found[1].split(".")[:2]
