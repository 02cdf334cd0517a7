"""Bars for a watchlist: each series from the first of its providers that has it, providers side by side."""

import os
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from scanners.core.errors import CommandError
from scanners.prices.interface import Bars, Failure, FetchError, Provider, Request
from scanners.prices.providers.registry import open_provider

if TYPE_CHECKING:
    from scanners.config.watchlist import Entry

# Seconds beyond the deadline that a provider has to give up by itself.
_GRACE = 15.0
# Refusals in a row after which a service that limits its callers is asked no more in this run.
_PATIENCE = 3

Options = Mapping[str, Mapping[str, Any]]


class Outcome(msgspec.Struct, frozen=True):
    """What came of one series.

    Attributes
    ----------
    series : str
    bars : Bars or None
        From the first provider that had them; their ``provider`` says which.
    failures : tuple of Failure
        Of the providers tried before, in order; the fall-back is on the record.
    """

    series: str
    bars: Bars | None
    failures: tuple[Failure, ...]


def fetch_all(
    entries: Sequence["Entry"],
    *,
    deadline: float,
    options: Options | None = None,
    starts: Mapping[str, date] | None = None,
    end: date | None = None,
    only: Sequence[str] | None = None,
) -> Iterator[Outcome]:
    """Yield one outcome a series, as they come in.

    Parameters
    ----------
    entries : sequence of Entry
        Of a watchlist; the order of an entry's symbols is the order in which its providers are tried.
    deadline : float
        On the clock of `time.monotonic`.
    options : mapping, optional
        Provider -> keyword arguments, e.g. ``{"csv": {"folder": "prices"}}``.
    starts : mapping, optional
        Series -> first session wanted; all of the history for the others.
    end : datetime.date, optional
        Last session wanted.
    only : sequence of str, optional
        Providers to use; the others are passed over.
    """
    starts = starts or {}
    wanted = {entry.name: Request(entry.name, "", starts.get(entry.name), end) for entry in entries}
    left = {
        entry.name: [pair for pair in entry.symbols.items() if only is None or pair[0] in only]
        for entry in entries
    }
    failures: dict[str, list[Failure]] = {entry.name: [] for entry in entries}
    providers = _Providers(options or {})
    for name in [name for name, pairs in left.items() if not pairs]:
        yield Outcome(name, None, ())
        del left[name]
    while left:
        batches: dict[str, list[Request]] = {}
        for name, pairs in left.items():
            provider, symbol = pairs.pop(0)
            batches.setdefault(provider, []).append(msgspec.structs.replace(wanted[name], symbol=symbol))
        for outcome in _side_by_side(batches, providers, deadline):
            name = outcome.series
            if isinstance(outcome, Failure):
                failures[name].append(outcome)
            if isinstance(outcome, Bars) or not left[name]:
                bars = outcome if isinstance(outcome, Bars) else None
                yield Outcome(name, bars, tuple(failures[name]))
                del left[name]


def _side_by_side(
    batches: Mapping[str, list[Request]], providers: "_Providers", deadline: float
) -> Iterator[Bars | Failure]:
    """Run a thread a provider; one that does not keep the deadline is left behind."""
    done: queue.SimpleQueue[tuple[str, Bars | Failure]] = queue.SimpleQueue()
    stop = threading.Event()

    def run(name: str, requests: list[Request]) -> None:
        for outcome in _answers(name, requests, providers, deadline):
            done.put((name, outcome))
            if stop.is_set():
                return

    for name, requests in batches.items():
        threading.Thread(target=run, args=(name, requests), name=f"prices-{name}", daemon=True).start()
    waiting = {(name, request.series): request for name, requests in batches.items() for request in requests}
    try:
        while waiting:
            name, outcome = done.get(timeout=max(0.0, deadline - time.monotonic()) + _GRACE)
            del waiting[name, outcome.series]
            yield outcome
    except queue.Empty:
        error = FetchError("transient", "the provider did not keep the deadline")
        yield from [error.failure(request, name) for (name, _), request in waiting.items()]
    finally:
        stop.set()


def _answers(
    name: str, requests: list[Request], providers: "_Providers", deadline: float
) -> Iterator[Bars | Failure]:
    """Yield exactly one outcome a request, whatever the provider does."""
    answered = refused = 0
    try:
        provider = providers.open(name)
        missing = [variable for variable in provider.credentials if not os.environ.get(variable)]
        if missing:
            raise FetchError("auth", f"set the environment variable {', '.join(missing)}")
        for request, outcome in zip(requests, provider.fetch(requests, deadline), strict=False):
            if not isinstance(outcome, Bars | Failure) or outcome.series != request.series:
                raise FetchError("malformed", "the provider answered for another series")
            answered += 1
            refused = refused + 1 if isinstance(outcome, Failure) and outcome.kind == "rate_limited" else 0
            yield outcome
            if refused == _PATIENCE:
                raise FetchError("rate_limited", f"left alone after {_PATIENCE} refusals in a row")
        error = FetchError("malformed", "the provider ended without an answer")
    except FetchError as failure:
        error = failure
    except CommandError as failure:
        error = FetchError("unsupported", str(failure))
    except Exception as failure:  # noqa: BLE001  a plug-in may raise anything; its message may hold a secret
        error = FetchError("malformed", f"the provider failed with {type(failure).__name__}")
    for request in requests[answered:]:
        yield error.failure(request, name)


class _Providers:
    """Providers by name, each opened once, so that its pace holds over all rounds."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._open: dict[str, Provider] = {}

    def open(self, name: str) -> Provider:
        if name not in self._open:
            self._open[name] = open_provider(name, self._options.get(name))
        return self._open[name]
