"""Which column of a price file is which: English, Chinese and Korean names."""

from collections.abc import Sequence

# Field -> names in order of preference; compared in lower case without spaces, dots and underscores.
_NAMES = {
    "date": ("date", "日期", "交易日期", "날짜", "일자", "tradedate", "observationdate", "datetime", "时间"),
    "open": ("open", "开盘价", "开盘", "今开盘", "시가"),
    "high": ("high", "最高价", "最高", "고가"),
    "low": ("low", "最低价", "最低", "저가"),
    "close": ("close", "收盘价", "收盘", "今收盘", "종가", "settle", "结算价", "last", "price", "value"),
    "volume": ("volume", "vol", "成交量", "거래량"),
    "adjusted": ("adjclose", "adjustedclose", "复权收盘价", "수정종가"),
    "symbol": ("symbol", "ticker", "code", "代码", "证券代码", "股票代码", "合约代码", "종목코드", "tscode"),
}


def find_columns(header: Sequence[str]) -> dict[str, int]:
    """Return the position of every known field in a header line.

    Raises
    ------
    ValueError
        If ``date`` or ``close`` is missing, or a field's name stands twice.
    """
    cells = [_canonical(cell) for cell in header]
    found = {}
    for field, names in _NAMES.items():
        name = next((name for name in names if name in cells), None)
        if name is None:
            continue
        if cells.count(name) > 1:
            raise ValueError(f"column {header[cells.index(name)]!r} must stand once in the header")
        found[field] = cells.index(name)
    missing = [field for field in ("date", "close") if field not in found]
    if missing:
        seen = ", ".join(repr(cell.strip()[:30]) for cell in header[:12])
        raise ValueError(
            f"the header must name the columns date and close; no {' and no '.join(missing)} in {seen}"
        )
    return found


def _canonical(cell: str) -> str:
    """Reduce a header cell; a unit in brackets such as 收盘价(元) is dropped."""
    cell = cell.strip().lower().replace("（", "(").split("(")[0]
    return "".join(letter for letter in cell if letter not in " ._\t")
