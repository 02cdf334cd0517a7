"""Prices made comparable across splits, dividends and futures rolls, from bars as traded."""

from collections.abc import Iterable

import numpy as np

from scanners.prices.interface import Bars, Event


def adjustment(sessions: np.ndarray, close: np.ndarray, events: Iterable[Event]) -> np.ndarray:
    """Return the factor that makes each raw price comparable with the last one.

    A split of ``value`` new shares for one divides earlier prices by it, a roll multiplies them by the new
    contract's price over the old one's, a dividend multiplies them by ``1 - value / close`` with the raw
    close of the session before the ex-date. The last bar keeps its price.

    Parameters
    ----------
    sessions : numpy.ndarray of datetime64[D], shape (n,)
        Strictly increasing.
    close : numpy.ndarray of float64, shape (n,)
        Raw closes, positive.
    events : iterable of Event
        In any order; those before the first or after the last session change nothing.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)

    Raises
    ------
    ValueError
        If an event's value is not positive, or a dividend is not below the close before it.
    """
    factor = np.ones(len(sessions))
    for event in sorted(events, key=lambda event: event.session):
        before = int(np.searchsorted(sessions, np.datetime64(event.session)))
        if not event.value > 0:
            raise ValueError(f"{event.kind} of {event.session} must be positive, got {event.value:g}")
        if before in (0, len(sessions)):
            continue
        factor[:before] *= _step(event, close[before - 1])
    return factor


def impossible(sessions: np.ndarray, close: np.ndarray, events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events that `adjustment` would refuse."""
    refused = []
    for event in events:
        try:
            adjustment(sessions, close, [event])
        except ValueError:
            refused.append(event)
    return tuple(refused)


def adjusted_close(bars: Bars) -> np.ndarray:
    """Return the closes of sorted bars, adjusted for the events they carry."""
    return bars.close * adjustment(bars.sessions, bars.close, bars.events)


def _step(event: Event, close_before: float) -> float:
    if event.kind == "split":
        return 1 / event.value
    if event.kind == "roll":
        return event.value
    if not event.value < close_before:
        raise ValueError(
            f"dividend of {event.session} must be below the close {close_before:g}, got {event.value:g}"
        )
    return 1 - event.value / close_before
