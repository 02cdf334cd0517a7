"""What every price provider takes and gives back, and how it declares itself."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

from scanners.prices.clocks import not_stated

if TYPE_CHECKING:
    import pandas as pd

FailureKind = Literal["not_found", "empty", "rate_limited", "auth", "transient", "malformed", "unsupported"]
_BY_STATUS: dict[int, FailureKind] = {
    401: "auth",
    403: "auth",
    404: "not_found",
    410: "not_found",
    429: "rate_limited",
}
FIELDS = ("open", "high", "low", "close", "volume")


class Request(msgspec.Struct, frozen=True):
    """One series wanted from one provider.

    Attributes
    ----------
    series : str
        What the watchlist calls it.
    symbol : str
        What the provider calls it.
    start, end : datetime.date or None
        First and last session wanted, both inclusive; None for all there is.
    """

    series: str
    symbol: str
    start: date | None = None
    end: date | None = None


class Event(msgspec.Struct, frozen=True):
    """Something that makes prices before a session incomparable with those from it on.

    Attributes
    ----------
    session : datetime.date
        First session after the event (the ex-date; the first session of the new contract).
    kind : str
        ``split``, ``dividend`` or ``roll``.
    value : float
        New shares for one old; cash a share as traded then; or the new contract's price over the old one's.
    note : str
        E.g. the two contracts of a roll.
    """

    session: date
    kind: Literal["split", "dividend", "roll"]
    value: float
    note: str = ""


class Bars(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Daily bars as traded, unadjusted, in the order in which the source gave them.

    Attributes
    ----------
    series, symbol, provider : str
    sessions : numpy.ndarray of datetime64[D], shape (n,)
        Civil dates at the exchange.
    open, high, low, close, volume : numpy.ndarray of float64, shape (n,)
        NaN where the source has nothing.
    events : tuple of Event
        Splits, dividends and rolls within the span; `scanners.prices.quality.adjust` applies them.
    currency, timezone : str
        ISO code and IANA name; empty where the source does not tell.
    fetched_at : datetime.datetime
        Aware, UTC.
    package : str
        Name and version of what read the source.
    payload_hash : str
        SHA-256 of what the source sent.
    """

    series: str
    symbol: str
    provider: str
    sessions: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    events: tuple[Event, ...] = ()
    currency: str = ""
    timezone: str = ""
    fetched_at: datetime
    package: str
    payload_hash: str

    def __post_init__(self) -> None:
        if self.sessions.dtype != "datetime64[D]":
            raise ValueError(f"sessions must be datetime64[D], got {self.sessions.dtype}")
        for name in FIELDS:
            column = getattr(self, name)
            if column.dtype != np.float64 or column.shape != self.sessions.shape:
                raise ValueError(f"{name} must be float64 of shape {self.sessions.shape}, got {column.dtype}")

    def __len__(self) -> int:
        return len(self.sessions)

    def take(self, rows: np.ndarray) -> "Bars":
        """Return the bars at these positions (integers or a mask), in this order."""
        columns = {name: getattr(self, name)[rows] for name in ("sessions", *FIELDS)}
        return msgspec.structs.replace(self, **columns)

    def between(self, start: date | None, end: date | None) -> "Bars":
        """Return the bars and events of the sessions from ``start`` to ``end``, both inclusive."""
        first = start or date.min
        last = end or date.max
        inside = (self.sessions >= np.datetime64(first)) & (self.sessions <= np.datetime64(last))
        events = tuple(event for event in self.events if first <= event.session <= last)
        return msgspec.structs.replace(self.take(inside), events=events)


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a provider has no bars for a request, in a form that code can act on.

    Attributes
    ----------
    kind : str
        ``not_found`` (no such symbol), ``empty`` (no sessions in the span), ``rate_limited``, ``auth``,
        ``transient`` (worth another try), ``malformed`` (the answer is not what the service documents) or
        ``unsupported`` (the package or the option is missing).
    retry_after : float or None
        Seconds to wait, where the service said so.
    """

    series: str
    symbol: str
    provider: str
    kind: FailureKind
    message: str
    retry_after: float | None = None


class FetchError(Exception):
    """A failure on its way up inside a provider; `Provider.fetch` turns it into a `Failure`."""

    def __init__(self, kind: FailureKind, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.retry_after = retry_after

    def failure(self, request: Request, provider: str) -> Failure:
        """Return the failure of this request."""
        return Failure(
            series=request.series,
            symbol=request.symbol,
            provider=provider,
            kind=self.kind,
            message=str(self),
            retry_after=self.retry_after,
        )


def kind_of(status: int) -> FailureKind:
    """Return the kind of failure that an HTTP status stands for."""
    return _BY_STATUS.get(status, "transient" if status >= 500 else "malformed")


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for everything that a provider sends, and what it needs.

    Attributes
    ----------
    tells_events : bool
        It sends splits, dividends and rolls, so that one which is missing in what it sends was taken back.
    local : bool
        It costs nothing to ask for the whole series each time.
    withdraws : bool
        The source is the user's own: a session that is missing in it was taken out.
    shipped : bool
        The prices come with the program and are read there, not from the store.
    address : str
        Of the server that it reads, to ask whether there is a way to it; empty for none.
    package, extra : str
        Package that it needs beside those that are always there, and the extra that installs it.
    """

    tells_events: bool = False
    local: bool = False
    withdraws: bool = False
    shipped: bool = False
    address: str = ""
    package: str = ""
    extra: str = ""


class Provider(msgspec.Struct, frozen=True):
    """A source of bars.

    Attributes
    ----------
    name : str
        As in the ``symbols`` of a watchlist.
    fetch : callable
        ``fetch(requests, deadline)`` yields one `Bars` or `Failure` a request, in order, and raises for no
        failure of the source. ``deadline`` is on the clock of `time.monotonic`.
    interval : float
        Least seconds between two requests to the service.
    credentials : tuple of str
        Environment variables that must be set.
    traits : Traits
        What holds for all that it sends.
    read : callable, optional
        ``read(symbol)`` gives the closes of a series that is here, without a network: a `pandas.Series` of
        float64 on a `DatetimeIndex` named ``date``; raises a `CommandError` otherwise.
    clock : callable
        ``clock(symbol)`` says what its daily bar is, one of `scanners.prices.clocks`.
    """

    name: str
    fetch: Callable[[Sequence[Request], float], Iterator[Bars | Failure]]
    interval: float = 0.0
    credentials: tuple[str, ...] = ()
    traits: Traits = Traits()
    read: "Callable[[str], pd.Series] | None" = None
    clock: Callable[[str], str] = not_stated


def digest(*parts: bytes | np.ndarray) -> str:
    """Return the SHA-256 of what a source sent, bytes or columns."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part if isinstance(part, bytes) else part.tobytes())
    return total.hexdigest()


def encode(outcome: Bars | Failure) -> bytes:
    """Return an outcome as MessagePack, exact to the bit."""
    kind = "bars" if isinstance(outcome, Bars) else "failure"
    return msgspec.msgpack.encode((kind, outcome), enc_hook=_encode_array)


def decode(data: bytes) -> Bars | Failure:
    """Return what `encode` was given.

    Raises
    ------
    msgspec.DecodeError
        If the data are not an encoded outcome.
    """
    kind, raw = msgspec.msgpack.decode(data, type=tuple[str, msgspec.Raw])
    wanted: type[Bars] | type[Failure] = Bars if kind == "bars" else Failure
    return msgspec.msgpack.decode(raw, type=wanted, dec_hook=_decode_array)


def _encode_array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tobytes()
    raise NotImplementedError(f"cannot encode {type(value)}")


def _decode_array(wanted: type, value: Any) -> Any:
    if wanted is np.ndarray:
        dtype, data = value
        return np.frombuffer(data, dtype=dtype).copy()
    raise NotImplementedError(f"cannot decode {wanted}")
