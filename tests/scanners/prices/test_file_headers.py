"""Headers and encodings: which column holds the closes, and in which words it is refused."""

import numpy as np
import pandas as pd
import pytest

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.check_files import check_files
from scanners.prices.files.csv_file import read_csv

DAYS = pd.bdate_range("2024-01-02", periods=30)
CLOSES = np.round(100 * np.exp(0.01 * np.random.default_rng(0).standard_normal(30).cumsum()), 2)


def write(folder, header, line="{day:%Y-%m-%d},{close}", encoding="utf-8"):
    lines = [line.format(day=day, close=close) for day, close in zip(DAYS, CLOSES, strict=True)]
    path = folder / "x.csv"
    path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("header", "encoding"),
    [("日期,收盤價", "big5"), ("日付,終値", "cp932"), ("일자,종가", "cp949"), ("日期,收盘价", "gb18030")],
)
def test_exports_of_the_far_east_are_read_in_their_encodings(tmp_path, header, encoding):
    np.testing.assert_array_equal(read_csv(write(tmp_path, header, encoding=encoding)).to_numpy(), CLOSES)


def test_words_in_another_encoding_are_refused_with_what_to_do(tmp_path):
    path = write(tmp_path, "Дата,Закрытие", encoding="koi8-r")
    with pytest.raises(CommandError, match="save it as CSV in UTF-8"):
        read_csv(path)


def test_a_second_close_of_a_table_library_is_refused(tmp_path):
    path = write(tmp_path, "Date,Close,Close.1", "{day:%Y-%m-%d},{close},1")
    with pytest.raises(CommandError, match="column 'Close' must stand once in the header"):
        read_csv(path)


def test_a_choice_among_closes_is_told(tmp_path):
    prices = read_csv(write(tmp_path, "Date,Settle,Last", "{day:%Y-%m-%d},{close},1"))
    np.testing.assert_array_equal(prices.to_numpy(), CLOSES)
    assert prices.attrs["notes"] == ("closes from 'Settle', of 'Settle', 'Last'",)


def test_an_empty_column_is_named(tmp_path):
    path = write(tmp_path, "Date,Close,Adj Close", "{day:%Y-%m-%d},{close},")
    with pytest.raises(CommandError, match="column 'Adj Close' has no close: --column names another"):
        read_csv(path)


def test_terminals_words_for_no_price_are_empty_cells(tmp_path):
    path = write(tmp_path, "Date,Close")
    path.write_text(path.read_text().replace(f",{CLOSES[5]}", ",#N/A N/A"))
    assert len(read_csv(path)) == len(DAYS) - 1


def test_a_check_in_advance_tells_of_gaps(tmp_path):
    path = write(tmp_path, "Date,Close")
    lines = path.read_text().splitlines()
    days = [*DAYS[:10], *(DAYS[10:] + pd.Timedelta(days=371))]  # 53 weeks: the weekdays stay
    rows = [f"{day:%Y-%m-%d},{line.split(',')[1]}" for day, line in zip(days, lines[1:], strict=True)]
    path.write_text("\n".join(["Date,Close", *rows, ""]))
    (reading,) = check_files(path, ReadOptions())
    assert reading.notes == (f"no session between {days[9]:%Y-%m-%d} and {days[10]:%Y-%m-%d}",)
