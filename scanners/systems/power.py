"""How often an effect of the claimed size would have been found by now, had it begun a while ago."""

from functools import lru_cache

import numpy as np
import pandas as pd

from earlywarning._kernels.debt import ar1_errors, debt_path
from earlywarning.core.null_refits import drift_statistics
from earlywarning.macro.debt_memory import slope_ratios
from earlywarning.macro.fiscal_reaction import Record
from earlywarning.macro.sign_memory import sign_memory
from earlywarning.macro.state_memory import DIVERGENT, TAKE, convergent_level, remembered
from scanners.systems.permutations import permutation_p_value

HISTORIES = 100
TURN = 0.6  # slope of a level's drift a year, from below zero to above
DEBT_TURN = 0.05  # slope of debt dynamics a year, likewise
_FEWER = 40  # histories of what is refitted at every date
FLIGHT = 0.02  # p from which the response to shocks is another
_A_YEAR = {"day": 250, "week": 52, "month": 12, "quarter": 4, "year": 1}


@lru_cache(maxsize=256)
def found_after(steps: int, window: int, spread: int, effect: float, paired: bool) -> float:
    """Return the share of simulated histories that hold the sign ``steps`` after it began.

    Parameters
    ----------
    steps : int
        Observations since the effect began.
    window, spread : int
        Of the rolling fit.
    effect : float
        Correlation of the two changes, of the other sign before; or the mean of one in standard deviations,
        nought before.
    paired : bool
        Whether it is a correlation.
    """
    before = max(2 * window, spread)
    sign = np.where(np.arange(before + steps) < before, -1.0, 1.0)
    hits = 0
    for history in range(HISTORIES):
        rng = np.random.default_rng([history, steps])
        noise, x = rng.standard_normal((2, before + steps))
        if paired:
            y = effect * sign * x + np.sqrt(1.0 - effect**2) * noise
        else:
            y = effect * (sign > 0) + noise
        found = sign_memory(
            pd.Series(y), pd.Series(x) if paired else None, window=window, spread=0 if paired else spread
        )
        hits += found.sign > 0
    return hits / HISTORIES


def power_line(window: int, spread: int, effect: float, paired: bool, period: str) -> str:
    """Return in words how often a turn one, two and four years ago would be found by now."""
    years = (1, 2, 4)
    shares = [found_after(year * _A_YEAR[period], window, spread, effect, paired) for year in years]
    begun = f"turned to the other sign with a correlation of {effect:g}"
    if not paired:
        begun = f"begun to move by {effect:g} standard deviations a {period}"
    return _told(begun, shares, years)


def event_power(window: int, effect: float, what: str) -> str:
    """Return in words how often a mean response that began some events ago would be found by now."""
    counts = (window // 2, window, 2 * window)
    shares = [found_after(count, window, 0, effect, False) for count in counts]
    told = ", ".join(f"{share:.0%} after {count}" for share, count in zip(shares, counts, strict=True))
    return (
        f"Had it begun to move by {effect:g} standard deviations a time, it would be found in {told} {what}."
    )


def shocks_power(before: np.ndarray, bond: int, dollar: int, last: int, effect: float) -> str:
    """Return in words how often a flight from bond and dollar would be found after so many shocks.

    Parameters
    ----------
    before : numpy.ndarray, shape (n, k)
        Moves after the shocks before, which the simulated ones before are drawn from.
    bond, dollar : int
        Columns that move by ``effect`` standard deviations, up and down, once the flight began.
    last : int
        Shocks that are compared with those before.
    effect : float
    """
    counts = sorted({max(last // 3, 1), 2 * last // 3, last})
    rng, hits = np.random.default_rng(0), dict.fromkeys(counts, 0)
    moved, spread = before.mean(axis=0), before.std(axis=0)
    moved[[bond, dollar]] = effect * spread[bond], -effect * spread[dollar]
    for _ in range(_FEWER):
        drawn = before[rng.integers(len(before), size=len(before) + last)]
        fled = drawn[-last:] - before.mean(axis=0) + moved
        for count in counts:
            values = np.concatenate([drawn[: len(before) + last - count], fled[:count]])
            mean = values[-last:].mean(axis=0)
            away = mean[bond] > 0 > mean[dollar]
            hits[count] += away and permutation_p_value(values, last, 99) <= FLIGHT
    told = ", ".join(f"{hit / _FEWER:.0%} after {count}" for count, hit in hits.items())
    return (
        f"Had yields begun to rise and the dollar to fall by {effect:g} standard deviations a shock, it "
        f"would be found in {told} shocks."
    )


@lru_cache(maxsize=64)
def portrait_power(figures: int, a_year: int, lags: int | None) -> str:
    """Return in words how often a level that turned to divergence would be found by now.

    Parameters
    ----------
    figures : int
        Of the window.
    a_year : int
        Figures a year.
    lags : int, optional
        As for `earlywarning.macro.state_memory.portrait_memory`.
    """
    years = (1, 2, 4)
    n, after = figures, min(4 * a_year, figures // 2)
    noise = np.random.default_rng(figures).standard_normal((_FEWER, n + after))
    paths = np.zeros_like(noise)
    slope = TURN / a_year
    for place in range(1, n + after):
        push = slope if place >= n else -slope
        paths[:, place] = (1 + push) * paths[:, place - 1] + noise[:, place]
    width = int(4 * ((n - 1) / 100) ** (2 / 9)) if lags is None else lags
    ends = np.arange(n, n + after)
    windows = (np.ascontiguousarray(paths[:, end + 1 - n : end + 1]) for end in ends)
    t = np.array([drift_statistics(each, 3, width, np.empty(0))[:, 2] for each in windows])
    ratio = t / np.where(t < 0, convergent_level(n - 1, width), DIVERGENT)
    states = np.array([remembered(one) for one in ratio.T])
    shares = [float((states[:, year * a_year - 1] > 0).mean()) for year in years if year * a_year <= after]
    return _told(f"turned from a slope of {-slope:+.2f} a figure to {slope:+.2f}", shares, years)


def debt_power(record: Record, rho: float, spread: float, errors: str, recent: float, level: float) -> str:
    """Return in words how often debt dynamics that turned to divergence would be found by now.

    Parameters
    ----------
    record : Record
        Its length, the size of its debt and of the moves of its ``r - g``.
    rho, spread : float
        Autocorrelation of the balance's errors, and the standard deviation of their innovations.
    errors, recent
        As for `earlywarning.macro.debt_memory.debt_memory`.
    level : float
        Slope over its error from which it is divergent.
    """
    n = len(record.growth)
    most = int((n - 31) * record.dt)
    years = [year for year in (5, 10, 20) if year <= most]
    shares = [_divergent(record, rho, spread, errors, recent, level, year, max(years)) for year in years]
    always = _divergent(record, rho, spread, errors, recent, level, 0, 0)
    told = _told(f"turned from a slope of {-DEBT_TURN:+.2f} a year to {DEBT_TURN:+.2f}", shares, tuple(years))
    return f"{told} Divergent from the beginning of the table on, it would be found in {always:.0%}.".strip()


def _divergent(
    record: Record,
    rho: float,
    spread: float,
    errors: str,
    recent: float,
    level: float,
    after: int,
    turned: int,
) -> float:
    """Return the share of simulated debts that are taken up as divergent some years after they turned.

    ``turned`` is how many years before the end they did; none of them means from the beginning.
    """
    n, dt = len(record.growth), record.dt
    turn = n - round(turned / dt) if turned else 0
    last = turn + round(after / dt) if turned else n
    dates = np.arange(last - TAKE + 1, last + 1)
    size, moves = float(np.median(record.debt)), float(record.growth.std())
    still, fled = (np.array([0.0, -side * DEBT_TURN * size]) for side in (-1, 1))
    found = 0
    for history in range(_FEWER):
        rng = np.random.default_rng([history, n])
        rates = moves * rng.standard_normal(n)
        fallen = ar1_errors(spread * rng.standard_normal(n), min(rho, 0.95))
        room = np.zeros(n)
        debt, balance = debt_path(size, rates[:turn], still, size, size, room, fallen[:turn], dt)
        later = debt_path(debt[-1], rates[turn:], fled, size, size, room, fallen[turn:], dt)
        debt, balance = np.append(debt, later[0][1:]), np.append(balance, later[1])
        whole = Record(debt, rates, np.arange(n), balance, np.empty((n, 0)), dt)
        found += bool((slope_ratios(whole, rates, dates, errors, recent) >= level).all())
    return found / _FEWER


def _told(begun: str, shares: list[float], years: tuple[int, ...]) -> str:
    told = ", ".join(f"{share:.0%} after {year}" for year, share in zip(years, shares, strict=False))
    return f"Had it {begun}, it would be found in {told} years." if shares else ""
