"""Which column of a price file is which: names in several languages, and a stated choice among closes."""

import re
from collections.abc import Sequence
from typing import NamedTuple

# Field -> names in order of preference; compared in lower case, letters and digits only.
_NAMES = {
    "date": (
        "date", "日期", "交易日期", "날짜", "일자", "tradedate", "observationdate", "datetime",
        "timestamp", "datum", "fecha", "data", "日付", "opentime", "unix", "时间", "time",
    ),
    "time": ("time",),
    "open": ("open", "开盘价", "開盤價", "开盘", "今开盘", "시가", "始値"),
    "high": ("high", "最高价", "最高價", "最高", "고가", "高値"),
    "low": ("low", "最低价", "最低價", "最低", "저가", "安値"),
    "close": (
        "close", "收盘价", "收盤價", "收盘", "今收盘", "종가", "終値", "closelast", "closeprice",
        "schlusskurs", "schluss", "settle", "结算价", "pxlast", "last", "lastprice", "letzter", "zuletzt",
        "cierre", "último", "clôture", "dernier", "chiusura", "ultimo", "fechamento", "price", "value",
    ),
    "volume": ("volume", "vol", "成交量", "거래량", "出来高"),
    "adjusted": (
        "adjclose", "adjustedclose", "closeadj", "前复权收盘价", "复权收盘价", "수정종가", "調整後終値",
    ),
    "symbol": ("symbol", "ticker", "code", "代码", "证券代码", "股票代码", "合约代码", "종목코드", "tscode"),
}  # fmt: skip
# Of these, one stands beside another only where a file has two dates in each line.
_DATES = frozenset(_NAMES["date"]) - {"time", "时间", "unix", "timestamp", "datetime", "opentime"}
_NAMELESS = ("", "unnamed0", "index", "indexlevel0")
# A download of one FRED series names its column after the series.
_FRED_DATES = ("observation_date", "DATE")
_FRED_SERIES = re.compile(r"[A-Z][A-Z0-9_]+")
_TUPLE = re.compile(r"\('([^']*)', '([^']*)'\)")


class Columns(NamedTuple):
    """Positions of the known fields in a header, and what was chosen where there was a choice."""

    fields: dict[str, int]
    notes: tuple[str, ...] = ()
    close: str = ""


class NoColumns(ValueError):
    """A line that is no header of a price file."""


def find_columns(header: Sequence[str], column: str = "") -> Columns:
    """Return the position of every known field in a header line.

    An adjusted close comes before a raw one: a split or dividend in the raw one would look like a move.

    Parameters
    ----------
    header : sequence of str
    column : str
        Name of the column of closes; found out if empty.

    Raises
    ------
    NoColumns
        If ``date`` or ``close`` is missing, or a field's name stands twice.
    """
    cells = [canonical(cell) for cell in header]
    found = {field: place for field in _NAMES if (place := _place(header, cells, _NAMES[field])) is not None}
    if found.get("time") == found.get("date"):
        found.pop("time", None)
    notes: list[str] = []
    if column:
        found.pop("adjusted", None)
        found |= {"close": _named(header, cells, column)}
        notes.append(f"close is the column {column!r}, as asked")
    elif "adjusted" in found:
        adjusted = found.pop("adjusted")
        if "close" in found:
            notes.append(
                f"adjusted closes from {header[adjusted].strip()!r}, not {header[found['close']].strip()!r}"
            )
            found["raw"] = found["close"]
            for field in ("open", "high", "low"):  # they go with the raw close
                found.pop(field, None)
        found["close"] = adjusted
    elif "close" not in found and _is_fred(header):
        found["close"] = 1
        notes.append(f"close is the column {header[1].strip()!r}, the only one")
    if "date" not in found and "close" in found and cells[0] in _NAMELESS and found["close"] != 0:
        found["date"] = 0
        notes.append("dates from the first column, which has no name")
    beside = [header[k].strip() for k, cell in enumerate(cells) if cell in _NAMES["close"]]
    if not column and "raw" not in found and len(beside) > 1:
        notes.append(f"closes from {header[found['close']].strip()!r}, of {', '.join(map(repr, beside))}")
    missing = [field for field in ("date", "close") if field not in found]
    if missing:
        seen = ", ".join(repr(cell.strip()[:30]) for cell in header[:12])
        hint = ": --column names another" if missing == ["close"] and len(header) > 1 else ""
        hint = ": name the column of dates 'date'" if missing == ["date"] else hint
        hint = ": write them in the first line" if len(missing) == 2 else hint
        raise NoColumns(
            f"the header must name the columns date and close; no {' and no '.join(missing)} in {seen}{hint}"
        )
    also = [place for place, cell in enumerate(cells) if cell in _DATES and place != found["date"]]
    if also and also != [found.get("time")]:
        notes.append(f"dates from {header[found['date']].strip()!r}, not {header[also[0]].strip()!r}")
    if found["date"] == found["close"]:
        raise NoColumns(f"the column of closes must not be that of the dates, got {column!r}")
    return Columns(found, tuple(notes), header[found["close"]].strip())


def wide_series(header: Sequence[str]) -> dict[str, int]:
    """Return the columns of a table that has one a series: name -> position; empty if it is no such table."""
    cells = [canonical(cell) for cell in header]
    known = {name for names in _NAMES.values() for name in names}
    place = next((k for k, cell in enumerate(cells) if cell in _NAMES["date"]), None)
    if place is None and cells and cells[0] in _NAMELESS:
        place = 0
    if place is None or any(cell in known for k, cell in enumerate(cells) if k != place):
        return {}
    names = [cell.strip() for cell in header]
    found = {name: k for k, name in enumerate(names) if k != place and name and names.count(name) == 1}
    return found if len(found) > 1 else {}


def has_symbol(header: Sequence[str]) -> bool:
    """Tell whether a line names a column of symbols."""
    return not header[0][:1].isdigit() and any(canonical(cell) in _NAMES["symbol"] for cell in header)


def split_levels(header: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Return fields and tickers of names such as ``('Close', 'AAPL')``; None if there is none."""
    found = [_TUPLE.fullmatch(cell) for cell in header]
    if not any(found):
        return None
    names = list(zip(found, header, strict=True))
    first = [match[1] if match else cell for match, cell in names]
    second = [match[2] if match else "" for match, cell in names]
    known = {name for field in ("open", "high", "low", "close", "volume") for name in _NAMES[field]}
    if any(canonical(cell) in known for cell in second):  # group_by="ticker"
        fields = [match[2] or match[1] if match else cell for match, cell in names]
        return fields, [match[1] if match and match[2] else "" for match, _ in names]
    return first, second


def canonical(cell: str) -> str:
    """Reduce a header cell; a unit in brackets such as 收盘价(元) is dropped."""
    cell = cell.strip().lower().replace("（", "(").split("(")[0]
    return "".join(letter for letter in cell if letter.isalnum())


def _place(header: Sequence[str], cells: list[str], names: Sequence[str]) -> int | None:
    name = next((name for name in names if name in cells), None)
    if name is None:
        return None
    place = cells.index(name)
    # A table library writes the second of two equal names with a number behind it.
    again = f"{header[place].strip()}.1"
    if cells.count(name) > 1 or any(cell.strip() == again for cell in header):
        raise NoColumns(f"column {header[place]!r} must stand once in the header: rename or remove one")
    return place


def _named(header: Sequence[str], cells: list[str], column: str) -> int:
    """Return the position of a column that the user names, exactly or but for case and marks."""
    exact = [k for k, cell in enumerate(header) if cell.strip() == column]
    near = [k for k, cell in enumerate(cells) if cell == canonical(column) and cell]
    places = exact or near
    if len(places) == 1:
        return places[0]
    seen = ", ".join(repr(cell.strip()[:30]) for cell in header[:12])
    raise NoColumns(f"column {column!r} must stand once in the header, got {seen}")


def _is_fred(header: Sequence[str]) -> bool:
    names = [cell.strip() for cell in header]
    return len(names) == 2 and names[0] in _FRED_DATES and bool(_FRED_SERIES.fullmatch(names[1]))
