"""The daily files of the China Financial Futures Exchange: one line a contract, GB18030."""

import csv
import io
import re
import zipfile
import zlib
from datetime import date

import msgspec

from scanners.prices.files.cells import parse_number
from scanners.prices.interface import FetchError
from scanners.prices.providers.http import MAX_BYTES

_CODE = "合约代码"
_COLUMNS = {
    "open": "今开盘",
    "high": "最高价",
    "low": "最低价",
    "close": "今收盘",
    "volume": "成交量",
    "open_interest": "持仓量",
    "settle": "今结算",
    "previous_settle": "前结算",
}
# A future is a product and its month of expiry; options and the totals have other codes.
_FUTURE = re.compile(r"([A-Z]{1,2})(\d{4})")
_DAY_FILE = re.compile(r"(?:.*/)?(\d{4})(\d{2})(\d{2})_1\.csv")


class Quote(msgspec.Struct, frozen=True):
    """One contract on one session; ``expiry`` is its year and month, ``previous_settle`` the day before's."""

    contract: str
    product: str
    expiry: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    open_interest: float
    settle: float
    previous_settle: float


def parse_day(payload: bytes) -> dict[str, Quote]:
    """Return the futures of a daily file by contract.

    Raises
    ------
    FetchError
        ``malformed`` if a column is missing, a line is cut short or holds no number, or no future is there.
    """
    try:
        text = payload.decode("gb18030").lstrip("\ufeff")
    except UnicodeDecodeError:
        raise FetchError("malformed", "the file is not GB18030 text") from None
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    header = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in (_CODE, *_COLUMNS.values()) if name not in header]
    if missing:
        raise FetchError("malformed", f"the file lacks the columns {', '.join(missing)}")
    quotes = {}
    for line, row in enumerate(rows[1:], 2):
        match = _FUTURE.fullmatch(row[header.index(_CODE)].strip()) if len(row) == len(header) else None
        if len(row) < len(header):
            raise FetchError("malformed", f"line {line} is cut short")
        if match is None:
            continue
        if match[0] in quotes:
            raise FetchError("malformed", f"line {line}: {match[0]} stands twice")
        try:
            values = {name: parse_number(row[header.index(column)]) for name, column in _COLUMNS.items()}
        except ValueError as error:
            raise FetchError("malformed", f"line {line}: {error}") from None
        quotes[match[0]] = Quote(match[0], match[1], int(match[2]), **values)
    if not quotes:
        raise FetchError("malformed", "the file names no futures contract")
    return quotes


def parse_month(payload: bytes) -> dict[date, dict[str, Quote]]:
    """Return the sessions of a monthly archive.

    Raises
    ------
    FetchError
        ``malformed`` if the archive is damaged or holds no daily file, or one of them is broken.
    """
    sessions = {}
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise FetchError("malformed", "the archive unpacks to more than any month can hold")
            for member in archive.infolist():
                if match := _DAY_FILE.fullmatch(member.filename):
                    day = date(int(match[1]), int(match[2]), int(match[3]))
                    sessions[day] = parse_day(archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise FetchError("malformed", "the archive is damaged or no archive") from None
    if not sessions:
        raise FetchError("malformed", "the archive holds no daily file")
    return sessions
