"""The feedback state of debt dynamics through time, with memory."""

from typing import Any

import numpy as np

from earlywarning.core.input_checks import Series
from earlywarning.macro.debt_dynamics import nowhere_ratios, recent_growth
from earlywarning.macro.debt_roots import slope_at
from earlywarning.macro.debt_table import FEWEST, as_record
from earlywarning.macro.fiscal_reaction import Reaction, Record, fit_reaction
from earlywarning.macro.state_memory import DROP, StateMemory, remembered, state_memory

# Standard deviations from the mean of histories in which debt is drawn nowhere, at which its slope over its
# error takes up a state, so that they have one on 5% of dates; scripts/systems_states.py.
CONVERGENT, DIVERGENT = 2.3, 2.0
HISTORIES, YEARS = 99, 5  # simulated a year; years whose means and spreads are averaged
_LOWEST = 0.5  # of a level


def debt_memory(
    debt: Series,
    balance: Series,
    *,
    growth: Series | None = None,
    controls: Any = None,
    dt: float = 1.0,
    errors: str = "ar1",
    recent: float = 10.0,
) -> StateMemory:
    """Return through time whether debt dynamics converge or diverge, by ``r - g`` less the reaction.

    Parameters
    ----------
    debt, balance, growth, controls, dt, errors, recent
        As for `earlywarning.debt_limit`.

    Raises
    ------
    ValueError
        As there.

    Notes
    -----
    The slope of each date, with a linear reaction, comes from the table up to it, and so do the levels of its
    t: new rows change nothing that was said before them.
    """
    record, index, outlook = as_record(debt, balance, growth, controls, dt)
    n = len(record.growth)
    t = np.full(n, np.nan)
    dates = np.arange(int(record.rows[FEWEST - 1]) + 1, n + 1)
    given = None if growth is None else outlook
    t[dates - 1] = slope_ratios(record, given, dates, errors, recent)
    convergent, divergent = np.full((2, n), np.nan)
    convergent[dates - 1], divergent[dates - 1] = levels(record, given, dates, errors, recent)
    return state_memory(t, convergent, divergent, index)


def levels(
    record: Record, outlook: np.ndarray | None, dates: np.ndarray, errors: str, recent: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sizes of t from which debt converges and diverges at each date.

    Parameters
    ----------
    record, outlook, dates, errors, recent
        As for `slope_ratios`; the dates in a row.

    Notes
    -----
    Slopes over errors of debt that is drawn nowhere are far from normal: persistent errors move the debt that
    they are regressed on, so their mean lies below zero, and their spread grows with persistence. Both come
    from simulated histories, `earlywarning.macro.debt_dynamics.nowhere_ratios`, once a year from the table up
    to then.
    """
    every = max(round(1 / record.dt), 1)
    known, moments = [], np.empty((len(dates), 2))
    for place, periods in enumerate(dates):
        if place % every == 0:
            part, ahead = _part(record, outlook, int(periods))
            known += _moments(part, ahead, errors, recent, int(periods))
        moments[place] = np.mean(known[-YEARS:], axis=0) if known else (0.0, np.inf)
    mean, spread = moments.T
    return (
        np.maximum(CONVERGENT * spread - mean, _LOWEST),
        np.maximum(mean + DIVERGENT * spread, _LOWEST),
    )


def _moments(
    record: Record, outlook: np.ndarray, errors: str, recent: float, seed: int
) -> list[tuple[float, float]]:
    """Return mean and spread of the ratios of debt that is drawn nowhere; none where too few have one."""
    fitted = _linear(record, errors)
    if fitted is None:
        return []
    growth = recent_growth(outlook, _recent_rows(record, recent))
    null = nowhere_ratios(record, fitted, growth, HISTORIES, np.random.SeedSequence(seed), 1)
    null = null[np.isfinite(null)]
    return [(float(null.mean()), float(null.std()))] if len(null) > HISTORIES / 2 else []


def slope_ratios(
    record: Record, outlook: np.ndarray | None, dates: np.ndarray, errors: str, recent: float
) -> np.ndarray:
    """Return the slope of debt dynamics over its error after each of some numbers of periods.

    Parameters
    ----------
    record : Record
    outlook : numpy.ndarray, optional
        ``r - g`` of each period that holds for the future; the record's own without it.
    dates : numpy.ndarray of int
        Numbers of periods, each with at least 30 balances.
    errors : {"ar1", "hac"}
    recent : float
        Units of time whose mean ``r - g`` holds for the future.
    """
    found = np.empty(len(dates))
    for place, periods in enumerate(dates):
        part, ahead = _part(record, outlook, int(periods))
        found[place] = _ratio(part, ahead, errors, recent)
    return found


def state_ahead(
    memory: StateMemory,
    record: Record,
    balance: float,
    growth: float,
    steps: int,
    errors: str,
    recent: float,
) -> np.ndarray:
    """Return the states that follow if balance and ``r - g`` stay at one value from now on, shape (steps,).

    The levels of t are those of the last date.

    Parameters
    ----------
    memory : StateMemory
        Of the record, by `debt_memory`.
    record : Record
    balance, growth : float
        Per cent of GDP; per unit of time.
    steps : int
        Periods ahead.
    errors, recent
        As for `debt_memory`.
    """
    n, debt = len(record.growth), list(record.debt)
    for _ in range(steps):
        debt.append(debt[-1] + record.dt * (growth * debt[-1] - balance))
    extra = record.controls.mean(axis=0) + np.zeros((steps, record.controls.shape[1]))
    longer = Record(
        np.array(debt),
        np.append(record.growth, np.full(steps, growth)),
        np.append(record.rows, np.arange(n, n + steps)),
        np.append(record.balance, np.full(steps, balance)),
        np.vstack([record.controls, extra]),
        record.dt,
    )
    t = slope_ratios(longer, longer.growth, np.arange(n + 1, n + steps + 1), errors, recent)
    ratio = np.append(memory.ratio[-DROP:], t / np.where(t < 0, memory.convergent, memory.divergent))
    return remembered(ratio, memory.state)[-steps:]


def _part(record: Record, outlook: np.ndarray | None, periods: int) -> tuple[Record, np.ndarray]:
    part = _until(record, periods)
    return part, part.growth if outlook is None else outlook[:periods]


def _until(record: Record, periods: int) -> Record:
    """Return the record of the first periods; a balance that is not known yet is the last known."""
    debt, seen = record.debt[: periods + 1], record.rows < periods
    rows, balance, controls = record.rows[seen], record.balance[seen], record.controls[seen]
    rates = record.growth[:periods]
    if len(rows) < periods and (debt[:-1] > 0).all():
        rates = (np.diff(debt) / record.dt + np.interp(np.arange(periods), rows, balance)) / debt[:-1]
    controls = np.ascontiguousarray(controls - controls.mean(axis=0))
    return Record(debt, rates, rows, np.ascontiguousarray(balance), controls, record.dt)


def _ratio(record: Record, outlook: np.ndarray, errors: str, recent: float) -> float:
    """Return the slope of debt dynamics over its error; NaN where debt or balance does not vary yet."""
    linear = _linear(record, errors)
    if linear is None:
        return float("nan")
    growth = recent_growth(outlook, _recent_rows(record, recent))
    slope, error = slope_at(linear, growth, record, float(record.debt[-1]))
    return slope / error if error > 0 else float("nan")


def _linear(record: Record, errors: str) -> Reaction | None:
    lags = int(4 * (len(record.balance) / 100) ** (2 / 9)) if errors == "hac" else -1
    try:
        return fit_reaction(record, 1, lags)
    except ValueError:
        return None


def _recent_rows(record: Record, recent: float) -> int:
    return max(round(recent / record.dt), 4)
