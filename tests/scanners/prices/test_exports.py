"""Exports of vendors as they come, made from invented numbers: the table in docs/price_files.md."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from vendor_exports import CLOSES, DAYS, EXPORTS, HOURS, MONTHS, lines

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import read_csv
from scanners.prices.files.folder import list_series, read_folder_series

PAGE = Path(__file__).parents[3] / "docs" / "price_files.md"


@pytest.mark.parametrize("source", EXPORTS)
def test_an_export_is_read_as_it_comes(tmp_path, source):
    make, column = EXPORTS[source]
    content = make()
    path = tmp_path / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    prices = read_csv(path, options=ReadOptions())
    np.testing.assert_array_equal(prices.to_numpy(), CLOSES)
    days = HOURS if "MetaTrader" in source else MONTHS if source.endswith("months") else DAYS
    np.testing.assert_array_equal(prices.index.to_numpy(), days.to_numpy().astype("datetime64[ns]"))
    from scanners.prices.files.csv_file import read_table

    assert read_table(path).column == column


def test_the_table_in_the_docs_has_a_row_for_each_and_no_other():
    table = re.search(r"<!-- exports -->\n(.*?)<!-- end -->", PAGE.read_text("utf-8"), re.DOTALL)[1]
    sources = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    assert sources == [*EXPORTS, "Excel, a column a series", "Database, a row a series and day"]


def test_several_tickers_of_yfinance(tmp_path):
    head = "Price,Close,Close,High,High\nTicker,AAA,BBB,AAA,BBB\nDate,,,,"
    (tmp_path / "y.csv").write_text(lines(head, lambda d, c: f"{d},{c},{2 * c},1,1"))
    assert list_series(tmp_path) == ["y#AAA", "y#BBB"]
    assert read_folder_series(tmp_path, "y#AAA").tolist() == CLOSES.tolist()
    assert read_folder_series(tmp_path, "y#BBB").tolist() == (2 * CLOSES).tolist()
    with pytest.raises(CommandError, match=r"holds 2 series \(AAA, BBB\): name one as FILE#AAA"):
        read_csv(tmp_path / "y.csv")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_wide_table_is_a_series_a_column(tmp_path, kind):
    frame = pd.DataFrame({"date": DAYS, "AAA": CLOSES, "BBB": 2 * CLOSES, "empty_at_times": CLOSES})
    frame.loc[3, "empty_at_times"] = np.nan
    path = tmp_path / f"wide.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "xlsx":
        pytest.importorskip("python_calamine")
        pytest.importorskip("openpyxl")
        frame.to_excel(path, index=False)
    else:
        pytest.importorskip("pyarrow")
        frame.to_parquet(path)
    assert list_series(tmp_path) == ["wide#AAA", "wide#BBB", "wide#empty_at_times"]
    prices = read_folder_series(tmp_path, "wide#BBB")
    assert prices.tolist() == (2 * CLOSES).tolist()
    assert list(prices.index) == list(DAYS)
    assert read_csv(path, options=ReadOptions(column="AAA")).tolist() == CLOSES.tolist()
    assert len(read_folder_series(tmp_path, "wide#empty_at_times")) == 39


def test_an_odd_column_of_parquet_does_no_harm(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"date": DAYS.tz_localize("America/New_York"), "close": CLOSES})
    frame["odd"] = [{"a": [1]}] * 40
    frame["far"] = pd.Series(np.array(["9999-12-31"] * 40, dtype="datetime64[s]"))
    frame.to_parquet(tmp_path / "x.parquet")
    prices = read_folder_series(tmp_path, "x")
    assert prices.tolist() == CLOSES.tolist()
    assert list(prices.index) == list(DAYS)


def test_a_folder_as_people_keep_it(tmp_path):
    text = lines("date,close", lambda d, c: f"{d},{c}")
    for name in (
        "gold.csv",
        "SILVER.CSV",
        "my.csv.backup.csv",
        "._gold.csv",
        "~$open.xlsx",
        "notes.docx",
        "old.csv.bak",
    ):
        (tmp_path / name).write_text(text)
    (tmp_path / "folder.csv").mkdir()
    assert list_series(tmp_path) == ["SILVER", "gold"]
    assert read_folder_series(tmp_path, "silver").tolist() == CLOSES.tolist()
    (tmp_path / "silver.Csv").write_text(text)
    with pytest.raises(CommandError, match="differ only by case"):
        read_folder_series(tmp_path, "Silver")


def test_what_is_too_large_or_too_long_is_refused(tmp_path, monkeypatch):
    import gzip

    monkeypatch.setattr("scanners.prices.files.contents.MAX_BYTES", 2**20)
    (tmp_path / "zeros.csv.gz").write_bytes(gzip.compress(bytes(2**21)))
    with pytest.raises(CommandError, match="unpacks to more than 1 MB"):
        read_folder_series(tmp_path, "zeros")
    with pytest.raises(CommandError, match="File name too long"):
        read_folder_series(tmp_path, "x" * 300)


def test_a_file_name_that_is_no_text_is_a_series(tmp_path):
    import os

    from scanners.prices.selection import choose

    path = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    with open(path, "w") as file:
        file.write(lines("date,close", lambda d, c: f"{d},{c}"))
    (entry,) = choose(None, tmp_path).series
    assert entry.name == "caf\ufffd"
    assert read_folder_series(tmp_path, entry.symbols["csv"]).tolist() == CLOSES.tolist()


def test_one_file_of_many_symbols_is_divided_once(tmp_path, monkeypatch):
    from scanners.prices.files import opened

    frame = pd.concat(
        [pd.DataFrame({"date": DAYS, "code": f"{k:06d}", "close": CLOSES + k}) for k in range(50)]
    )
    frame.to_csv(tmp_path / "all.csv", index=False)
    calls = []
    split = opened.split
    monkeypatch.setattr(opened, "split", lambda *given: calls.append(1) or split(*given))
    for k in range(50):
        assert read_folder_series(tmp_path, f"all#{k:06d}").tolist() == (CLOSES + k).tolist()
    assert len(calls) == 1


def test_a_long_watchlist_loads_in_linear_time(tmp_path):
    import time

    from scanners.config import watchlist

    def seconds(count):
        out = io.StringIO()
        for k in range(count):
            out.write(f'[[series]]\nname = "s{k}"\nasset_class = "equity"\nsymbols = {{ csv = "s{k}" }}\n')
        (tmp_path / "w.toml").write_text(out.getvalue())
        started = time.process_time()
        assert len(watchlist.load(tmp_path / "w.toml").series) == count
        return time.process_time() - started

    assert seconds(8000) < 12 * seconds(2000)


REFUSED = {
    "ambiguous.csv": (
        "date,close\n" + "".join(f"0{k}/0{k % 3 + 1}/2024,5{k}\n" for k in range(1, 10)),
        "--date-format",
    ),
    "marks.csv": (
        "date;close\n" + "".join(f"2024-01-{k},1,32{k % 10}\n".replace(",", ";", 1) for k in range(10, 30)),
        "--decimal",
    ),
    "page.csv": ("<!DOCTYPE html><html>404</html>", "download the CSV again"),
    "unquoted.csv": ("date,close\n2024-01-02,1,326.20\n", "must stand in quotes"),
    "long.csv": ("date,ticker,close\n2024-01-02,A,1\n2024-01-02,B,2\n", "at least 10 rows are needed, got 1"),
    "unnamed.csv": ("date,bid,ask,mid\n2024-01-02,1,2,1\n", ""),
    "empty.csv": ("", "the file is empty"),
    "short.csv": ("date,close\n2024-01-02,1\n", "at least 10 rows are needed, got 1"),
    "total.csv": ("date,close\n2024-01-02,1\nChange,1\n", "line 3"),
}


def test_a_folder_of_many_vendors_is_right_or_says_what_to_do(tmp_path, lppl):
    """Each series is one line of a table that people read, or one line that tells what to do."""
    folder = tmp_path / "exports"
    folder.mkdir()
    for source, (make, _) in EXPORTS.items():
        content = make()
        name = re.sub(r"\W+", "_", source)
        (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, (content, _) in REFUSED.items():
        (folder / name).write_text(content)
    code, out, _ = lppl("data", "check", folder, "--json")
    found = {one["series"]: one for one in json.loads(out)}
    assert code == 3
    for source in EXPORTS:
        one = found.pop(re.sub(r"\W+", "_", source))
        assert (one["problem"], one["bars"], one["close"]) == ("", 40, CLOSES[-1]), source
    for name, (_, hint) in REFUSED.items():
        stem = name.removesuffix(".csv")
        lines = [one["problem"] for series, one in found.items() if series.partition("#")[0] == stem]
        assert lines and all(line and "\n" not in line and hint in line for line in lines), (name, lines)
    code, out, _ = lppl("data", "check", folder)
    assert code == 3 and max(map(len, out.splitlines())) <= 120
    assert all(word in out for word in ("--date-format", "--decimal", "Nasdaq_com"))
