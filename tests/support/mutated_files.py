"""Price files of invented numbers in the manners of many vendors, broken at random, and what they say.

`said` knows the manner in which a file was written, which the reader has to find out: it is its slow twin.
"""

import csv
import gzip
import io
import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%Y年%m月%d日",
)
NAMES = (
    ("date", "close"),
    ("Date", "Open", "High", "Low", "Close", "Volume"),
    ("Date", "Price", "Open", "Vol."),
    ("timestamp", "open", "close", "volume"),
    ("日期", "开盘", "收盘价(元)", "成交量"),
    ("일자", "종가", "거래량"),
    ("symbol", "date", "close"),
)
CLOSES = {"close", "price", "收盘价(元)", "종가"}
DAYS = {"date", "timestamp", "日期", "일자"}
INSERTED = "0123456789,.;\t\"' -/:TZ+eE\n年"
YEAR_FIRST = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y年%m月%d", "%d-%b-%Y", "%b %d, %Y",
    "%b %d %Y", "%d %b %Y",
)  # fmt: skip


@dataclass
class Written:
    """A file and the manner it was written in."""

    content: bytes
    text: str
    delimiter: str
    date_format: str
    decimal: str
    names: tuple[str, ...]


def written(seed: int) -> Written:
    """Return a file of 15 to 60 sessions, broken in none to three places."""
    rng = random.Random(seed)
    names = rng.choice(NAMES)
    delimiter = rng.choice(",,,;\t")
    date_format = rng.choice(DATES)
    decimal = "," if delimiter != "," and rng.random() < 0.4 else "."
    places, grouped = rng.choice((0, 2, 2, 3, 4)), rng.random() < 0.4
    level = rng.choice((0.8, 50.0, 1500.0, 3e6))
    day, rows = date(rng.randint(1990, 2025), rng.randint(1, 12), 1), []
    for _ in range(rng.randint(15, 60)):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
        level *= 1 + rng.gauss(0, 0.01)
        number = f"{level:,.{places}f}" if grouped else f"{level:.{places}f}"
        if decimal == ",":
            number = number.translate(str.maketrans(".,", ",."))
        cells = []
        for name in names:
            cell = day.strftime(date_format) if name.lower() in DAYS else number
            cells.append(
                "X1" if name == "symbol" else f"{rng.randint(1, 10**7)}" if "ol" in name.lower() else cell
            )
        rows.append(cells)
    if rng.random() < 0.3:
        rows.reverse()
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if rng.random() < 0.2 else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows([names, *rows])
    text = out.getvalue()
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        text = _broken(text, rng)
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16"))
    raw = text.replace("\n", rng.choice(("\n", "\r\n"))).encode(encoding)
    return Written(
        gzip.compress(raw) if rng.random() < 0.1 else raw, text, delimiter, date_format, decimal, names
    )


def _broken(text: str, rng: random.Random) -> str:
    head = text.index("\n") + 1
    if head >= len(text):
        return text
    at = rng.randrange(head, len(text))
    lines = text[head:].split("\n")
    k = rng.randrange(len(lines))
    kind = rng.randrange(8)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + rng.choice(INSERTED) + text[at:]
    if kind == 2:
        return text[:at] + rng.choice(INSERTED) + text[at + 1 :]
    if kind == 3:
        return text[:at]
    if kind == 4:
        lines.insert(k, lines[k])
    elif kind == 5:
        del lines[k]
    elif kind == 6:
        lines[k] = re.sub(
            r"\d", lambda match: match[0] if rng.random() < 0.9 else str(rng.randint(0, 9)), lines[k]
        )
    else:
        other = rng.randrange(len(lines))
        lines[k], lines[other] = lines[other], lines[k]
    return text[:head] + "\n".join(lines)


def said(file: Written) -> list[tuple[date, float]] | None:
    """Return what the lines of a file say in its own manner, None if a line says nothing clear."""
    _, *rows = io.StringIO(file.text)
    found = []
    for line in rows:
        if not line.strip(f' \t{file.delimiter}"\n'):
            continue
        try:
            cells = next(csv.reader([line], delimiter=file.delimiter, strict=True))
        except csv.Error:
            return None
        while len(cells) > len(file.names) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(file.names):
            return None
        named = dict(zip([name.lower() for name in file.names], cells, strict=True))
        day = _day(next(named[name] for name in named if name in DAYS), file.date_format)
        number = _number(next(named[name] for name in named if name in CLOSES), file.decimal)
        if day is None or number is None:
            return None
        if number == number:
            found.append((day, number))
    return found


def _day(cell: str, date_format: str) -> date | None:
    cell = re.sub(r"\s+(?=[年月日])|(?<=[年月])\s+|(?<=[A-Za-z])\.", "", cell)
    if re.search(r"[A-Za-z]{3}", cell):  # whatever stands around a month's name, it is the month
        cell = re.sub(r"(?<=\w)[-, ]+(?=[A-Za-z]{3})|(?<=[A-Za-z]{3})[-, ]+(?=\d)", " ", cell)
        cell = re.sub(r"([A-Za-z]{3})[a-z]*", r"\1", cell)
        date_format = date_format.replace("-", " ")
    for form in (date_format, *YEAR_FIRST):
        for end in ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S"):
            try:
                return datetime.strptime(cell.strip(), form + end).date()
            except ValueError:
                continue
    return None


def _number(cell: str, decimal: str) -> float | None:
    cell = cell.strip()
    if cell in ("", "-", ".", "--"):
        return float("nan")
    group = "." if decimal == "," else ","
    whole = rf"[1-9]\d{{0,2}}(?:(?:\{group}\d{{3}})+|(?: \d{{3}})+|(?:'\d{{3}})+)|\d*"
    pattern = rf"[+-]?(?:{whole})(?:\{decimal}\d*)?(?:[eE][+-]?\d+)?"
    if not re.fullmatch(pattern, cell) or not re.search(r"\d", cell):
        return None
    return float(re.sub(rf"[\{group} ']", "", cell).replace(decimal, "."))
