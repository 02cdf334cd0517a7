"""Cells and marks: what a comma or a dot means is settled by the column, by the user, or not at all."""

import random
import re

import pytest

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files import numbers
from scanners.prices.files.csv_file import read_csv, read_table

DAYS = [f"2024-01-{day:02d}" for day in range(1, 13)]
INDEX = [1326.20 + 3.25 * k for k in range(12)]


def write(folder, closes, delimiter=",", quote='"', header=("date", "close")):
    path = folder / "x.csv"
    rows = [delimiter.join([day, f"{quote}{close}{quote}"]) for day, close in zip(DAYS, closes, strict=True)]
    path.write_text("\n".join([delimiter.join(header), *rows, ""]), "utf-8")
    return path


def test_an_unquoted_thousands_comma_is_refused_as_more_cells_than_the_header(tmp_path):
    closes = [f"{close:,.2f}" for close in INDEX]
    with pytest.raises(
        CommandError, match=r"x\.csv, line 2: more cells than the header has columns \(3 of 2"
    ):
        read_csv(write(tmp_path, closes, quote=""))
    with pytest.raises(CommandError, match="more cells"):
        read_table(write(tmp_path, ["99.5"] * 11 + ["1,326.20"], quote=""))


def test_empty_cells_behind_the_last_column_do_no_harm(tmp_path):
    path = write(tmp_path, [f"{close}," for close in INDEX], quote="")
    assert read_csv(path).tolist() == INDEX


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,326.20", 1326.20),
        ("1.326,20", 1326.20),
        ("1 326,20", 1326.20),
        ("1\u202f326,20", 1326.20),
        ("1'326.20", 1326.20),
        ("1\u2019326.20", 1326.20),
        ("1326,20", 1326.20),
        ("1326.20", 1326.20),
        ("$1,326.20", 1326.20),
        ("1.326,20 €", 1326.20),
        ("0,950", 0.95),
        ("1,234,567", 1234567.0),
        ("1.234.567,8", 1234567.8),
        ("１，３２６．２０", 1326.20),
        ("1.5e3", 1500.0),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_column_with_one_reading_is_read(tmp_path, text, value, delimiter):
    assert set(read_csv(write(tmp_path, [text] * 12, delimiter))) == {value}


@pytest.mark.parametrize(
    "cells",
    [
        ["1,326"] * 12,
        ["1,326", "950"] * 6,
        ["151,320"] * 12,
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_column_with_two_readings_is_refused_with_what_settles_it(tmp_path, cells, delimiter):
    path = write(tmp_path, cells, delimiter)
    with pytest.raises(CommandError, match=r"line 2: close may be .* or .*: --decimal \. or --decimal , "):
        read_csv(path)
    whole = [float(cell.replace(",", "")) for cell in cells]
    assert read_csv(path, options=ReadOptions(decimal=".")).tolist() == whole
    part = [float(cell.replace(",", ".")) for cell in cells]
    assert read_csv(path, options=ReadOptions(decimal=",")).tolist() == part


def test_dots_between_thousands_are_doubted_where_cells_are_divided_by_semicolons(tmp_path):
    cells = ["15.628", "15.701"] * 6
    with pytest.raises(CommandError, match=r"close may be 15\.628 or 15628"):
        read_csv(write(tmp_path, cells, ";"))
    assert read_csv(write(tmp_path, cells, ",")).tolist() == [15.628, 15.701] * 6
    assert read_csv(write(tmp_path, ["15.628", "15.7"] * 6, ";")).tolist() == [15.628, 15.7] * 6


@pytest.mark.parametrize(
    "cells",
    [
        ["1,326.20", "1.326,20"] * 6,
        ["132.62"] * 11 + ["132,62"],
        ["132.620", "131.5"] * 5 + ["132,620", "131.5"],
        ["1,326.20"] * 11 + ["1326.20"],
        ["1326.20"] * 11 + ["1,326"],
    ],
)
def test_a_column_that_mixes_two_manners_is_refused(tmp_path, cells):
    with pytest.raises(CommandError, match=r"close (mixes|must be a number)"):
        read_csv(write(tmp_path, cells))


def test_another_column_settles_what_the_closes_leave_open(tmp_path):
    """Shares in Korean won: whole numbers in the closes, millions in the volume."""
    path = tmp_path / "x.csv"
    rows = [f'"{day}","72,300","12,345,678"' for day in DAYS]
    path.write_text("\n".join(['"일자","종가","거래량"', *rows, ""]), "utf-8")
    assert set(read_csv(path)) == {72300.0}
    assert set(read_table(path).values["volume"]) == {12345678.0}
    rows = [f'"{day}","72,300","12,345"' for day in DAYS]
    path.write_text("\n".join(['"일자","종가","거래량"', *rows, ""]), "utf-8")
    with pytest.raises(CommandError, match="close may be 72300 or 72"):
        read_csv(path)


@pytest.mark.parametrize("text", ["1_000", "1,32,6", "12,34.5", "abc", "1.2.3", "1 2", "0x1f", "1,3260"])
def test_what_is_no_number_is_refused(tmp_path, text):
    with pytest.raises(CommandError, match=r"line \d+: close (must be a number|mixes)"):
        read_csv(write(tmp_path, ["1,100.5"] * 11 + [text]))


def test_a_column_beside_the_closes_that_holds_no_numbers_is_left_out_with_a_word(tmp_path):
    path = tmp_path / "x.csv"
    rows = [f"{day},{close},many" for day, close in zip(DAYS, INDEX, strict=True)]
    path.write_text("\n".join(["date,close,volume", *rows, ""]), "utf-8")
    table = read_table(path)
    assert table.values["close"].tolist() == INDEX
    assert table.notes == ("volume left out: line 2 must be a number, got 'many': write digits alone",)


@pytest.mark.parametrize("bad", ["x", "; ", ",,"])
def test_the_decimal_mark_is_one_of_two(bad):
    with pytest.raises(ValueError, match=r"decimal must be \. or , got"):
        ReadOptions(decimal=bad)


def test_plain_columns_of_commas_are_read_as_with_care(monkeypatch):
    """The quick ways must give what the careful ones give, or leave the column to them."""
    rng = random.Random(0)
    quick_ones = 0
    for _ in range(300):
        places, level = rng.choice((0, 1, 2, 3, 3, 4)), rng.choice((0.5, 50, 1500, 2e6))
        cells = [
            f"{level * (1 + rng.random()):.{places}f}".replace(".", ",") for _ in range(rng.randint(1, 30))
        ]
        if rng.random() < 0.4:
            cells[rng.randrange(len(cells))] = rng.choice(
                ("", "1.326,20", ",5", "5,", "1,2,3", "12.5", "0,125", "-3,1")
            )
        quick_ones += numbers._plainly_commas(cells)
        quick = outcome(cells)
        with monkeypatch.context() as careful:
            careful.setattr(numbers, "_COMMAS", re.compile(r"(?!)"))
            careful.setattr(numbers, "_LETTERS", re.compile(r"(?!)"))
            assert quick == outcome(cells), cells
    assert quick_ones >= 50


def outcome(cells):
    try:
        mark = numbers.decimal_mark(cells, (), "", doubtful_dots=True)
        return mark, repr(numbers.parse_column(cells, mark).tolist())
    except numbers.BadCell as error:
        return error.position, str(error)
