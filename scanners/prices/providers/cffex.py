"""The China Financial Futures Exchange: bond and index futures as continuous series, from its own files.

Months that are over come as archives, the current month day by day. A day without a file is a holiday only if
the settlement prices on both sides of it connect; until then it is merely a day without a file.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scanners.core.errors import CommandError
from scanners.core.run_files import write_file
from scanners.prices import clocks
from scanners.prices.interface import FIELDS, Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.cffex_files import Quote, parse_day, parse_month
from scanners.prices.providers.continuous import check_connected, roll
from scanners.prices.providers.pace import Pace

NAME = "cffex"
URL = "http://www.cffex.com.cn/sj"
ZONE = "Asia/Shanghai"
# Product -> first session.
LISTED = {
    "TL": date(2023, 4, 21),
    "T": date(2015, 3, 20),
    "TF": date(2013, 9, 6),
    "TS": date(2018, 8, 17),
    "IF": date(2010, 4, 16),
    "IH": date(2015, 4, 16),
    "IC": date(2015, 4, 16),
    "IM": date(2022, 7, 22),
}
# What the exchange's web server says in place of a file that does not exist, if not 404.
_NO_SUCH_PAGE = "网页错误".encode("gb18030"), "网页错误".encode()

Month = tuple[int, int]
Sessions = dict[date, dict[str, Quote]]


def provider(
    url: str = URL, cache: str | None = "data/cffex", interval: float = 0.5, timeout: float = 600.0
) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the exchange's data folder or a mirror.
    cache : str or None
        Folder in which files that no longer change are kept, so that a first load can be interrupted.
    interval : float
        Least seconds between two files.
    timeout : float
        Most seconds for one series.
    """
    archive = _Archive(url, Path(cache) if cache else None, Pace(interval))

    def fetch_one(request: Request, deadline: float) -> Bars:
        if request.symbol not in LISTED:
            raise FetchError("not_found", f"the product must be one of {', '.join(LISTED)}")
        last = min(request.end or _today(), _today())
        chain = {}
        for month in _months(LISTED[request.symbol], last):
            for day, quotes in archive.month(month, last, deadline).items():
                chosen = {name: quote for name, quote in quotes.items() if quote.product == request.symbol}
                if chosen and day <= last:
                    chain[day] = chosen
        return _bars(request, chain)

    fetch = one_by_one(NAME, fetch_one, timeout)
    traits = Traits(tells_events=True, address=url)
    return Provider(NAME, fetch, interval, traits=traits, clock=clocks.always(clocks.SESSION))


def _bars(request: Request, chain: Sessions) -> Bars:
    if not chain:
        raise FetchError("empty", f"no session of {request.symbol} up to {request.end}")
    check_connected(chain)
    quotes, rolls = roll(chain)
    days = sorted(chain)
    return assemble(
        request,
        NAME,
        days,
        {name: [getattr(quote, name) for quote in quotes] for name in FIELDS},
        payload_hash=digest(repr([(day, sorted(chain[day].items())) for day in days]).encode()),
        events=rolls,
        currency="CNY",
        timezone_name=ZONE,
    )


class _Archive:
    """The exchange's files, each fetched once: from memory, from the cache folder, from the exchange."""

    def __init__(self, url: str, cache: Path | None, pace: Pace) -> None:
        self._url = url
        self._cache = cache
        self._pace = pace
        self._known: Sessions = {}
        self._whole: set[Month] = set()

    def month(self, month: Month, last: date, deadline: float) -> Sessions:
        """Return the sessions of a month, up to ``last`` at least."""
        if month not in self._whole:
            try:
                if month == (_today().year, _today().month):
                    raise FetchError("not_found", "this month is not over")
                self._known |= self._month_archive(month, deadline)
                self._whole.add(month)
            except FetchError as error:
                if error.kind != "not_found":
                    raise
                # The archive of a month that has just ended may not be there yet.
                if (_today() - _first_day(month)).days > 62:
                    raise FetchError("transient", f"{month[0]}-{month[1]:02d} is missing: {error}") from None
                self._day_by_day(month, last, deadline)
        return {day: quotes for day, quotes in self._known.items() if (day.year, day.month) == month}

    def _month_archive(self, month: Month, deadline: float) -> Sessions:
        name = f"{month[0]}{month[1]:02d}"
        return self._file(f"{name}.zip", f"historysj/{name}/zip/{name}.zip", parse_month, deadline)

    def _day_by_day(self, month: Month, last: date, deadline: float) -> None:
        day = _first_day(month)
        doubtful = None
        while (day.year, day.month) == month and day <= last:
            if day.weekday() < 5 and day not in self._known:
                try:
                    self._known[day] = self._day(day, deadline)
                except FetchError as error:
                    if error.kind not in ("not_found", "malformed"):
                        raise
                    doubtful = error if error.kind == "malformed" else doubtful
            if day in self._known:
                doubtful = None  # whether a session is missing before it, its settlements will tell
            day += timedelta(days=1)
        if doubtful is not None:
            raise doubtful

    def _day(self, day: date, deadline: float) -> dict[str, Quote]:
        name = f"{day:%Y%m%d}_1.csv"
        # A file of today may still change.
        return self._file(
            name, f"hqsj/rtj/{day:%Y%m}/{day:%d}/{name}", parse_day, deadline, keep=day < _today()
        )

    def _file(
        self, name: str, path: str, parse: Callable[[bytes], Any], deadline: float, keep: bool = True
    ) -> Any:
        kept = self._kept(name)
        if kept is not None:
            with suppress(FetchError):  # damaged on disk: fetch it again
                return parse(kept)
        payload = self._get(path, deadline)
        parsed = parse(payload)
        if keep:
            self._keep(name, payload)
        return parsed

    def _get(self, path: str, deadline: float) -> bytes:
        from scanners.prices.providers import http  # who only asks for the traits need not load it

        payload = http.get(f"{self._url}/{path}", {}, pace=self._pace, deadline=deadline)
        if payload.lstrip()[:1] == b"<":
            if any(words in payload for words in _NO_SUCH_PAGE):
                raise FetchError("not_found", f"the exchange has no file {path}")
            raise FetchError("malformed", f"a web page came instead of {path}")
        return payload

    def _kept(self, name: str) -> bytes | None:
        path = self._cache / name if self._cache else None
        return path.read_bytes() if path is not None and path.is_file() else None

    def _keep(self, name: str, payload: bytes) -> None:
        if self._cache is None:
            return
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            write_file(self._cache / name, payload)
        except OSError as error:
            raise FetchError("unsupported", f"{self._cache} cannot be written ({error.strerror})") from None
        except CommandError as error:
            raise FetchError("unsupported", str(error)) from None


def _months(first: date, last: date) -> Iterator[Month]:
    for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield count // 12, count % 12 + 1


def _first_day(month: Month) -> date:
    return date(month[0], month[1], 1)


def _today() -> date:
    return datetime.now(ZoneInfo(ZONE)).date()
