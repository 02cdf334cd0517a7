"""Evidence of one series at dates of a panel: counts of windows that qualify, critical times, bifurcation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

import lppl
from lppl.core.series import Prices, check
from lppl.fitting.window_fits import WindowFits
from lppl.fitting.windows import fit_together

BLOCK = 21  # sessions: a month of looks, every grid of looks contains the first of each block
FIRST = 604  # position of the first look: 20 of the 26 windows fit on each of its three sessions
BANDS = {"short": (125, 325), "medium": (350, 550), "long": (575, 750)}  # window lengths, inclusive
TOGETHER = 12  # looks fitted in one pass over the grid
REFITS = 20  # a window, for trust: of a subsample, and a mean over windows


def looks(n: int, step: int, first: int = FIRST) -> np.ndarray:
    """Return the positions of the looks at a series of ``n`` sessions.

    Parameters
    ----------
    n : int
        Sessions of the series.
    step : int
        Sessions between looks: a multiple of 21, or fewer. Below 21 every block of 21 sessions has the looks
        ``0, step, 2 step, ..`` as far as ``step`` more sessions are left in it, so that coarser looks are
        among the finer ones.
    first : int
        Position of the first look.

    Raises
    ------
    ValueError
        If the step is neither.
    """
    if step < 1 or (step > BLOCK and step % BLOCK):
        raise ValueError(f"step must lie in [1, {BLOCK}] or be a multiple of it, got {step}")
    if step >= BLOCK:
        return np.arange(first, n, step)
    inside = np.arange(0, BLOCK - step + 1, step)
    found = (np.arange(first, n, BLOCK)[:, None] + inside).ravel()
    return found[found < n]


def bubble_rows(closes: pd.Series, at: Sequence[int]) -> pd.DataFrame:
    """Return the numbers of the nested fits of the ``daily`` preset at some positions, a row each.

    Parameters
    ----------
    closes : pandas.Series
        Positive closes on increasing dates; nothing after a position is read for it.
    at : sequence of int
        Increasing positions, each at least 126.

    Returns
    -------
    pandas.DataFrame
        ``position``; ``attempted``, ``failed``, ``at_bound`` windows; ``up_FILTER_BAND`` and
        ``down_FILTER_BAND``, windows that pass; ``C``, ``C_down``, means over the filters of their shares;
        ``C3``, ``C3_down``, means over three sessions, NaN where no window qualifies upwards on the last;
        ``tc_low``, ``tc_median``, ``tc_high``, the 10, 50 and 90% quantiles of the sessions to the critical
        time over windows that pass a filter upwards; ``tc_best``, that of the longest such window.

    Notes
    -----
    C3 asks for three times the fits, and is below any threshold where C is zero in all but a few cases:
    there it is left out.
    """
    checked = check(closes, "trading", "log")
    rows = []
    for k in range(0, len(at), TOGETHER):
        rows += _together(checked, [int(i) for i in at[k : k + TOGETHER]])
    return pd.DataFrame(rows)


def _together(checked: Prices, at: list[int]) -> list[dict]:
    rows = [_row(fits, place) for fits, place in zip(_fits(checked, at), at, strict=True)]
    again = [(row, place) for row, place in zip(rows, at, strict=True) if row["C"] > 0.0]
    before = [place - k for _, place in again for k in (2, 1)]
    earlier = [_consensus(fits) for fits in _fits(checked, before)]
    for k, (row, _) in enumerate(again):
        (up1, down1), (up2, down2) = earlier[2 * k : 2 * k + 2]
        row["C3"] = (up1 + up2 + row["C"]) / 3
        row["C3_down"] = (down1 + down2 + row["C_down"]) / 3
    return rows


def _fits(checked: Prices, at: Sequence[int]) -> list[WindowFits]:
    daily, found = lppl.PRESETS["daily"], []
    for k in range(0, len(at), TOGETHER):
        part = at[k : k + TOGETHER]
        found += fit_together(
            [checked.until(i) for i in part],
            [daily.available(i + 1) for i in part],
            daily.space,
            second=False,
        )
    return found


def _passed(windows: WindowFits) -> dict[str, np.ndarray]:
    return {name: rule.passes(windows) for name, rule in lppl.PRESETS["daily"].filters.items()}


def _consensus(windows: WindowFits) -> tuple[float, float]:
    found = np.array(list(_passed(windows).values()))
    return float((found & (windows.B < 0)).mean()), float((found & (windows.B > 0)).mean())


def _row(windows: WindowFits, place: int) -> dict:
    passed = _passed(windows)
    bound = (windows.at_tc != 0) | (windows.at_m != 0) | (windows.at_omega != 0)
    row: dict = {
        "position": place,
        "attempted": len(windows),
        "failed": int((~(windows.success & windows.converged)).sum()),
        "at_bound": int(bound.sum()),
    }
    for side, mask in (("up", windows.B < 0), ("down", windows.B > 0)):
        for name, good in passed.items():
            for band, (low, high) in BANDS.items():
                inside = (windows.length >= low) & (windows.length <= high)
                row[f"{side}_{name}_{band}"] = int((good & mask & inside).sum())
    row["C"], row["C_down"] = _consensus(windows)
    row["C3"] = row["C3_down"] = np.nan
    any_up = np.logical_or.reduce(list(passed.values())) & (windows.B < 0)
    ahead = windows.horizon[any_up]
    quantiles = np.quantile(ahead, (0.1, 0.5, 0.9)) if len(ahead) else np.full(3, np.nan)
    row |= dict(zip(("tc_low", "tc_median", "tc_high"), map(float, quantiles), strict=True))
    row["tc_best"] = float(ahead[windows.length[any_up].argmax()]) if len(ahead) else np.nan
    return row


def trust_rows(closes: pd.Series, at: Sequence[int]) -> pd.DataFrame:
    """Return the trust indicator at some positions, a row each.

    Parameters
    ----------
    closes : pandas.Series
        Positive closes; nothing after a position is read for it.
    at : sequence of int
        Positions, each at least 124.

    Returns
    -------
    pandas.DataFrame
        ``position``; ``trust``, the mean over the windows of ``daily`` of the share of resampled refits that
        pass the end flag upwards (the published median is zero on most dates), 20 refits a window.
    """
    rows = []
    for place in map(int, at):
        found = lppl.trust(closes.iloc[: place + 1], preset="daily", resamples=REFITS, seed=place)
        shares = np.array(found.shares)[:, 0]
        rows.append({"position": place, "trust": float(np.nanmean(shares))})
    return pd.DataFrame(rows)


def bifurcation_rows(closes: pd.Series, at: Sequence[int]) -> pd.DataFrame:
    """Return slowing down, explosive root and phase portrait at some positions, a row each.

    Parameters
    ----------
    closes : pandas.Series
        Positive closes; the last 750 up to each position are read.
    at : sequence of int
        Positions, each at least 499.

    Returns
    -------
    pandas.DataFrame
        ``position``; ``trend_p``, ``ar1_tau``, ``variance_tau``; ``bsadf``, ``bsadf_95``, ``bsadf_99``,
        ``rising``; ``portrait`` (state), ``identified``, ``portrait_p``, ``margin``. NaN where the closes
        hardly vary, as those of a peg.
    """
    from scanners.evidence.bifurcation import condense, measured_where_possible

    rows: list[dict] = []
    for place in map(int, at):
        measured = measured_where_possible(closes.iloc[: place + 1], judged=False)
        if measured is None:
            rows.append({"position": place})
            continue
        found = condense(measured)
        trends, portrait, explosive = found.trends, found.portrait, found.explosive
        rows.append(
            {
                "position": place,
                "trend_p": trends.p_value,
                "ar1_tau": trends.ar1_tau,
                "variance_tau": trends.variance_tau,
                "bsadf": explosive.statistic,
                "bsadf_95": explosive.critical_95,
                "bsadf_99": explosive.critical_99,
                "rising": int(explosive.rising),
                "portrait": portrait.state,
                "identified": int(portrait.identified),
                "portrait_p": portrait.p_value,
                "margin": portrait.margin,
            }
        )
    return pd.DataFrame(rows)
