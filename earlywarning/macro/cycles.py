"""Dominant cycle length through time, and whether it shortens."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import Series, finite_values, whole_number
from earlywarning.core.notebook import table
from earlywarning.core.null_refits import upper_share
from earlywarning.core.plain_values import label, plain
from earlywarning.slowing.trend import kendall_tau

FEWEST = 64
SMOOTH = 3  # neighbouring frequencies averaged
FINER = 8  # frequencies between two of the periodogram when a sine is fitted to all changes


@dataclass(frozen=True, eq=False)
class CycleLength:
    """Dominant cycle of the changes of a series in rolling windows.

    Attributes
    ----------
    period : pandas.Series
        Length of the dominant cycle in observations, by the last label of each window.
    tau : float
        Kendall tau of the lengths against time; negative when cycles shorten.
    p_value : float
        Two-sided, of no trend: share of null histories with as large a tau, the larger of those without a
        cycle and of those with one of constant length.
    peak : float
        Share of the last window's power that the dominant cycle has.
    peak_p_value : float
        Of that share in null histories.
    state : str
        ``compressing`` or ``lengthening`` when both p-values are small: a trend of the length, and a cycle
        in the last window that has it; else ``not identified``.
    window : int
    """

    period: pd.Series
    tau: float
    p_value: float
    peak: float
    peak_p_value: float
    state: str
    window: int

    def to_dict(self) -> dict[str, Any]:
        """Return the present reading as plain Python values."""
        hidden = {"period"}
        values = {
            name: plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in hidden
        }
        return values | {"present": float(self.period.iloc[-1])}

    def plot(self, ax: Any = None) -> Any:
        """Draw the length of the dominant cycle through time; return the axes."""
        from earlywarning.plot.macro import plot_cycle

        return plot_cycle(self, ax)

    def _repr_html_(self) -> str:
        rows = {
            "last window": f"{self.window} to {label(self.period.index, len(self.period) - 1)}",
            "dominant cycle": f"{self.period.iloc[-1]:.1f} observations (p = {self.peak_p_value:.3f})",
            "trend": f"{self.state}: tau {self.tau:+.2f} (p = {self.p_value:.3f})",
        }
        return table("Cycle length", rows)


def cycle_length(
    x: Series,
    *,
    window: int = 260,
    every: int = 4,
    shortest: float = 4.0,
    confidence: float = 0.95,
    replications: int = 299,
    seed: int = 0,
) -> CycleLength:
    """Follow the dominant cycle of a series through time and test whether its length changes.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Levels at equal time steps; log prices.
    window : int
        Observations of a window, at least 64; x must be at least twice as long.
    every : int
        Step between windows.
    shortest : float
        Shortest cycle looked for, in observations, at least 2; the longest is a third of the window.
    confidence : float
        One minus it is the size of the test.
    replications, seed : int
        Null histories; seed.

    Raises
    ------
    ValueError
        For missing values, too few points, changes that do not vary, or impossible options.

    Notes
    -----
    The periodogram is that of the changes, so that a random walk has no preferred length; in the levels it
    would always show the longest. Three neighbouring frequencies are averaged. Windows overlap, so the trend
    of their lengths is judged against histories that went through the same windows: the series' own changes
    with random signs, which keep every burst of volatility in its place and leave no cycle; and the sine that
    fits all changes best, with random signs for what it leaves, which is a cycle of constant length. Each
    null alone finds a trend too often where the other one is true.
    """
    window = whole_number(window, "window", FEWEST)
    every = whole_number(every, "every", 1)
    whole_number(replications, "replications", 19)
    if not 2 <= shortest < window / 3:
        raise ValueError(f"shortest must lie between 2 and a third of the window of {window}, got {shortest}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    levels, index = finite_values(x, "x", least=2 * window)
    steps = np.diff(levels) - np.diff(levels).mean()
    if np.ptp(steps) == 0:
        raise ValueError(f"x must have changes that vary, got {steps[0]:g} throughout")
    ends = np.arange(len(steps), window - 1, -every)[::-1]
    periods, peaks = _dominant(steps, ends, window, shortest)
    tau = kendall_tau(np.log(periods))
    rng = np.random.default_rng(seed)
    wave = _constant_cycle(steps, window, shortest)
    trends, shares = np.empty((2, replications)), np.empty(replications)
    for row in range(replications):
        signs = rng.choice([-1.0, 1.0], len(steps))
        for null, history in enumerate((signs * steps, wave + signs * (steps - wave))):
            lengths, share = _dominant(history, ends, window, shortest)
            trends[null, row] = abs(kendall_tau(np.log(lengths)))
            if null == 0:
                shares[row] = share[-1]
    p_value = max(upper_share(null, abs(tau)) for null in trends)
    peak_p_value = upper_share(shares, float(peaks[-1]))
    state = "not identified"
    if max(p_value, peak_p_value) <= 1 - confidence:
        state = "compressing" if tau < 0 else "lengthening"
    return CycleLength(
        period=pd.Series(periods, index=index[ends]),
        tau=tau,
        p_value=p_value,
        peak=float(peaks[-1]),
        peak_p_value=peak_p_value,
        state=state,
        window=window,
    )


def _constant_cycle(steps: np.ndarray, window: int, shortest: float) -> np.ndarray:
    """Return the sine of the strongest frequency of all changes, among those that windows look for."""
    padded = FINER * len(steps)
    frequency = np.fft.rfftfreq(padded)
    power = np.abs(np.fft.rfft(steps, padded)) ** 2
    power[(frequency < 3 / window) | (frequency > 1 / shortest)] = -1.0
    phase = 2 * np.pi * frequency[np.argmax(power)] * np.arange(len(steps))
    columns = np.column_stack([np.cos(phase), np.sin(phase)])
    return columns @ np.linalg.lstsq(columns, steps, rcond=None)[0]


def _dominant(
    steps: np.ndarray, ends: np.ndarray, window: int, shortest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return length and power share of the dominant cycle of the changes in each window."""
    rows = np.lib.stride_tricks.sliding_window_view(steps, window)[ends - window]
    frequency = np.fft.rfftfreq(window)
    chosen = np.flatnonzero((frequency >= 3 / window) & (frequency <= 1 / shortest))
    first, width = chosen[0] - SMOOTH // 2, len(chosen)
    waves = np.fft.rfft(rows - rows.mean(axis=1, keepdims=True), axis=1)[
        :, first : first + width + SMOOTH - 1
    ]
    power = waves.real**2 + waves.imag**2
    smooth = np.mean([power[:, j : j + width] for j in range(SMOOTH)], axis=0)
    best = np.argmax(smooth, axis=1)
    share = smooth[np.arange(len(smooth)), best] / smooth.sum(axis=1)
    return 1.0 / frequency[chosen[best]], share
