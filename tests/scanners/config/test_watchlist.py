"""Watchlists: those that come with the package, the user's own, and where their prices are found."""

from zoneinfo import available_timezones

import numpy as np
import pytest

import lppl
from scanners.config import watchlist
from scanners.core.errors import CommandError
from scanners.prices.local import local_closes
from scanners.prices.market import market
from scanners.prices.quality.gate import Market

ENTRY = '[[series]]\nname = "a"\nasset_class = "crypto"\nsymbols = { csv = "a" }\n'


def write(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_builtin_lists():
    assert watchlist.builtin_names() == ("core", "demo")


def test_demo_reads_the_embedded_prices():
    demo = watchlist.load("demo")
    assert demo.name == "demo"
    assert [entry.name for entry in demo.series] == list(lppl.datasets.names())
    for entry in demo.series:
        assert local_closes(entry).equals(lppl.datasets.load(entry.name))


def test_core_holds_the_series_the_scanner_was_made_for():
    core = watchlist.load("core")
    classes = {entry.name: entry.asset_class for entry in core.series}
    assert classes == {
        "gold": "commodity",
        "silver": "commodity",
        "nasdaq": "equity_index",
        "kosdaq": "equity_index",
        "kospi": "equity_index",
        "tl": "bond_future",
        "dxy": "currency",
        "usdjpy": "currency",
    }
    assert all("csv" in entry.symbols and len(entry.symbols) > 1 for entry in core.series)
    assert {entry.name: next(iter(entry.symbols)) for entry in core.series}["tl"] == "cffex"


@pytest.mark.parametrize("name", ["gold", "nasdaq", "kosdaq", "tl"])
def test_core_works_with_a_folder_of_files(name, shared_prices):
    entry = next(entry for entry in watchlist.load("core").series if entry.name == name)
    prices = local_closes(entry, shared_prices)
    lines = (shared_prices / f"{name}.csv").read_text().split()
    close = lines[0].split(",").index("close")
    assert prices.name == name
    assert len(prices) == len(lines) - 1
    for line in (lines[1], lines[-1]):
        assert prices[line.split(",")[0]] == float(line.split(",")[close])


def test_own_file_by_path(tmp_path):
    found = watchlist.load(write(tmp_path, ENTRY))
    assert found.name == "mine"
    assert found.series[0].title == "a"
    named = watchlist.load(str(write(tmp_path, 'name = "other"\n' + ENTRY)))
    assert named.name == "other"


def test_order_of_providers_is_the_order_of_the_file(tmp_path):
    (tmp_path / "sp500.csv").write_text(
        "date,close\n" + "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 13))
    )
    entry = {"csv": 'csv = "sp500"', "dataset": 'dataset = "sp500"'}
    for first, second, length in (("csv", "dataset", 12), ("dataset", "csv", 5031)):
        text = ENTRY.replace('csv = "a"', f'yahoo = "^GSPC", {entry[first]}, {entry[second]}')
        found = watchlist.load(write(tmp_path, text)).series[0]
        assert list(found.symbols) == ["yahoo", first, second]
        prices = local_closes(found, tmp_path)
        assert (len(prices), prices.name) == (length, "a")
        assert len(local_closes(found)) == 5031


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "missing required field `series`"),
        ("series = []", "length >= 1"),
        ("series = [", "mine.toml: "),
        (ENTRY + 'colour = "red"\n', "unknown field `colour`"),
        ('owner = "me"\n' + ENTRY, "unknown field `owner`"),
        (ENTRY.replace("crypto", "stamps"), "Invalid enum value 'stamps'"),
        (ENTRY.replace('{ csv = "a" }', "{}"), "length >= 1"),
        (ENTRY.replace('csv = "a"', "csv = 660"), "Expected `str`, got `int`"),
        (ENTRY.replace('name = "a"', ""), "missing required field `name`"),
        (ENTRY + ENTRY, "the name 'a' must stand once"),
        (ENTRY + 'close = "25:00"\n', "Expected `str` matching regex"),
    ],
)
def test_broken_lists_are_refused_with_the_file(tmp_path, text, complaint):
    with pytest.raises(CommandError, match=r"mine\.toml: ") as error:
        watchlist.load(write(tmp_path, text))
    assert complaint in str(error.value)


def test_market_of_an_entry():
    core = {entry.name: market(entry) for entry in watchlist.load("core").series}
    assert core["kosdaq"] == Market("Asia/Seoul", "15:30", "XKRX", every_day=False, splits=False)
    coin = market(watchlist.Entry("b", "crypto", {"csv": "b"}))
    assert (coin.every_day, coin.close) == (True, "24:00")
    assert market(watchlist.Entry("e", "equity", {"csv": "e"})).splits
    for entry in watchlist.load("core").series:
        assert entry.timezone in available_timezones()


def test_not_text_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match=r"mine\.toml: "):
        watchlist.load(path)


def test_unknown_list_names_the_known_ones():
    with pytest.raises(CommandError, match="'none' is no file and none of core, demo"):
        watchlist.load("none")


def test_entry_without_a_source_on_disk_says_what_to_do():
    entry = watchlist.load("core").series[0]
    asked = "lppl fetch asks .* and .* and says who does not answer; or name a folder"
    with pytest.raises(CommandError, match=f"no prices of gold are here; {asked}"):
        local_closes(entry)
    only_yahoo = watchlist.Entry("x", "crypto", {"yahoo": "X"})
    with pytest.raises(CommandError, match="no prices of x are here; lppl fetch asks yahoo and says"):
        local_closes(only_yahoo, ".")


def test_unknown_dataset_is_a_command_error():
    entry = watchlist.Entry("x", "crypto", {"dataset": "dax"})
    with pytest.raises(CommandError, match="one of nasdaq, sp500, wti, gold"):
        local_closes(entry)


def test_prices_of_a_list_are_clean_for_a_fit():
    for entry in watchlist.load("demo").series:
        assert np.isfinite(np.log(local_closes(entry))).all()
