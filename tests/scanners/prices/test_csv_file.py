"""The user's own price files: what is accepted, and how each broken rule is named."""

import gzip

import numpy as np
import pandas as pd
import pytest

from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import read_csv, read_table
from scanners.prices.files.folder import read_folder_series

DAYS = [f"2024-01-{day:02d}" for day in range(1, 13)]
CLOSES = [100 + 0.25 * k for k in range(12)]


def text(rows=None, header="date,close"):
    lines = rows or [f"{day},{close}" for day, close in zip(DAYS, CLOSES, strict=True)]
    return "\n".join([header, *lines, ""])


def write(folder, content, name="x.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def check(prices):
    assert prices.index.equals(pd.DatetimeIndex(DAYS, name="date").as_unit("ns"))
    assert prices.index.name == "date"
    assert prices.dtype == np.float64
    np.testing.assert_array_equal(prices, CLOSES)


def test_date_and_close(tmp_path):
    prices = read_csv(write(tmp_path, text()))
    check(prices)
    assert prices.name == "x"


def test_open_high_low_close_volume_in_any_order_and_case(tmp_path):
    rows = [f"{close},9,{day},11,8,1e6" for day, close in zip(DAYS, CLOSES, strict=True)]
    path = write(tmp_path, text(rows, "Close, Open,DATE,High,Low,Volume"))
    check(read_csv(path))
    table = read_table(path)
    assert {name: column[0] for name, column in table.values.items()} == {
        "open": 9,
        "high": 11,
        "low": 8,
        "close": 100,
        "volume": 1e6,
    }


def test_newest_first_is_put_in_order(tmp_path):
    rows = [f"{day},{close}" for day, close in zip(DAYS, CLOSES, strict=True)][::-1]
    check(read_csv(write(tmp_path, text(rows))))


def test_gzip_and_windows_line_ends(tmp_path):
    content = gzip.compress(text().replace("\n", "\r\n").encode())
    check(read_csv(write(tmp_path, content, "x.csv.gz")))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "x.csv: the file is empty"),
        (b" \n\n", "x.csv: the file is empty"),
        (b",,\n", "x.csv: the file is empty"),
        (b"\x89PNG\x0d\x0a\x00\x00", "x.csv: not a text file"),
        (b"date,close\n2024-01-01,\x81\xff\xff\n", "x.csv: not text in UTF-8"),
        (b"date,close\n2024-01-01,\xff\xff\n", "x.csv, line 2: close must be a number"),
        (b"\x1f\x8bbroken", "x.csv: cannot be read"),
        (gzip.compress(text().encode(), mtime=0)[:-20], "x.csv: cannot be read"),
        (
            text(header="day,close"),
            "x.csv, line 1: the header must name the columns date and close; no date in",
        ),
        (text(header="date,shut"), "no close in 'date', 'shut'"),
        (text(header="date,close,close"), "x.csv, line 1: column 'close' must stand once"),
        (
            "<!DOCTYPE html>\n<html></html>",
            "a web page or an answer in JSON, no table; download the CSV again",
        ),
        (
            text(["2024-01-01,1", "2024-02-30,2"]),
            "x.csv, line 3: date must exist in the calendar, got '2024-02-30'",
        ),
        (
            text(["2024-01-01,1", "soon,2"]),
            "x.csv, line 3: date must be a date such as 2024-01-31, got 'soon'",
        ),
        (text(["2024-01-01,1", ",2"]), "x.csv, line 3: date must be a date such as 2024-01-31, got ''"),
        (text(["0024-01-01,1"]), "x.csv, line 2: date must lie in the years 1678 to 2261"),
        (text(["05/11/2024,1"]), "x.csv, line 2: date is ambiguous without a format"),
        (text(["05/11,1"]), "x.csv, line 2: date is ambiguous without a format"),
        (text(["2024-01-01,1", "2024-01-02,x"]), "x.csv, line 3: close must be a number, got 'x'"),
        (text(["2024-01-01,1", "2024-01-02,1_000"]), "x.csv, line 3: close must be a number, got '1_000'"),
        (text(["2024-01-01,1", "2024-01-02"]), "x.csv, line 3: fewer cells than the header has columns"),
        (
            text(["2024-01-01,1", "2024-01-02,0"]),
            "x.csv, line 3: close is not a positive finite number, got 0",
        ),
        (
            text(["2024-01-01,1", "2024-01-02,-36.98"]),
            "line 3: close is not a positive finite number, got -36.98",
        ),
        (
            text(["2024-01-01,1", "2024-01-02,1e999"]),
            "line 3: close is not a positive finite number, got inf",
        ),
        (
            text(["2024-01-02,1", "2024-01-01,1", "2024-01-02,2"]),
            "x.csv, line 4: date 2024-01-02 stands already in line 2 with another close",
        ),
        (text(["2024-01-01,1", "2024-01-02,2"]), "x.csv: at least 10 rows are needed, got 2"),
        (text(['2024-01-01,"1', "2"]), "not CSV text"),
        ('{"Information": "rate limit"}', "an answer in JSON, no table; download the CSV again"),
        (b"date,close\n2024-01-01,5\n\0\0", "NUL bytes; save it as CSV in UTF-8"),
        (text(["2024-01-01,5", "date,close"]), "got 'date': remove the line if it is no bar"),
        (text(["2024-01-01,5", "Total,5"]), "line 3: date must be a date such as 2024-01-31, got 'Total'"),
        (text(["2024-01,5"]), "got '2024-01': write a month or year with its last day"),
        (text(["2024Q1,5"]), "got '2024Q1': write a month or year with its last day"),
        (text(["2024-01-01,5,5"], "date,close,close"), "must stand once in the header: rename or remove"),
        (text(["2024-01-01,5"], "day,close"), "name the column of dates 'date'"),
        (text(["2024-01-01,A,5", "2024-01-01,B,5"], "date,symbol,close"), "name one as FILE#A"),
    ],
)
def test_broken_rules_are_named_with_file_and_line(tmp_path, content, complaint):
    with pytest.raises(CommandError) as error:
        read_csv(write(tmp_path, content))
    assert str(tmp_path) in str(error.value)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 1


def test_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv: cannot be read \(No such file or directory\)"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="cannot be read"):
        read_csv(tmp_path)


def test_fewest_rows_can_be_chosen(tmp_path):
    path = write(tmp_path, text(["2024-01-01,1", "2024-01-02,2"]))
    assert read_csv(path, min_rows=2).tolist() == [1, 2]


def test_folder_series_is_found_by_name(tmp_path):
    write(tmp_path, text(), "^KQ11.csv")
    write(tmp_path, gzip.compress(text().encode()), "指数.csv.gz")
    for name in ("^KQ11", "指数"):
        prices = read_folder_series(tmp_path, name)
        check(prices)
        assert prices.name == name
    with pytest.raises(CommandError, match=r"gold\.csv: no such file"):
        read_folder_series(tmp_path, "gold")


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "", "..", ".x", "x\0"])
def test_folder_series_stays_in_its_folder(tmp_path, name):
    write(tmp_path, text())
    (tmp_path / "in").mkdir()
    with pytest.raises(CommandError, match="plain file name"):
        read_folder_series(tmp_path / "in", name)


LATER = {
    "a close that is no number": "2024-02-20,n/a?",
    "a close without its quotes": "2024-02-20,1,326.20",
    "a date that is none": "2024-02-31,5",
    "a line cut off": "2024-02",
    "a mark of another kind": '2024-02-20,"1.326,20"',
    "a line of a summary": "Average,5.1",
}


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("later", LATER)
def test_what_comes_after_the_as_of_date_spoils_nothing(tmp_path, later, newest_first):
    days = pd.bdate_range("2024-01-01", "2024-02-15")
    lines = [f"{day:%Y-%m-%d},{10 + number / 8}" for number, day in enumerate(days)]
    lines.append(LATER[later])
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["date,close", *(lines[::-1] if newest_first else lines)]) + "\n")
    seen = read_csv(path, as_of="2024-02-09")
    assert list(seen.index) == list(days[days <= "2024-02-09"])
    assert seen.tolist() == [10 + number / 8 for number in range(len(seen))]
    for last in (None, "2024-03-01"):  # it is looked at, or nothing tells that it lies later
        with pytest.raises(CommandError, match="line"):
            read_csv(path, as_of=last)


def test_what_comes_before_the_as_of_date_is_refused_as_ever(tmp_path):
    days = pd.bdate_range("2024-01-01", "2024-02-15")
    lines = [f"{day:%Y-%m-%d},{10 + number / 8}" for number, day in enumerate(days)]
    path = tmp_path / "x.csv"
    for bad in ("2024-01-09,1,326.20", "2024-01-32,5", "2024-01-09,?"):
        path.write_text("\n".join(["date,close", *lines[:6], bad, *lines[7:], "2024-02-20,?"]) + "\n")
        with pytest.raises(CommandError, match="line 8"):
            read_csv(path, as_of="2024-02-09")


def test_of_two_dates_in_a_line_the_one_taken_is_said(tmp_path):
    rows = [
        f"{day},2023-12-{k + 10},{close}" for k, (day, close) in enumerate(zip(DAYS, CLOSES, strict=True))
    ]
    prices = read_csv(write(tmp_path, text(rows, "date,trade date,close")))
    check(prices)
    assert prices.attrs["notes"] == ("dates from 'date', not 'trade date'",)


@pytest.mark.parametrize("scale", [1, 10**3, 10**6, 10**9])
def test_moments_since_1970_in_any_unit(tmp_path, scale):
    seconds = pd.DatetimeIndex(DAYS).as_unit("s").asi8
    rows = [f"{int(second) * scale},{close}" for second, close in zip(seconds, CLOSES, strict=True)]
    check(read_csv(write(tmp_path, text(rows))))
