"""What each function of akshare returns: its columns, its clock, and how it is called. A new one is an entry.

Read in the package's own source (1.19.5) and its documentation; the sites behind it change without notice, so
that every answer is held against its entry.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from scanners.prices import clocks
from scanners.prices.files.cells import parse_date, parse_number
from scanners.prices.interface import FetchError

if TYPE_CHECKING:
    import pandas as pd

_QUARTER = re.compile(r"(\d{4})年第(?:1-)?([1-4])季度")  # of the year to date: 2023年第1-4季度
_ENGLISH = {name: name for name in ("open", "high", "low", "close", "volume")}
_NO_VOLUME = {name: name for name in ("open", "high", "low", "close")}
_NOW = {"open": "今开", "high": "最高", "low": "最低", "close": "最新价"}
SHANGHAI = "Asia/Shanghai"
# Yields of `bond_zh_us_rate`: two-letter country and years.
_YIELDS = {
    f"{code}{years}y": f"{country}国债收益率{years}年"
    for code, country in (("cn", "中国"), ("us", "美国"))
    for years in (2, 5, 10, 30)
}
_CHINA_BOND = {"3m": "3月", "6m": "6月"} | {f"{years}y": f"{years}年" for years in (1, 3, 5, 7, 10, 30)}


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a function returns.

    Attributes
    ----------
    site : str
        Whose data it reads: ``sina``, ``eastmoney``, ``sge`` or ``chinabond``.
    date : str
        Column of the dates.
    columns : mapping of str to str
        Our name of a price -> the column; empty for a table of several series.
    fields : mapping of str to str
        Series of such a table -> its column.
    rows : mapping of str to str
        Column -> the value that a row must have there.
    called : str
        ``symbol`` for one argument of that name, ``table`` for none, ``spans`` for a start and an end that
        are less than a year apart.
    clock, currency, zone : str
        Of its daily bars; empty where the source does not tell.
    """

    site: str
    date: str
    clock: str
    columns: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}
    rows: Mapping[str, str] = {}
    called: str = "symbol"
    currency: str = ""
    zone: str = ""


def _sina(currency: str = "", zone: str = "") -> Shape:
    return Shape(
        site="sina", date="date", columns=_ENGLISH, clock=clocks.SESSION, currency=currency, zone=zone
    )


def _eastmoney(clock: str) -> Shape:
    return Shape(site="eastmoney", date="日期", columns=_NOW, clock=clock)


def _monthly(fields: Mapping[str, str]) -> Shape:
    return Shape(site="eastmoney", date="月份", fields=fields, called="table", clock=clocks.PERIOD)


SHAPES: dict[str, Shape] = {
    # futures
    "futures_zh_daily_sina": _sina(currency="CNY", zone=SHANGHAI),
    "futures_foreign_hist": _sina(),
    "futures_global_hist_em": Shape(
        site="eastmoney",
        date="日期",
        columns={"open": "开盘", "high": "最高", "low": "最低", "close": "最新价", "volume": "总量"},
        clock=clocks.SESSION,
    ),
    # indices
    "index_us_stock_sina": _sina(currency="USD", zone="America/New_York"),
    "index_global_hist_sina": _sina(),
    "index_global_hist_em": _eastmoney(clocks.SESSION),
    "stock_zh_index_daily": _sina(currency="CNY", zone=SHANGHAI),
    "stock_zh_index_daily_em": Shape(
        site="eastmoney",
        date="date",
        columns=_ENGLISH,
        clock=clocks.SESSION,
        currency="CNY",
        zone=SHANGHAI,
    ),
    # funds
    "fund_etf_hist_sina": _sina(currency="CNY", zone=SHANGHAI),
    "fund_etf_hist_em": Shape(
        site="eastmoney",
        date="日期",
        columns={"open": "开盘", "high": "最高", "low": "最低", "close": "收盘", "volume": "成交量"},
        clock=clocks.SESSION,
        currency="CNY",
        zone=SHANGHAI,
    ),
    # metals in Shanghai, currencies
    "spot_hist_sge": Shape(
        site="sge", date="date", columns=_NO_VOLUME, clock=clocks.SESSION, currency="CNY", zone=SHANGHAI
    ),
    "forex_hist_em": _eastmoney(clocks.NOT_STATED),
    # yields and macro tables
    "bond_zh_us_rate": Shape(
        site="eastmoney", date="日期", fields=_YIELDS, called="table", clock=clocks.CURVE
    ),
    "bond_china_yield": Shape(
        site="chinabond",
        date="日期",
        fields=_CHINA_BOND,
        rows={"曲线名称": "中债国债收益率曲线"},
        called="spans",
        clock=clocks.CURVE,
        zone=SHANGHAI,
    ),
    "macro_china_cpi": _monthly({"index": "全国-当月", "yoy": "全国-同比增长", "mom": "全国-环比增长"}),
    "macro_china_ppi": _monthly({"index": "当月", "yoy": "当月同比增长"}),
    "macro_china_money_supply": _monthly(
        {
            "m2": "货币和准货币(M2)-数量(亿元)",
            "m2_yoy": "货币和准货币(M2)-同比增长",
            "m1": "货币(M1)-数量(亿元)",
            "m1_yoy": "货币(M1)-同比增长",
        }
    ),
    "macro_china_gdp": Shape(
        site="eastmoney",
        date="季度",
        fields={"to_date": "国内生产总值-绝对值", "real_yoy": "国内生产总值-同比增长"},
        called="table",
        clock=clocks.PERIOD,
    ),
}


def columns_of(frame: "pd.DataFrame", name: str, argument: str) -> dict[str, np.ndarray]:
    """Return the prices of a function's answer under our names, the civil dates as ``date``.

    Parameters
    ----------
    frame : pandas.DataFrame
        As the function ``name`` returned it.
    name, argument : str
        What was called, and the series asked for.

    Raises
    ------
    FetchError
        ``empty`` without a row; ``malformed`` where the answer is not what `SHAPES` says, with what was
        expected.
    """
    shape = SHAPES[name]
    wanted = dict(shape.columns) or {"close": shape.fields[argument]}
    if not len(frame.columns) or not len(frame):
        raise FetchError("empty", f"{name} returned an empty table")
    missing = [each for each in (shape.date, *shape.rows, *wanted.values()) if each not in frame]
    if missing:
        there = ", ".join(str(column) for column in frame.columns)[:120]
        raise FetchError("malformed", f"{name} must have the columns {', '.join(missing)}, got {there}")
    for column, value in shape.rows.items():
        frame = frame[frame[column] == value]
    sessions = np.array([_day(cell) for cell in frame[shape.date]], dtype="datetime64[D]")
    columns = {ours: _numbers(frame[theirs], f"{name}: {theirs}") for ours, theirs in wanted.items()}
    _check(name, sessions, columns)
    return {"date": sessions, **columns}


def _day(cell: object) -> np.datetime64:
    """Return a civil date, the first day of a quarter; the package turns what it cannot read into NaT."""
    if quarter := _QUARTER.fullmatch(str(cell)):
        return np.datetime64(f"{quarter[1]}-{3 * int(quarter[2]) - 2:02d}-01", "D")
    text = str(cell)[:10].replace("月份", "月01日")
    try:
        return np.datetime64(parse_date(text), "D")
    except ValueError:
        return np.datetime64("NaT", "D")


def _numbers(column: "pd.Series", what: str) -> np.ndarray:
    if column.dtype != object and column.dtype.kind in "iuf":
        return column.to_numpy("float64")
    try:
        return np.array([parse_number("" if cell is None else str(cell)) for cell in column], dtype="float64")
    except ValueError as error:
        raise FetchError("malformed", f"{what} {error}") from None


def _check(name: str, sessions: np.ndarray, columns: Mapping[str, np.ndarray]) -> None:
    """Check what a column that was renamed or moved would break."""
    undated = int(np.isnat(sessions).sum())
    if undated:
        raise FetchError("malformed", f"{name}: dates were expected, {undated} of {len(sessions)} are none")
    if not np.isfinite(columns["close"]).any():
        raise FetchError("malformed", f"{name}: closes were expected, none is a number")
    if "high" in columns:
        upside_down = columns["high"] < columns["low"]
        outside = (columns["close"] > columns["high"]) | (columns["close"] < columns["low"])
        if 2 * max(upside_down.sum(), outside.sum()) > len(sessions):
            raise FetchError(
                "malformed", f"{name}: closes between low and high were expected; columns have changed places"
            )
