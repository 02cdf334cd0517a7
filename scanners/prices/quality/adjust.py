"""Prices made comparable across splits, dividends and futures rolls, from bars as traded."""

from collections.abc import Iterable

import numpy as np

from scanners.core.adjustment import adjustment_factors
from scanners.prices.interface import Bars, Event


def adjustment(sessions: np.ndarray, close: np.ndarray, events: Iterable[Event]) -> np.ndarray:
    """Return the factor that makes each raw price comparable with the last one.

    The formula is that of `scanners.core.adjustment.adjustment_factors`; the last bar keeps its price.

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
    price, _ = adjustment_factors(sessions, close, as_actions(events))
    return price


def as_actions(events: Iterable[Event]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return events as ex-dates, strictly increasing, with the split, dividend and roll of each.

    Raises
    ------
    ValueError
        If the value of an event is not positive.
    """
    events = list(events)
    wrong = next((event for event in events if not event.value > 0), None)
    if wrong is not None:
        raise ValueError(f"{wrong.kind} of {wrong.session} must be positive, got {wrong.value:g}")
    days = np.array(sorted({event.session for event in events}), dtype="datetime64[D]")
    split, dividend, roll = np.ones(len(days)), np.zeros(len(days)), np.ones(len(days))
    for event in events:
        row = int(np.searchsorted(days, np.datetime64(event.session)))
        if event.kind == "dividend":
            dividend[row] += event.value
        else:
            (split if event.kind == "split" else roll)[row] *= event.value
    return days, split, dividend, roll


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
    if not bars.events:
        return bars.close
    return bars.close * adjustment(bars.sessions, bars.close, bars.events)
