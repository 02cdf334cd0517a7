"""Headers, currencies, months and lines that are no bars: told by whole columns, never by one cell."""

import random
import re
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.check_files import check_files
from scanners.prices.files import bare_numbers, numbers
from scanners.prices.files.bare_numbers import cleaned
from scanners.prices.files.csv_file import read_csv, read_table
from scanners.prices.files.dates import _one_by_one, readable_days
from scanners.prices.files.folder import list_series, read_folder_series
from scanners.prices.files.uniform_dates import month_ends, named_days, uniform_moments

DAYS = pd.bdate_range("2024-01-02", periods=20)
CLOSES = [1326.2 + 3.25 * k for k in range(20)]


def file(folder, head, row, end="", encoding="utf-8", name="x.csv"):
    rows = [row(f"{day:%Y-%m-%d}", close) for day, close in zip(DAYS, CLOSES, strict=True)]
    path = folder / name
    path.write_bytes("\n".join([*head, *rows, end]).encode(encoding))
    return path


def refused(path, why, **options):
    with pytest.raises(CommandError, match=why):
        read_csv(path, options=ReadOptions(**options))


@pytest.mark.parametrize("cell", ["USD 1,501.20", "1,501.20 EUR", "HK$1,501.20", "₩1,501.20", "1,501.20원"])
def test_one_currency_in_a_column_is_read_and_two_are_refused(tmp_path, cell):
    path = file(tmp_path, ["date,close"], lambda d, c: f'{d},"{cell}"')
    assert set(read_csv(path)) == {1501.2}
    path = file(tmp_path, ["date,close"], lambda d, c: f'{d},"{cell}"', end='2024-03-01,"CHF 1,501.20"\n')
    refused(path, "line 22: close is in CHF, others in .*, got 'CHF 1,501.20': keep one currency")


@pytest.mark.parametrize(
    ("cell", "bare"),
    [
        ("(12.34)", "-12.34"),
        ("($12.34)", "-12.34"),
        ("(USD 12.34)", "-12.34"),
        ("(x)", "(x"),
        ("(-5)", "(-5)"),
    ],
)
def test_brackets_are_a_negative_number_or_none(cell, bare):
    assert cleaned([cell]) == [bare]


def test_a_negative_close_in_brackets_is_no_close(tmp_path):
    path = file(tmp_path, ["date,close"], lambda d, c: f"{d},{c}", end="2024-03-01,(12.34)\n")
    refused(path, "line 22: close is not a positive finite number, got -12.34: empty the cell")
    assert read_table(path).values["close"][-1] == -12.34


def database(folder, second="", end="数据来源：Wind,,\n"):
    head = ["指标名称,金,银", "频率,日,日", second or "单位,美元/盎司,美元/盎司"]
    return file(folder, head, lambda d, c: f"{d},{c},{c / 80}", end)


def test_series_of_an_economic_database_are_those_of_their_names(tmp_path):
    path = database(tmp_path)
    assert list_series(tmp_path) == ["x#金", "x#银"]
    prices = read_folder_series(tmp_path, "x#银")
    assert prices.tolist() == [close / 80 for close in CLOSES]
    assert prices.attrs["notes"][0] == "close is the series '银' (日, 美元/盎司)"
    assert read_csv(path, options=ReadOptions(column="金")).tolist() == CLOSES
    refused(path, "holds 2 series .*: name one as FILE#金, or with --column")
    refused(path, "series '铜' must stand once among 金, 银", column="铜")


def test_a_table_with_a_column_called_name_is_no_economic_database(tmp_path):
    path = file(tmp_path, ["name,date,close"], lambda d, c: f"source,{d},{c}")
    assert read_csv(path).tolist() == CLOSES


def metatrader(folder, row):
    rows = [row(f"{day:%Y.%m.%d}", close) for day, close in zip(DAYS, CLOSES, strict=True)]
    (folder / "x.csv").write_text("\n".join([*rows, ""]))
    return folder / "x.csv"


def test_a_table_without_header_is_metatraders_or_refused(tmp_path):
    path = metatrader(tmp_path, lambda d, c: f"{d},00:00,{c - 3:.2f},{c + 1:.2f},{c - 9:.2f},{c:.2f},5")
    assert read_csv(path).tolist() == CLOSES
    assert list(read_csv(path).index) == list(DAYS)
    why = "line 1: the first line is a bar: write above it what the columns are"
    for row in (
        lambda d, c: f"{d},00:00,{c:.2f},{c + 1:.2f},{c - 9:.2f},{c - 3:.2f},5",  # close first
        lambda d, c: f"{d},00:00,{c - 3:.2f},{c:.2f},{c + 1:.2f},{c - 9:.2f},5",  # another order
        lambda d, c: f"{d},{c}",
    ):
        refused(metatrader(tmp_path, row), why)


def test_months_are_dated_by_their_last_day_when_all_are_months(tmp_path):
    months = [f"{2019 + k // 12}年{k % 12 + 1}月" for k in range(14)]
    assert month_ends(months)[1] == np.datetime64("2019-02-28") and month_ends(months)[13] == np.datetime64(
        "2020-02-29"
    )
    for cells in (["1990.1", "1990.2"], ["1990-01", "1990-01-31"], ["1990-13"], ["199001"], ["0990-01"]):
        assert month_ends(cells) is None
    rows = "".join(f"{month},{k + 1}\n" for k, month in enumerate(months))
    (tmp_path / "x.csv").write_text(f"date,close\n{rows}soon,15\n")
    seen = read_csv(tmp_path / "x.csv", as_of="2019-12-30")  # December is not over
    assert (len(seen), str(seen.index[-1].date())) == (11, "2019-11-30")
    refused(tmp_path / "x.csv", "line 2: date must be a date")
    assert np.isnat(readable_days([*months, "soon"])[-1])


def test_another_header_between_bars_and_sums_above_bars_are_refused(tmp_path):
    half = ["date,open,close", *(f"{day:%Y-%m-%d},1,2" for day in DAYS)]
    for line, why in (("date,close,open", "line 11: .*'date'"), ("Total,1,2", "line 11: .*'Total'")):
        (tmp_path / "x.csv").write_text("\n".join([*half[:10], line, *half[10:]]))
        refused(tmp_path / "x.csv", why)
    (tmp_path / "x.csv").write_text("\n".join([*half[:10], half[0], *half[10:], "Total,1,2"]))
    notes = ("1 line under the table passed over", "1 line that repeats the header passed over")
    assert read_csv(tmp_path / "x.csv").attrs["notes"] == notes
    assert read_table(tmp_path / "x.csv").lines[9] == 12


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_long_and_wide_tables_in_utf_16(tmp_path, encoding):
    path = file(tmp_path, ["日期,AAA,BBB"], lambda d, c: f"{d},{c},{c + 1}" + " " * 4000, encoding=encoding)
    assert path.stat().st_size > 2**16
    assert list_series(tmp_path) == ["x#AAA", "x#BBB"]
    assert read_folder_series(tmp_path, "x#AAA").tolist() == CLOSES


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_folder_takes_the_series_that_rows_name(tmp_path, kind):
    frame = pd.concat(
        [
            pd.DataFrame({"date": DAYS, "ticker": name, "close": np.add(CLOSES, k)})
            for k, name in enumerate("AB")
        ]
    )
    if kind == "csv":
        frame.to_csv(tmp_path / "x.csv", index=False)
    elif kind == "xlsx":
        pytest.importorskip("python_calamine")
        pytest.importorskip("openpyxl")
        frame.to_excel(tmp_path / "x.xlsx", index=False)
    else:
        pytest.importorskip("pyarrow")
        frame.to_parquet(tmp_path / "x.parquet")
    assert list_series(tmp_path) == ["x#A", "x#B"]
    assert read_folder_series(tmp_path, "x#B").tolist() == np.add(CLOSES, 1).tolist()


def test_bars_in_the_future_are_told(tmp_path):
    path = file(tmp_path, ["date,close"], lambda d, c: f"{d},{c}")
    (one,) = check_files(path, ReadOptions(), today=date(2024, 1, 25))
    assert one.notes[-1].startswith("1 bar in the future, the last on 2024-01-29: ")
    (one,) = check_files(path, ReadOptions(), today=date(2024, 1, 28))
    assert one.notes == ()


def columns_of_numbers(seed):
    rng = random.Random(seed)
    places = rng.choice((0, 2, 2, 3))
    begin, end = rng.choice((("", ""), ("", ""), ("$", ""), ("USD ", ""), ("", " €")))
    swapped = rng.random() < 0.4
    cells = []
    for _ in range(30):
        cell = f"{rng.choice((900, 5000)) * rng.random() + rng.choice((0, 1000)):,.{places}f}"
        cell = begin + (cell.translate(str.maketrans(",.", ".,")) if swapped else cell) + end
        if rng.random() < 0.02:
            at = rng.randrange(len(cell))
            cell = cell[:at] + rng.choice(("", "1", ",", ".", " ", "x", "-", "$")) + cell[at + 1 :]
        cells.append(cell)
    return cells


def numbers_of(seed):
    cells = columns_of_numbers(seed)
    try:
        mark = numbers.decimal_mark(cells, (), "", doubtful_dots=seed % 2 == 0)
        return mark, numbers.parse_column(cells, mark).tolist()
    except bare_numbers.BadCell as error:
        return error.position, str(error)


def test_the_quick_ways_with_numbers_are_the_careful_one(monkeypatch):
    quick = [numbers_of(seed) for seed in range(500)]
    taken = sum(
        any(numbers._plainly_grouped(cleaned(columns_of_numbers(seed), checked=False), mark) for mark in ".,")
        for seed in range(500)
    )
    never = dict.fromkeys(".,", re.compile("never"))
    for name in ("_PLAINLY_GROUPED", "_GROUPED"):
        monkeypatch.setattr(numbers, name, never)
    monkeypatch.setattr(bare_numbers, "_DIGITS", never["."])
    careful = [numbers_of(seed) for seed in range(500)]
    for seed in range(500):
        assert repr(quick[seed]) == repr(careful[seed]), seed
    assert 100 < taken < 400


def test_the_quick_way_with_times_is_the_careful_one():
    rng, taken = random.Random(1), 0
    for _ in range(200):
        form = rng.choice(("%Y-%m-%d", "%Y.%m.%d", "%d/%m/%Y")) + rng.choice((" %H:%M", " %H:%M:%S"))
        start = datetime(rng.randrange(1990, 2030), 1, 13, rng.randrange(24))
        cells = [f"{start + timedelta(minutes=7 * k):{form}}" for k in range(12)]
        if rng.random() < 0.6:
            k, at = rng.randrange(12), rng.randrange(len(cells[0]))
            cells[k] = cells[k][:at] + rng.choice(("", "0", "3", "9", " ", ":", "\n")) + cells[k][at + 1 :]
        quick = uniform_moments(cells)
        if quick is not None:
            taken += 1
            assert (quick[0] == _one_by_one(cells, "").local).all(), cells
    assert taken > 60


def test_the_quick_way_with_names_of_months_is_the_careful_one():
    rng, taken = random.Random(0), 0
    for _ in range(300):
        form = rng.choice(("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%b %d %Y"))
        cells = [f"{date.fromordinal(rng.randrange(650_000, 740_000)):{form}}" for _ in range(12)]
        if rng.random() < 0.6:
            k = rng.randrange(12)
            at = rng.randrange(len(cells[k]))
            cells[k] = cells[k][:at] + rng.choice(("", "0", "3", "J", " ", "-", "\n")) + cells[k][at + 1 :]
        quick = named_days(cells)
        if quick is not None:
            taken += 1
            assert (quick == _one_by_one(cells, "").local).all(), cells
    assert taken > 100
