"""File names from symbols."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.core.file_names import file_name, slug

SYMBOLS = [
    "^KQ11",
    "../../etc",
    "/etc/passwd",
    "..",
    "GC=F",
    "000660",
    "NA",
    "CON",
    "a\x00b",
    "코스닥",
    "ニッケイ",
    "é",
    "e\u0301",
]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_name_stays_in_its_folder(tmp_path, symbol):
    name = file_name(symbol, ".csv")
    path = tmp_path / name
    path.write_text("")
    assert path.resolve().parent == tmp_path.resolve()
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*-[0-9a-f]{8}\.csv", name)


def test_a_name_can_be_read():
    assert file_name("^KQ11").startswith("kq11-")
    assert file_name("../../etc").startswith("etc-")
    assert file_name("코스닥").startswith("series-")


def test_symbols_that_look_alike_keep_apart():
    alike = ["^KQ11", "KQ11", "kq11", "KQ.11", "KQ-11", "é", "e\u0301", "E"]
    assert len({file_name(symbol) for symbol in alike}) == len(alike)


def test_a_long_symbol_gives_a_short_name():
    assert len(file_name("A" * 10_000)) < 80


def test_an_empty_symbol_is_refused():
    with pytest.raises(ValueError, match="symbol must not be empty"):
        file_name("")


@given(st.text(st.characters(), min_size=1))
def test_any_text_gives_a_plain_name(symbol):
    assert re.fullmatch(r"[a-z0-9_][a-z0-9_-]*-[0-9a-f]{8}", file_name(symbol))


@pytest.mark.parametrize("device", ["con", "CON", "prn", "aux", "nul", "com1", "lpt9", "NUL"])
def test_no_file_is_called_like_a_device(device):
    assert re.fullmatch(rf"{device.lower()}-[0-9a-f]{{8}}", slug(device))


@pytest.mark.parametrize("name", ["gold", "con1", "auxiliary", "sp_500", "a-b", "x" * 60])
def test_a_harmless_name_is_itself(name):
    assert slug(name) == name
    assert file_name(name, ".csv").startswith(f"{name}-")
