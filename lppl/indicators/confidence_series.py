"""Confidence through time: many dates, presets and filters in one pass over the fits."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from lppl.core.series import Prices, check
from lppl.fitting.space import SearchSpace
from lppl.fitting.window_fits import WindowFits
from lppl.fitting.windows import fit_together
from lppl.indicators.confidence_indicator import TC_QUANTILES, confidence
from lppl.indicators.presets import Preset, find

_CHUNK = 8  # dates a task: enough to hide the hand-over, few enough to balance two workers


def confidence_history(
    prices: Any,
    *,
    preset: str | Preset | Iterable[str | Preset] = "shanghai_2015",
    step: int = 1,
    start: Any = None,
    end: Any = None,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return the confidence of one or several presets for every date, each with what was known then.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices.
    preset : str, Preset, or an iterable of them
        Windows, box and filters. Presets with the same box share their fits.
    step : int
        Every how many observations a date is taken, counted back from ``end``.
    start, end : date or int, optional
        First and last date (or position); default the first date with a window to fill, and the last.
    n_jobs : int
        Worker processes; the result does not depend on it.
    progress : callable, optional
        Called with (dates done, dates in all).

    Returns
    -------
    pandas.DataFrame
        Indexed by date (or position). For each filter ``F_positive`` and ``F_negative``: shares of the
        attempted windows. ``attempted``, ``failed``, ``at_bound``: counts. ``tc_05`` .. ``tc_95``: quantiles
        of ``tc - t2`` over the windows that pass the first filter. With several presets the columns carry
        the preset's name as a first level.
    """
    from joblib import Parallel, delayed

    presets = _presets(preset)
    if step < 1:
        raise ValueError(f"step must be at least 1, got {step}")
    series = {item.time: check(prices, item.time) for item in presets}
    checked = next(iter(series.values()))
    shortest = min(min(item.lengths) for item in presets)
    last, first = checked.position(end), 0 if start is None else checked.position(start, "start")
    positions = np.arange(last, max(first, shortest - 1) - 1, -step)[::-1]
    if positions.size == 0:
        raise ValueError(
            f"start..end must hold a date with {shortest} prices up to it, got positions {first}..{last}"
        )
    chunks = [positions[k : k + _CHUNK] for k in range(0, positions.size, _CHUNK)]
    tasks = (delayed(_rows)(series, chunk, presets) for chunk in chunks)
    rows: list[dict[tuple[str, str], Any]] = []
    for part in Parallel(n_jobs=n_jobs, return_as="generator")(tasks):
        rows += part
        if progress is not None:
            progress(len(rows), positions.size)
    index = positions if checked.dates is None else checked.dates[positions]
    frame = pd.DataFrame(rows, index=index)
    frame.columns = pd.MultiIndex.from_tuples(frame.columns, names=["preset", "value"])
    return frame if len(presets) > 1 else frame.droplevel("preset", axis=1)


def _presets(preset: Any) -> list[Preset]:
    items = [preset] if isinstance(preset, (str, Preset)) else list(preset)
    if not items:
        raise ValueError("preset must name at least one preset, got none")
    return [find(item) for item in items]


def _rows(
    series: dict[str, Prices], positions: Iterable[int], presets: list[Preset]
) -> list[dict[tuple[str, str], Any]]:
    """Return each date's numbers; dates share passes over the grid, and so do presets with the same box."""
    ends = [int(position) for position in positions]
    rows: list[dict[tuple[str, str], Any]] = [{} for _ in ends]
    shared: dict[tuple[SearchSpace, str], list[Preset]] = {}
    for preset in presets:
        shared.setdefault((preset.space, preset.time), []).append(preset)
    for (space, time), group in shared.items():
        asked = {end: sorted({n for preset in group for n in preset.available(end + 1)}) for end in ends}
        fitted = [end for end in ends if asked[end]]
        windows = fit_together(
            [series[time].until(end) for end in fitted], [asked[end] for end in fitted], space, second=False
        )
        fits = dict(zip(fitted, windows, strict=True))
        for end, row in zip(ends, rows, strict=True):
            for preset in group:
                numbers = _numbers(preset, fits.get(end), end)
                row |= {(preset.name, name): value for name, value in numbers.items()}
    return rows


def _numbers(preset: Preset, fits: WindowFits | None, position: int) -> dict[str, float]:
    lengths = preset.available(position + 1)
    counts = {"attempted": len(lengths), "failed": 0, "at_bound": 0}
    shares = {f"{name}_{side}": np.nan for name in preset.filters for side in ("positive", "negative")}
    quantiles = dict.fromkeys((f"tc_{round(100 * q):02d}" for q in TC_QUANTILES), np.nan)
    if lengths and fits is not None:
        chosen = fits.select(lengths)
        for k, (name, filter) in enumerate(preset.filters.items()):
            result = confidence(chosen, filter)
            shares[f"{name}_positive"], shares[f"{name}_negative"] = result.positive, result.negative
            if k == 0:
                counts |= {"failed": result.failed, "at_bound": result.at_bound}
                quantiles = dict(zip(quantiles, result.tc_quantiles, strict=True))
    return shares | counts | quantiles
