"""Price files as exchanges, spreadsheets and people in several countries write them."""

import gzip
from datetime import date

import numpy as np
import pytest

from scanners.core.errors import CommandError
from scanners.prices.files.cells import parse_date, parse_number, parse_volume
from scanners.prices.files.csv_file import read_csv, read_table
from scanners.prices.files.folder import read_folder_series

DAYS = [f"2024-01-{day:02d}" for day in range(1, 13)]
CLOSES = [1100 + 0.25 * k for k in range(12)]


def write(folder, text, encoding="utf-8", name="x.csv"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table(header, row="{day},{close}"):
    lines = [row.format(day=day, close=close) for day, close in zip(DAYS, CLOSES, strict=True)]
    return "\n".join([header, *lines, ""])


EVERYWHERE = ("utf-8", "utf-8-sig", "gb18030", "gbk", "cp949", "euc-kr")
HEADERS = {
    "Date,Close": EVERYWHERE,
    "DATE,Close,Adj Close": EVERYWHERE,
    "trade_date,close": EVERYWHERE,
    "日期,收盘价": EVERYWHERE[:4],
    "交易日期,收盘": EVERYWHERE[:4],
    "날짜,종가": (*EVERYWHERE[:3], "cp949", "euc-kr"),
    "일자,종가": (*EVERYWHERE[:3], "cp949", "euc-kr"),
}


@pytest.mark.parametrize(
    ("header", "encoding"), [(header, encoding) for header, known in HEADERS.items() for encoding in known]
)
def test_encodings_and_column_names(tmp_path, header, encoding):
    row = "{day},1,{close}" if header.count(",") == 2 else "{day},{close}"
    assert read_csv(write(tmp_path, table(header, row), encoding)).tolist() == CLOSES


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_exchange_file_with_all_columns(tmp_path, encoding):
    header = "日期,代码,名称,今开盘,最高价,最低价,收盘价(元),成交量（手）"
    text = table(header, '{day},600000,浦发银行,1,3,0.5,"{close:,}",12345')
    found = read_table(write(tmp_path, text, encoding))
    assert found.values["close"].tolist() == CLOSES
    assert found.values["high"][0] == 3
    assert found.values["volume"][0] == 12345


def test_korean_exchange_file(tmp_path):
    header = '"일자","종가","대비","등락률","시가","고가","저가","거래량"'
    text = table(header, '"{day}","{close:,}","1","0.1","1","3","0.5","1,154,417"').replace("-", "/")
    found = read_table(write(tmp_path, text, "cp949"))
    assert found.values["close"].tolist() == CLOSES
    assert found.values["volume"][0] == 1154417
    assert found.sessions[0] == np.datetime64("2024-01-01")


def test_real_close_is_preferred_to_other_prices(tmp_path):
    text = table("date,price,settle,close", "{day},1,2,{close}")
    assert read_csv(write(tmp_path, text)).tolist() == CLOSES
    text = table("date,price,settle", "{day},1,{close}")
    assert read_csv(write(tmp_path, text)).tolist() == CLOSES


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(tmp_path, delimiter):
    text = table("date,close,volume", "{day},{close},5").replace(",", delimiter)
    assert read_csv(write(tmp_path, text)).tolist() == CLOSES


def test_commas_in_files_with_semicolons_are_refused(tmp_path):
    """1,100 might be eleven hundred or one and a tenth."""
    path = write(tmp_path, "date;close\n2024-01-01;1,100\n")
    with pytest.raises(CommandError, match=r"line 2: close may be 1100 or 1\.1, got '1,100': --decimal"):
        read_csv(path)


def test_given_date_format(tmp_path):
    text = "date,close\n" + "".join(f"{day:02d}/11/2024,{close}\n" for day, close in enumerate(CLOSES, 1))
    path = write(tmp_path, text)
    with pytest.raises(CommandError, match="line 2: date is ambiguous without a format"):
        read_csv(path)
    assert read_csv(path, date_format="%d/%m/%Y").index[1].date() == date(2024, 11, 2)
    assert read_csv(path, date_format="%m/%d/%Y").index[1].date() == date(2024, 2, 11)
    with pytest.raises(CommandError, match=r"line 2: date must have the format %Y-%m-%d, got '01/11/2024'"):
        read_csv(path, date_format="%Y-%m-%d")


def test_symbols_are_text(tmp_path):
    row = "{day},000660,{close}\n{day},NA,7\n{day},660,8"
    path = write(tmp_path, table("date,symbol,close", row))
    assert read_csv(path, symbol="000660").tolist() == CLOSES
    assert read_csv(path, symbol="000660").name == "000660"
    assert set(read_csv(path, symbol="NA")) == {7.0}
    assert set(read_csv(path, symbol="660")) == {8.0}
    with pytest.raises(CommandError, match=r"holds 3 series \(000660, NA, 660\): name one as FILE#000660"):
        read_csv(path)
    with pytest.raises(CommandError, match="no rows for symbol '0660'"):
        read_csv(path, symbol="0660")
    with pytest.raises(CommandError, match="no symbol column"):
        read_csv(write(tmp_path, table("date,close"), name="y.csv"), symbol="NA")


def test_one_symbol_needs_no_naming(tmp_path):
    assert read_csv(write(tmp_path, table("date,종목코드,close", "{day},000660,{close}"))).tolist() == CLOSES


def test_gzip_of_an_encoded_file(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(table("日期,收盘价").encode("gb18030")))
    assert read_csv(path).tolist() == CLOSES


def test_parquet(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    days = [date.fromisoformat(day) for day in DAYS]
    parquet.write_table(pa.table({"日期": days, "close": CLOSES}), tmp_path / "x.parquet")
    prices = read_folder_series(tmp_path, "x")
    assert prices.tolist() == CLOSES
    assert prices.index[0].date() == days[0]
    holes = pa.table({"date": days, "close": [*CLOSES[:-1], None]})
    parquet.write_table(holes, tmp_path / "y.parquet")
    last = read_folder_series(tmp_path, "y")
    assert last.tolist() == CLOSES[:-1]
    assert last.attrs["notes"] == ("1 line without a close left out, the first is line 12",)
    parquet.write_table(pa.table({"when": days}), tmp_path / "z.parquet")
    with pytest.raises(CommandError, match=r"z\.parquet: the header must name"):
        read_folder_series(tmp_path, "z")
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(CommandError, match=r"x\.parquet: cannot be read"):
        read_folder_series(tmp_path, "x")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31",
        " 2024-1-31 ",
        "2024/01/31",
        "2024.1.31",
        "20240131",
        "2024年1月31日",
        "2024년 1월 31일",
        "2024-01-31 00:00:00",
        "2024-01-31T16:00:00+09:00",
        "2024/1/31 9:30",
    ],
)
def test_dates_that_begin_with_the_year(text):
    assert parse_date(text) == date(2024, 1, 31)


@pytest.mark.parametrize("text", ["05/11/2024", "05/11", "5-11-24", "31.01.2024", "05 11 2024"])
def test_ambiguous_dates(text):
    with pytest.raises(ValueError, match="ambiguous without a format"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2023-02-29", "2024-01/31", "202401", "45322", "Jan 31", "", "2024-01-31x"]
)
def test_no_dates(text):
    with pytest.raises(ValueError, match="date must"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567),
        ("-36.98", -36.98),
        ("+5", 5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("１，２３４．５", 1234.5),
    ],
)
def test_numbers(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", " ", ".", "-", "--", "NA", "n/a", "NaN", "null", "None", "#N/A"])
def test_marks_of_absence(text):
    assert np.isnan(parse_number(text))


@pytest.mark.parametrize(
    "text", ["1,23", "1,2345", "12,34.5", "1.234,5", "1 234", "1_000", "0x10", "inf", "3%"]
)
def test_no_numbers(text):
    with pytest.raises(ValueError, match="must be a number"):
        parse_number(text)


def test_volumes():
    assert [parse_volume(text) for text in ("1.5K", "2M", "3b", "1,000")] == [1500, 2e6, 3e9, 1000]
    assert np.isnan(parse_volume("-"))
    with pytest.raises(ValueError, match="must be a number"):
        parse_volume("1.2X")
