"""The European Central Bank's reference rates: one file of all days since 1999, fixed in the afternoon."""

import io
import zipfile
import zlib
from datetime import date

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.kept import Kept
from scanners.prices.providers.pace import Pace
from scanners.prices.providers.text_table import read, rows_of, text_of

NAME = "ecb"
URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
ZONE = "Europe/Berlin"
_EURO = "EUR"


def provider(
    url: str = URL, cache: str | None = "data/http", interval: float = 0.5, timeout: float = 60.0
) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the file or a mirror.
    cache : str or None
        Folder in which the file is kept, so that it is sent again only when it has changed.
    interval, timeout : float
        Least seconds between two requests; most seconds for one series.
    """
    pace, kept = Pace(interval), Kept(cache)
    known: dict[str, bytes] = {}  # one download serves every pair of a run

    def fetch_one(request: Request, deadline: float) -> Bars:
        from scanners.prices.providers import http

        if not known:
            known["file"] = http.get(url, {}, pace=pace, deadline=deadline, kept=kept, name="ecb-rates")
        sessions, closes = pair(known["file"], request.symbol)
        return assemble(
            request,
            NAME,
            sessions,
            {"close": closes},
            payload_hash=digest(known["file"]),
            currency=request.symbol[3:],
            timezone_name=ZONE,
        )

    fetch = one_by_one(NAME, fetch_one, timeout)
    traits = Traits(address=url)
    return Provider(NAME, fetch, interval, traits=traits, clock=clocks.always(clocks.FIXING))


def pair(payload: bytes, symbol: str) -> tuple[list[date], list[float]]:
    """Return the rate of a pair, ``USDJPY`` for yen a dollar, from the rates of both against the euro.

    Raises
    ------
    FetchError
        ``malformed`` if the file is not as documented, ``not_found`` if it has no such currency.
    """
    base, quote = symbol[:3], symbol[3:]
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            text = text_of(archive.read("eurofxref-hist.csv"))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError):
        raise FetchError("malformed", "eurofxref-hist.csv was expected in an archive") from None
    rows = rows_of(text)
    if not rows or rows[0][0] != "Date":
        raise FetchError(
            "malformed", f"Date must be the first column, got {rows[0][:3] if rows else 'nothing'}"
        )
    header = rows[0]
    unknown = [code for code in (base, quote) if code != _EURO and code not in header]
    if unknown or base == quote:
        raise FetchError("not_found", f"{symbol} must be two of the {len(header)} currencies of the file")
    days: list[dict[date, float]] = []
    for code in (base, quote):
        if code != _EURO:
            sessions, columns = read(header, rows[1:], "Date", {"close": code})
            days.append(dict(zip(sessions, columns["close"], strict=True)))
        else:
            days.append({})
    common = sorted(
        (days[0].keys() | days[1].keys()) if _EURO in (base, quote) else days[0].keys() & days[1].keys()
    )
    return common, [days[1].get(day, 1.0) / days[0].get(day, 1.0) for day in common]
