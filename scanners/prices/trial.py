"""Which sources answer from here, and how fast: a few days of a few series of each, side by side."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from scanners.prices.fetch import Options, fetch_all
from scanners.prices.providers.registry import traits_of

if TYPE_CHECKING:
    from scanners.config.watchlist import Entry

SPAN = timedelta(days=20)
MOST = 3  # series of a provider


class Trial(msgspec.Struct, frozen=True):
    """What came of one provider.

    Attributes
    ----------
    provider : str
    asked, answered : int
        Series.
    seconds : float
        Median time of one that answered, with the pace of the service; NaN without one.
    failures : tuple of str
        Series, kind and message of each that did not.
    """

    provider: str
    asked: int
    answered: int
    seconds: float
    failures: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, float]:
        """Sort key: who answers most stands first, then who answers fastest."""
        return (-self.answered / self.asked, self.seconds if self.answered else float("inf"))


def try_all(
    entries: Sequence["Entry"], *, timeout: float, options: Options | None = None, today: date | None = None
) -> tuple[Trial, ...]:
    """Ask every provider that a watchlist names for recent days of its first series; the best stands first.

    Parameters
    ----------
    entries : sequence of Entry
    timeout : float
        Seconds for all together.
    options : mapping, optional
        As in `scanners.prices.fetch.fetch_all`.
    today : datetime.date, optional
    """
    chosen: dict[str, list[Entry]] = {}
    for entry in entries:
        for name, symbol in entry.symbols.items():
            if len(chosen.setdefault(name, [])) < MOST:
                chosen[name].append(msgspec.structs.replace(entry, symbols={name: symbol}))
    remote = [name for name, traits in traits_of(chosen, options).items() if not traits.local]
    deadline, found = time.monotonic() + timeout, dict[str, Trial]()
    start = (today or date.today()) - SPAN

    def run(name: str) -> None:
        found[name] = _try(name, chosen[name], deadline, options, start)

    threads = [threading.Thread(target=run, args=(name,), daemon=True) for name in remote]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tuple(sorted(found.values(), key=lambda trial: trial.rank))


def _try(
    name: str, entries: Sequence["Entry"], deadline: float, options: Options | None, start: date
) -> Trial:
    seconds, failures, moment = [], [], time.monotonic()
    starts = {entry.name: start for entry in entries}
    for outcome in fetch_all(entries, deadline=deadline, options=options, starts=starts):
        now = time.monotonic()
        if outcome.bars is not None:
            seconds.append(now - moment)
        failures += [f"{outcome.series}: {each.kind}, {each.message}" for each in outcome.failures]
        moment = now
    typical = median(seconds) if seconds else float("nan")
    return Trial(name, len(entries), len(seconds), typical, tuple(failures))


def better_order(entries: Iterable["Entry"], trials: Sequence[Trial]) -> Mapping[str, tuple[str, ...]]:
    """Return for each series whose first source did not answer those that did, the best first."""
    place = {trial.provider: trial for trial in trials}
    better = {}
    for entry in entries:
        tried = [place[name] for name in entry.symbols if name in place]
        working = sorted((trial for trial in tried if trial.answered), key=lambda trial: trial.rank)
        if tried and working and not tried[0].answered:
            better[entry.name] = tuple(trial.provider for trial in working)
    return better
