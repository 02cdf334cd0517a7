"""Prices made comparable across splits, dividends and futures rolls, from bars as traded."""

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from scanners.prices.interface import Bars, Event


def adjustment(sessions: np.ndarray, close: np.ndarray, events: Iterable[Event]) -> np.ndarray:
    """Return the factor that makes each raw price comparable with the last one.

    A split of ``value`` new shares for one divides earlier prices by it, a roll multiplies them by the new
    contract's price over the old one's, a dividend multiplies them by ``1 - value / close`` with the close of
    the session before the ex-date, in the shares of the ex-date. The last bar keeps its price.

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
        If the value of an event is not positive, or a dividend is not below the close before it.
    """
    factor = np.ones(len(sessions))
    events = sorted(events, key=lambda event: event.session)
    for session, same_day in groupby(events, key=lambda event: event.session):
        before = int(np.searchsorted(sessions, np.datetime64(session)))
        inside = 0 < before < len(sessions)
        step = _step(list(same_day), close[before - 1] if inside else np.inf)
        if inside:
            factor[:before] *= step
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


def _step(events: list[Event], close_before: float) -> float:
    """Return the factor of one session's events; a dividend is paid on the shares after a split."""
    step = 1.0
    for event in sorted(events, key=lambda event: event.kind == "dividend"):
        if not event.value > 0:
            raise ValueError(f"{event.kind} of {event.session} must be positive, got {event.value:g}")
        if event.kind == "split":
            step /= event.value
        elif event.kind == "roll":
            step *= event.value
        elif event.value < close_before * step:
            step *= 1 - event.value / (close_before * step)
        else:
            raise ValueError(
                f"dividend of {event.session} must be below the close before it, {close_before * step:g}, "
                f"got {event.value:g}"
            )
    return step
