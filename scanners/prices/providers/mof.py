"""Yields of Japanese government bonds, from the Ministry of Finance: one file of the past, one of now."""

from datetime import date

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.kept import Kept
from scanners.prices.providers.pace import Pace
from scanners.prices.providers.text_table import read, rows_of, text_of

NAME = "mof"
URL = "https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate"
YEARS = (*range(1, 11), 15, 20, 25, 30, 40)
_FILES = ("historical/jgbcme_all.csv", "jgbcme.csv")


def provider(
    url: str = URL, cache: str | None = "data/http", interval: float = 1.0, timeout: float = 60.0
) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the Ministry's folder or a mirror.
    cache : str or None
        Folder in which the files are kept, so that they are sent again only when they have changed.
    interval, timeout : float
        Least seconds between two requests; most seconds for one series.
    """
    pace, kept = Pace(interval), Kept(cache)
    known: list[bytes] = []

    def fetch_one(request: Request, deadline: float) -> Bars:
        from scanners.prices.providers import http

        if request.symbol not in {f"{years}Y" for years in YEARS}:
            raise FetchError("not_found", f"the maturity must be one of {', '.join(f'{n}Y' for n in YEARS)}")
        if not known:
            known[:] = [
                http.get(f"{url}/{file}", {}, pace=pace, deadline=deadline, kept=kept, name=f"mof-{place}")
                for place, file in enumerate(_FILES)
            ]
        days = {day: value for part in known for day, value in parse(part, request.symbol).items()}
        return assemble(
            request,
            NAME,
            sorted(days),
            {"close": [days[day] for day in sorted(days)]},
            payload_hash=digest(*known),
            timezone_name="Asia/Tokyo",
        )

    fetch = one_by_one(NAME, fetch_one, timeout)
    traits = Traits(address=f"{url}/{_FILES[1]}")
    return Provider(NAME, fetch, interval, traits=traits, clock=clocks.always(clocks.CURVE))


def parse(payload: bytes, symbol: str) -> dict[date, float]:
    """Return the yields of one maturity by day.

    Raises
    ------
    FetchError
        ``malformed`` if this is not such a file.
    """
    rows = rows_of(text_of(payload, "cp932"))
    head = next((place for place, row in enumerate(rows) if row[0] == "Date"), None)
    if head is None:
        raise FetchError("malformed", "a line that begins with 'Date' was expected")
    # The file of this month has a remark, in Japanese or English, above or below the days.
    days = [row for row in rows[head + 1 :] if row[0][:1].isdigit()]
    sessions, columns = read(rows[head], days, "Date", {"close": symbol})
    return dict(zip(sessions, columns["close"], strict=True))
