"""The command line: results on stdout, one clear line on stderr, nothing half-written."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from lppl import datasets
from scanners.cli import exports
from scanners.cli.terminal.tables import scan_table
from scanners.core.figures import percent, price
from scanners.prices.series import Series
from scanners.scan.scanning import scan

TOP = "2000-03-10"


@pytest.fixture
def folder(tmp_path):
    """A user's CSV folder with one good and one broken file."""
    data = tmp_path / "mine"
    data.mkdir()
    datasets.load("nasdaq").rename("close")[:"2001"].to_csv(data / "nasdaq.csv", date_format="%Y-%m-%d")
    (data / "broken.csv").write_text("date,close\n2000-03-09,10\n2000-03-10,-1\n")
    return data


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['lppl', '--help']\n"
        "from scanners.cli import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    heavy = {'numpy', 'pandas', 'numba', 'scipy', 'matplotlib', 'rich', 'jinja2', 'joblib'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "scan" in done.stdout and "fit" in done.stdout
    assert done.stderr.strip() == "[]"


def test_scan_prints_a_table_and_where_the_page_is(lppl, tmp_path):
    code, out, err = lppl("scan", "--watchlist", "demo", "--as-of", TOP, "--jobs", 1)
    assert (code, err) == (0, "")
    assert "nasdaq  critical" in out and "insufficient data" in out
    page = Path(out.splitlines()[-1])
    assert page == Path("outputs") / TOP / "index.html" and page.is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"outputs"}


def test_scan_prints_scan_json(lppl, tmp_path):
    code, out, err = lppl("scan", "--as-of", TOP, "--json", "--output", "elsewhere", "--jobs", 1)
    assert (code, err) == (0, "")
    assert out == (tmp_path / "elsewhere" / TOP / "scan.json").read_text("utf-8")
    assert [row["name"] for row in json.loads(out)["series"]] == ["nasdaq", "sp500", "wti", "gold"]


def test_scan_of_a_folder_takes_every_file(lppl, folder):
    code, out, err = lppl("scan", "--data", folder, "--as-of", TOP, "--jobs", 1)
    assert (code, err) == (3, "")
    assert f"broken: {folder}/broken.csv, line 3: close" in " ".join(out.split())
    assert "nasdaq  critical" in out


def test_users_own_list_and_files(lppl, folder, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('[[series]]\nname = "tech"\nasset_class = "equity_index"\nsymbols = { csv = "nasdaq" }\n')
    code, out, _ = lppl("scan", "--watchlist", mine, "--data", folder, "--as-of", TOP, "--json", "--jobs", 1)
    (row,) = json.loads(out)["series"]
    assert (code, row["name"], row["level"]) == (0, "tech", "critical")
    embedded = json.loads(lppl("fit", "nasdaq", "--as-of", TOP, "--json", "--posterior")[1])
    assert embedded["evidence"] == row["evidence"]
    assert embedded["posterior"]["side"] == "positive" and not embedded["posterior"]["identified"]


def test_nothing_fresh(lppl):
    code, out, err = lppl("scan", "--as-of", "2026-01-05", "--jobs", 1)
    assert code == 4
    assert err == "lppl: no series has a bar near 2026-01-05; --as-of names an earlier date\n"
    assert "stale" in out and "limit 5" in out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["scan", "--as-of", "1900-01-01"], "no series could be scanned: nasdaq: no prices up to 1900-01-01"),
        (["scan", "--watchlist", "nix"], "watchlist 'nix' is no file and none of core, demo"),
        (["scan", "--data", "nix"], "--data nix: no such folder"),
        (["scan", "--data", "file"], "--data file is a file: lppl fit takes one, --data a folder of them"),
        (["fit", "."], ".: a folder is no series: lppl scan --data . takes every CSV file in it"),
        (
            ["fit", "nasdaq", "--as-of", TOP, "--start", "2000-03-06"],
            "nasdaq: start must leave at least 10 sessions up to 2000-03-10, got 5 from 2000-03-06",
        ),
        (["alerts", "test"], "no route is configured: scanner.toml needs a [[route]]"),
        (["scan", "--preset", "nix"], "unknown preset 'nix': name one of daily, shanghai_2015"),
        (["scan", "--as-of", TOP, "--output", "file"], f"cannot write file/{TOP}: "),
        (["fit", "nix"], "unknown series 'nix': name one of nasdaq, sp500, wti, gold, or a CSV file"),
        (["fit", "nix.csv"], "nix.csv: cannot be read (No such file or directory)"),
        (["fit", "nasdaq", "--as-of", "1900-01-01"], "nasdaq: no prices up to 1900-01-01"),
        (["fit", "nasdaq", "--as-of", TOP, "--start", "2001-01-01"], "nasdaq: start must lie before"),
        (
            ["fit", "nasdaq", "--as-of", TOP, "--plot", "nix/fit.png"],
            "cannot write nix/fit.png: there is no folder nix",
        ),
        (["fit", "nix", "--plot", "fit.gif"], "a picture's name must end in .png, .svg, .pdf, got 'fit.gif'"),
        (["report", "--heat-map", "map.jpg"], "a picture's name must end in"),
        (["fit", "file"], "file: the file is empty"),
    ],
)
def test_what_stops_a_command_is_one_line(lppl, tmp_path, arguments, line):
    (tmp_path / "file").write_text("")
    code, out, err = lppl(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(f"lppl: {line}") and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_date_in_another_form_is_a_usage_error(lppl, tmp_path):
    code, out, err = lppl("scan", "--as-of", "10.03.2000")
    assert (code, out) == (2, "")
    assert "a date must look like 2000-03-10, got '10.03.2000'" in err
    assert not list(tmp_path.iterdir())


def test_fit_prints_parameters_windows_and_verdict(lppl):
    code, out, err = lppl("fit", "nasdaq", "--as-of", TOP)
    assert (code, err) == (0, "")
    for words in (
        "tc ",
        "m, omega",
        "on a bound",
        "end flag",
        "of the last three sessions, C3",
        "verdict  critical",
        "No timing skill",
    ):
        assert words in out


def test_fit_of_a_file_from_a_start(lppl, folder, tmp_path):
    file = folder / "nasdaq.csv"
    code, out, _ = lppl("fit", file, "--as-of", TOP, "--start", "1998-08-11", "--json", "--plot", "fit.png")
    found = json.loads(out)
    assert (code, found["start"], found["end"], found["fit"]["n"]) == (0, "1998-08-11", TOP, 400)
    assert found["fit"]["success"] and found["fit"]["direction"] == 1
    assert (tmp_path / "fit.png").read_bytes().startswith(b"\x89PNG")


def test_fit_of_a_short_file(lppl, tmp_path):
    short = tmp_path / "short.csv"
    datasets.load("nasdaq").rename("close").iloc[:80].to_csv(short, date_format="%Y-%m-%d")
    code, out, err = lppl("fit", short, "--plot", tmp_path / "fit.svg")
    assert (code, err) == (0, "")
    assert "80 sessions (the whole history)" in out and "insufficient data" in out
    assert (tmp_path / "fit.svg").read_text("utf-8").count("<svg") == 1


def test_tables_go_to_files(lppl, tmp_path):
    code, out, err = lppl("fit", "nasdaq", "--as-of", TOP, "--csv", "fit.csv", "--parquet", "fit.parquet")
    assert (code, err) == (0, "")
    assert out.splitlines()[-3:] == ["fit.csv", "", "fit.parquet"]
    windows = pd.read_csv(tmp_path / "fit.csv")
    assert len(windows) == 26 and windows["shown"].sum() == 1
    (shown,) = windows[windows["shown"]].to_dict("records")
    assert (shown["start"], shown["sessions"], shown["tc_date"]) == ("1997-06-03", 700, "2000-05-30")
    typed = pd.read_parquet(tmp_path / "fit.parquet")
    assert typed["tc_date"].dtype.kind == "M" and typed["series"].dtype == "string"
    np.testing.assert_allclose(typed["m"], windows["m"], rtol=1e-12)
    code, *_ = lppl(
        "scan", "--watchlist", "demo", "--as-of", TOP, "--jobs", 1, "--csv", "s.csv", "--parquet", "s.parquet"
    )
    assert code == 0
    assert (tmp_path / "s.csv").read_bytes() == (tmp_path / "outputs" / TOP / "scan.csv").read_bytes()
    typed = pd.read_parquet(tmp_path / "s.parquet")
    assert typed["last"].dtype.kind == "M" and typed["C3"].dtype.kind == "f"
    assert (
        typed["level"].isna().tolist() == [False, True, False, False]
        and typed["series"].tolist()[1] == "sp500"
    )


def test_a_fit_from_a_start_is_a_row_of_its_own(lppl, tmp_path):
    code, *_ = lppl("fit", "nasdaq", "--as-of", TOP, "--start", "1998-08-12", "--csv", "fit.csv", "--json")
    windows = pd.read_csv(tmp_path / "fit.csv")
    assert (code, len(windows), windows["shown"].tolist()[:2]) == (0, 27, [True, False])
    assert windows["sessions"][0] == 399


@pytest.mark.parametrize("command", ["scan", "fit", "warn", "confidence"])
def test_files_that_cannot_be_are_refused_before_the_work(lppl, monkeypatch, command):
    target = [] if command == "scan" else ["nasdaq"]
    for option in ("--csv", "--parquet"):
        code, out, err = lppl(command, *target, option, "nix/file")
        assert (code, out, err) == (1, "", "lppl: cannot write nix/file: there is no folder nix\n")
    monkeypatch.setattr(exports, "find_spec", lambda name: None)
    code, out, err = lppl(command, *target, "--parquet", "file")
    assert (code, out) == (1, "")
    assert err == "lppl: --parquet needs the package pyarrow: pip install 'lppl-scanner[parquet]'\n"


def test_text_that_looks_like_a_formula_is_text_in_every_csv_file(lppl, tmp_path):
    prices = datasets.load("nasdaq").rename("close")[:"1995"]
    names = ("=cmd()", "+1", "-1", "@sum")
    (tmp_path / "mine").mkdir()
    for k, _ in enumerate(names):
        prices.to_csv(tmp_path / "mine" / f"f{k}.csv", date_format="%Y-%m-%d")
    entries = "".join(
        f'[[series]]\nname = "{name}"\nasset_class = "equity_index"\nsymbols = {{ csv = "f{k}" }}\n'
        for k, name in enumerate(names)
    )
    (tmp_path / "odd.toml").write_text(entries)
    asked = ("--watchlist", "odd.toml", "--data", "mine")
    assert lppl("fetch", *asked)[0] == 4
    assert lppl("db", "export", "bars")[0] == 0
    assert lppl("scan", *asked, "--as-of", "1995-12-29", "--jobs", 1, "--csv", "scan.csv")[0] == 0
    assert lppl("fit", "=cmd()", "--watchlist", "odd.toml", "--csv", "fit.csv")[0] == 0
    for file in ("bars/series.csv", "scan.csv", "outputs/1995-12-29/scan.csv", "fit.csv"):
        with (tmp_path / file).open(newline="", encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        found = {row["series"] for row in rows}
        assert found <= {f"'{name}" for name in names} and found, file
        if "C3" in rows[0] or "B" in rows[0]:
            number = rows[0].get("C3") or rows[0]["B"]
            assert float(number) == float(number)
    assert any(row["B"].startswith("-") for row in rows)


@pytest.mark.ci
def test_shared_prices_go_the_way_of_a_users_folder(lppl, shared_prices, tmp_path):
    text = "".join(
        f'[[series]]\nname = "{name}"\nasset_class = "{kind}"\nsymbols = {{ csv = "{name}" }}\n'
        for name, kind in (
            ("gold", "commodity"),
            ("nasdaq", "equity_index"),
            ("kosdaq", "equity_index"),
            ("tl", "bond_future"),
        )
    )
    (tmp_path / "four.toml").write_text(text)
    asked = ("scan", "--watchlist", tmp_path / "four.toml", "--data", shared_prices, "--as-of", "2011-08-22")
    code, out, _ = lppl(*asked, "--json", "--jobs", 1)
    rows = {row["name"]: row for row in json.loads(out)["series"]}
    assert code == 3  # the bond future starts in 2023
    assert [row["status"] for row in rows.values()] == ["ok", "ok", "ok", "failed"]
    assert (rows["gold"]["phase"], rows["nasdaq"]["phase"]) == ("fomo", "none")
    code, out, _ = lppl("fit", shared_prices / "tl.csv", "--json")
    assert (code, json.loads(out)["verdict"]["status"]) == (0, "insufficient_data")


@pytest.mark.parametrize(
    ("width", "missing"),
    [(56, "day, week, this year, 250 sessions, C3, a year, last bar"), (120, None)],
)
def test_narrow_terminals_get_whole_cells(width, missing):
    rows = list(scan([Series("nasdaq", "N", "equity_index", lambda: datasets.load("nasdaq"))], TOP, jobs=1))
    text = io.StringIO()
    Console(file=text, width=width).print(scan_table(rows, width))
    line, *note = next(lines for lines in _tails(text.getvalue()) if lines[0].startswith("nasdaq"))
    numbers = rows[0].evidence
    assert price(numbers.data.close) in line and f"{numbers.bubble.consensus_3day:.2f}" in line
    assert (percent(numbers.momentum.return_250) in line) is (missing is None)
    assert " ".join(" ".join(note).split()) == (f"not shown in {width} columns: {missing}" if missing else "")


def _tails(text):
    lines = text.splitlines()
    return [lines[k:] for k in range(len(lines))]


def test_confidence_at_one_date_and_through_time(lppl, tmp_path):
    code, out, err = lppl("confidence", "nasdaq", "--as-of", TOP, "--preset", "daily", "--json")
    assert (code, err) == (0, "")
    row = json.loads(out)["confidence"][0]
    assert (row["date"], row["attempted"]) == (TOP, 26)
    asked = ["--as-of", TOP, "--preset", "daily", "--from", "2000-03-03", "--step", 2]
    code, out, err = lppl("confidence", "nasdaq", *asked, "--csv", "h.csv", "--plot", "h.png")
    assert (code, err) == (0, "")
    lines = (tmp_path / "h.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["date", "2000-03-06", "2000-03-08", TOP]
    assert float(lines[-1].split(",")[1]) == row["C_positive"] > 0.3
    shares = [value for name, value in row.items() if name.endswith("_positive") and name != "C_positive"]
    assert np.mean(shares) == pytest.approx(row["C_positive"], rel=1e-12) and len(shares) == 4
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["nobody"], "unknown series 'nobody'"),
        (["gold", "--as-of", "1950-01-01"], "--as-of must not lie before the first price, got 1950-01-01"),
        (["gold", "--preset", "best"], "unknown preset 'best'"),
        (
            ["gold", "--as-of", "1980-01-10"],
            "gold: the shortest window of daily needs 125 prices, got 11 up to 1980-01-10",
        ),
        (
            ["gold", "--from", "2021-01-01"],
            "gold: --from must lie between 1979-12-27 and 2020-03-13, got 2021-01-01",
        ),
    ],
)
def test_confidence_refuses_in_one_line(lppl, asked, message):
    code, out, err = lppl("confidence", *asked)
    assert (code, out) == (1, "")
    assert message in err and err.count("\n") == 1


OWN = """
[scan]
output = "elsewhere"
preset = "mine"

[policy]
warning = 0.2
critical = 0.3

[preset.mine]
lengths = [300, 200]
[preset.mine.filters.any]
m = [0, 2]
"""


def test_the_configuration_reaches_the_scan(lppl, tmp_path):
    (tmp_path / "scanner.toml").write_text(OWN)
    code, out, err = lppl("scan", "--watchlist", "demo", "--as-of", TOP, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["preset"] == "mine"
    nasdaq = found["series"][0]
    assert nasdaq["level"] == "critical"  # C3 is .33 on that day
    assert nasdaq["evidence"]["bubble"]["published"]["attempted"] == 2
    assert (tmp_path / "elsewhere" / TOP / "index.html").is_file()
    code, out, err = lppl("confidence", "nasdaq", "--as-of", TOP, "--preset", "mine", "--json")
    assert (code, json.loads(out)["confidence"][0]["attempted"]) == (0, 2)


def test_a_broken_configuration_stops_the_scan(lppl, tmp_path):
    (tmp_path / "scanner.toml").write_text("[scan]\noutptu = 'x'\n")
    code, out, err = lppl("scan", "--watchlist", "demo", "--as-of", TOP)
    assert (code, out) == (1, "")
    assert "outptu" in err and "output" in err and err.count("\n") == 1
