"""``lppl init``, ``fetch``, ``data show``, ``doctor``, and scans and fits that read from the store."""

import json
import threading
import time

import numpy as np
import pandas as pd
import pytest
from days import settled_today
from loopback import Answer, serve

from lppl import datasets
from scanners.config.workspace import WATCHLIST
from scanners.core import kernel_stamps
from scanners.prices import reachable
from scanners.prices.interface import Traits
from scanners.service import doctor
from scanners.store import Store, exclusive

TOP = "2000-03-10"
TODAY = np.datetime64(settled_today())
# To the last weekday before today: as fresh as a series can be.
RECENT = pd.bdate_range(end=pd.Timestamp(TODAY - 1), periods=300)
WALK = pd.Series(
    np.round(100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, 300))), 2), RECENT, name="close"
).rename_axis("date")


def entries(**symbols):
    return "".join(
        f'[[series]]\nname = "{name}"\nasset_class = "equity_index"\nsymbols = {{ {text} }}\n'
        for name, text in symbols.items()
    )


@pytest.fixture
def workspace(lppl, tmp_path):
    """A workspace with one fresh file, and one old one."""
    assert lppl("init")[0] == 0
    WALK.to_csv(tmp_path / "data" / "walk.csv", date_format="%Y-%m-%d")
    nasdaq = datasets.load("nasdaq").rename("close")[:"2001"]
    nasdaq.to_csv(tmp_path / "data" / "nasdaq.csv", date_format="%Y-%m-%d")
    WATCHLIST.write_text(entries(walk='csv = "walk"', nasdaq='csv = "nasdaq"'))
    return tmp_path


def test_init_makes_a_workspace_and_overwrites_nothing(lppl, tmp_path):
    from scanners.config import watchlist

    code, out, err = lppl("init", "new/place")
    place = tmp_path / "new" / "place"
    assert (code, err) == (0, "")
    assert out.count("made") == 4
    assert sorted(path.name for path in place.iterdir()) == [
        "data",
        "outputs",
        "scanner.toml",
        "watchlist.toml",
    ]
    made = watchlist.load(place / "watchlist.toml")
    assert made.series == watchlist.load("core").series
    (place / "watchlist.toml").write_text("mine")
    code, out, _ = lppl("init", place)
    assert (code, out.count("was there")) == (0, 4)
    assert (place / "watchlist.toml").read_text() == "mine"


def test_the_configuration_of_a_new_workspace_is_the_default_and_its_examples_are_right(
    lppl, tmp_path, plain_environment
):
    from scanners.config.layers import load
    from scanners.config.settings import Settings

    lppl("init")
    path = tmp_path / "scanner.toml"
    assert load(path).settings == Settings()
    lines = path.read_text().splitlines()
    examples = [line[1:] for line in lines if line.startswith("#") and not line.startswith("# ")]
    path.write_text("\n".join(examples))
    assert len(examples) > 20
    found = load(path).settings
    assert found.route[0].recipients == ("me@example.org",) and found.mail.sender == "scanner@example.org"
    assert lppl("config", "validate", "--config", path)[0] in (0, 1)  # 1: there is no such password file


def test_init_where_a_file_is_in_the_way(lppl, tmp_path):
    (tmp_path / "data").write_text("")
    code, out, err = lppl("init")
    assert (code, out) == (1, "")
    assert err == "lppl: cannot make data: File exists\n"


def test_fetch_stores_the_files_and_tells_what_it_did(lppl, workspace):
    code, out, err = lppl("fetch")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[1].split()[:5] == ["walk", "new", "csv", "300", "300"]
    assert str(RECENT[-1].date()) in lines[1]
    assert "2001-12-31 (old)" in lines[2]
    assert "nasdaq: the last bar is of 2001-12-31" in out
    code, out, _ = lppl("fetch")
    assert [line.split()[1] for line in out.splitlines()[1:3]] == ["unchanged", "unchanged"]
    assert not list(workspace.glob("data/*partial*"))


def test_fetch_prints_json(lppl, workspace):
    code, out, err = lppl("fetch", "--json")
    assert (code, err) == (0, "")
    walk, nasdaq = json.loads(out)
    assert (walk["series"], walk["verdict"], walk["added"], walk["fresh"]) == ("walk", "new", 300, True)
    assert (nasdaq["fresh"], nasdaq["findings"][-1]["rule"]) == (False, "too_old")


def test_fetch_exits_3_when_some_failed_and_4_when_nothing_is_fresh(lppl, workspace):
    (workspace / "two.toml").write_text(entries(walk='csv = "walk"', gone='csv = "gone"'))
    code, out, _ = lppl("fetch", "--watchlist", "two.toml")
    assert code == 3
    assert "gone: csv: not_found, data/gone.csv: no such file" in " ".join(out.split())
    (workspace / "old.toml").write_text(entries(nasdaq='csv = "nasdaq"'))
    assert lppl("fetch", "--watchlist", "old.toml")[0] == 4
    assert lppl("fetch", "--provider", "yahoo", "--watchlist", "old.toml")[0] == 4


def test_fetch_of_a_folder_takes_every_file_and_a_date_format(lppl, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    WALK.to_csv(folder / "a.csv", date_format="%d/%m/%y")
    code, out, _ = lppl("fetch", "--data", "mine")
    assert code == 4
    assert "malformed" in out
    code, out, _ = lppl("fetch", "--data", "mine", "--date-format", "%d/%m/%y")
    assert code == 0
    with Store.open(tmp_path / "data" / "lppl.db") as store:
        assert len(store.bars.read("a", None).sessions) == 300


def test_an_unknown_provider_is_a_usage_error(lppl, workspace):
    code, out, err = lppl("fetch", "--provider", "bloomberg")
    assert (code, out) == (2, "")
    assert "--provider bloomberg is none of akshare, alfred, alphavantage, bis, ccxt" in err
    assert not (workspace / "data" / "lppl.db").exists()


def test_files_may_go_through_the_store_on_the_way_to_a_scan(lppl, tmp_path):
    (tmp_path / "mine").mkdir()
    bad = WALK.copy()
    bad.iloc[-9] = np.nan
    bad.to_csv(tmp_path / "mine" / "walk.csv", date_format="%Y-%m-%d")
    asked = ("scan", "--data", "mine", "--json", "--jobs", 1)
    assert lppl(*asked)[0] == 0  # a line without a close is left out, in a file read as it is too
    code, out, err = lppl(*asked, "--fetch")
    (row,) = json.loads(out)["series"]
    assert (code, err, row["status"]) == (0, "", "insufficient_data")
    assert row["evidence"]["data"]["sessions"] == 299


def test_fetch_outside_a_workspace_says_what_to_do(lppl, tmp_path):
    for command in (["fetch"], ["scan", "--fetch"]):
        code, out, err = lppl(*command)
        assert (code, out) == (1, "")
        assert (
            err == "lppl: there is no watchlist.toml here: lppl init makes one, --watchlist names another\n"
        )
    assert list(tmp_path.iterdir()) == []


def test_fetch_while_another_process_writes_exits_75_or_waits(lppl, workspace):
    path = workspace / "data" / "lppl.db"
    with exclusive(path):
        code, out, err = lppl("fetch")
        assert (code, out) == (75, "")
        assert "is being written by another process" in err
        assert lppl("scan", "--fetch")[0] == 75
    held, free = threading.Event(), threading.Event()

    def hold():
        with exclusive(path):
            held.set()
            free.wait(0.5)

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    started = time.monotonic()
    assert lppl("fetch", "--wait", 20)[0] == 0
    assert time.monotonic() - started > 0.3
    other.join()


def test_fetch_over_http_and_fit_and_scan_from_the_store(lppl, monkeypatch, tmp_path):
    """The network way: init, fetch, scan; the demo is what it was."""
    from scanners.cli import fetching

    lppl("init")
    WATCHLIST.write_text(entries(walk='fred = "WALK"', gold='fred = "GOLD"'))
    lines = "".join(f"{day:%Y-%m-%d},{close}\n" for day, close in WALK.items())

    def answer(path):
        name = path.partition("id=")[2].partition("&")[0]
        return Answer(f"observation_date,{name}\n{lines}".encode())

    with serve(answer) as server:
        options = {"fred": {"url": server.url, "interval": 0.0}}
        monkeypatch.setattr(fetching, "provider_options", lambda *_: options)
        code, out, err = lppl("scan", "--fetch", "--json", "--jobs", 1)
        assert (code, err, len(server.paths)) == (0, "", 2)
        code, out, err = lppl("fit", "walk", "--fetch", "--json")
        assert (code, err, len(server.paths)) == (0, "", 3)
    assert json.loads(out)["end"] == str(RECENT[-1].date())
    rows = {row["name"]: row for row in json.loads(lppl("scan", "--json", "--jobs", 1)[1])["series"]}
    assert [row["status"] for row in rows.values()] == ["insufficient_data"] * 2
    assert rows["walk"]["evidence"]["data"]["sessions"] == 300
    demo = json.loads(lppl("scan", "--watchlist", "demo", "--as-of", TOP, "--json", "--jobs", 1)[1])
    gold = demo["series"][3]
    assert (gold["name"], gold["evidence"]["data"]["first"]) == ("gold", "1979-12-27")


def test_a_failed_fetch_is_said_on_stderr_and_the_scan_goes_on(lppl, workspace):
    lppl("fetch")
    (workspace / "data" / "walk.csv").unlink()
    code, out, err = lppl("scan", "--fetch", "--json", "--jobs", 1)
    assert code == 0
    assert err.startswith("lppl: walk was not fetched: csv: not_found, data/walk.csv: no such file")
    assert [row["status"] for row in json.loads(out)["series"]] == ["insufficient_data", "stale"]


def test_a_scan_of_the_store_is_that_of_the_files(lppl, workspace):
    lppl("fetch")
    (workspace / "one.toml").write_text(entries(nasdaq='csv = "nasdaq"'))
    asked = ("scan", "--watchlist", "one.toml", "--as-of", TOP, "--json", "--jobs", 1)
    code, of_files, _ = lppl(*asked, "--data", "data")
    (workspace / "data" / "nasdaq.csv").unlink()
    again, of_store, _ = lppl(*asked)
    assert (code, again) == (0, 0)
    assert of_store == of_files
    assert json.loads(of_store)["series"][0]["level"] == "critical"
    code, out, _ = lppl("fit", "nasdaq", "--as-of", TOP, "--json")
    assert json.loads(out)["evidence"] == json.loads(of_store)["series"][0]["evidence"]


def test_bad_bars_get_no_verdict(lppl, workspace):
    bad = WALK.copy()
    bad.iloc[-9] = -36.98
    bad.to_csv(workspace / "data" / "walk.csv", date_format="%Y-%m-%d")
    code, out, _ = lppl("fetch")
    assert code == 0
    assert "walk: prices without a logarithm: -36.98" in out
    code, out, _ = lppl("scan", "--jobs", 1)
    assert code == 0
    assert "walk    unfit for log" in out
    (page,) = (workspace / "outputs").glob("2*/index.html")
    assert page.read_text("utf-8").count("-36.98") >= 1
    code, out, err = lppl("fit", "walk")
    assert (code, out) == (1, "")
    assert err.startswith("lppl: walk: prices without a logarithm")


def test_data_show(lppl, workspace):
    lppl("fetch")
    code, out, err = lppl("data", "show", "nasdaq", "--plot", "nasdaq.svg")
    assert (code, err) == (0, "")
    for words in ("nasdaq\n", "csv nasdaq", "2001-12-31", "back-loaded", "error     too old", "nasdaq.svg"):
        assert words in out
    assert (workspace / "nasdaq.svg").read_text("utf-8").count("<svg") == 1
    code, out, _ = lppl("data", "show", "walk", "--json")
    found = json.loads(out)
    assert (code, found["sessions"], found["source"], found["symbol"]) == (0, 300, "csv", "walk")
    assert found["findings"] == []
    assert found["events"] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nix"], "data/lppl.db has no series 'nix'"),
        (["none"], "none: no bar is stored: prices without a logarithm: -1 on 2024-01-02; no bar is left"),
        (["walk", "--plot", "walk.gif"], "a picture's name must end in"),
        (["walk", "--database", "no.db"], "there is no database at no.db"),
    ],
)
def test_data_show_of_what_is_not_there(lppl, workspace, arguments, line):
    (workspace / "data" / "none.csv").write_text("date,close\n2024-01-02,-1\n")
    lppl("fetch", "--data", "data")
    code, out, err = lppl("data", "show", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith(f"lppl: {line}") and err.count("\n") == 1


def read_from(monkeypatch, **addresses):
    """Let providers read from these servers, and all others from none."""

    def traits_of(names):
        return {name: Traits(address=addresses.get(name, "")) for name in names}

    monkeypatch.setattr(reachable, "traits_of", traits_of)


def test_doctor_finds_a_workspace_sound(lppl, workspace, monkeypatch):
    lppl("fetch")
    with serve(lambda path: Answer(status=404)) as server:
        read_from(monkeypatch, fred=server.url, yahoo=server.url)
        code, out, err = lppl("doctor", "--json")
    checks = {check["what"]: check for check in json.loads(out)}
    assert (code, err) == (0, "")
    for what in ("data/", "data/lppl.db", "kernel cache", "numba", "provider fred"):
        assert checks[what]["result"] == "ok", what
    assert "provider cffex" not in checks


def test_doctor_finds_what_is_wrong(lppl, workspace, monkeypatch):
    lppl("fetch")
    database = workspace / "data" / "lppl.db"
    content = bytearray(database.read_bytes())
    content[content.index(WALK.to_numpy()[:9].tobytes())] ^= 1
    database.write_bytes(bytes(content))
    monkeypatch.setitem(doctor.EXTRAS, "nothing", "no-such-package")
    with serve(lambda path: Answer(hang=30)) as slow:
        read_from(monkeypatch, fred=slow.url, yahoo="http://me:s3cret@127.0.0.1:9/")
        started = time.monotonic()
        code, out, _ = lppl("doctor", "--timeout", 0.5)
        assert time.monotonic() - started < 10
    assert code == 1
    lines = [line.split(maxsplit=2) for line in out.splitlines()]
    assert next(line[1] for line in lines if line[0] == "problem") == "data/lppl.db"
    assert "no answer within 0.5 s" in out and "no connection (ConnectionError)" in out
    assert "s3cret" not in out
    assert "note" in out and "the extra [nothing] has it" in out


def test_doctor_in_an_empty_folder_has_notes_and_asks_no_server(lppl, monkeypatch, tmp_path):
    monkeypatch.setattr(reachable, "silent", lambda *_: pytest.fail("a server was asked"))
    code, out, _ = lppl("doctor", "--offline")
    assert code == 0
    for what in ("data/", "outputs/", "watchlist.toml", "data/lppl.db"):
        assert any(line.split()[:2] == ["note", what] for line in out.splitlines()), what
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_when_kernels_cannot_be_kept_and_which_are_not_compiled(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel_stamps, "place", lambda: tmp_path)
    assert doctor.check_cache().detail.endswith("compiled by lppl compile: fits, tests, systems, others")
    for part in ("fits", "tests", "systems", "others"):
        kernel_stamps.put(part, tmp_path)
    assert doctor.check_cache() == ("kernel cache", "ok", f"{tmp_path}")
    monkeypatch.setattr(kernel_stamps, "place", lambda: None)
    assert doctor.check_cache().result == "problem"
    assert "set NUMBA_CACHE_DIR" in doctor.check_cache().detail


def test_a_file_dropped_into_the_workspace_is_scanned_without_a_fetch(lppl, workspace, monkeypatch):
    """Its own bars, as its own entry says, beside a database that has other series."""
    assert lppl("fetch")[0] in (0, 3)
    lines = [f"{day:%d/%m/%Y};{close:.2f}".replace(".", ",") for day, close in WALK.items()]
    (workspace / "data" / "DROPPED.CSV").write_text("\n".join(["day;Fixing", *lines]).replace("day", "date"))
    options = 'date_format = "%d/%m/%Y"\ncolumn = "Fixing"\n'
    WATCHLIST.write_text(WATCHLIST.read_text() + entries(dropped='csv = "dropped"') + options)
    monkeypatch.setenv("LPPL_SCAN__PAGES", "none")
    monkeypatch.setenv("LPPL_POLICY__NULL_PATHS", "0")
    _, out, err = lppl("scan", "--json", "--jobs", "1")
    rows = {row["name"]: row for row in json.loads(out)["series"]}
    data = rows["dropped"]["evidence"]["data"]
    assert (data["sessions"], data["last"]) == (len(WALK), f"{RECENT[-1]:%Y-%m-%d}"), err
    assert data["close"] == WALK.iloc[-1] and rows["dropped"]["status"] == rows["walk"]["status"]
