"""What commands write to CSV and Parquet files: rows of one kind of thing, dates and numbers as such."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lppl.core.series import date_of
from lppl.fitting.fitting import Fit, row
from scanners.scan.early_warnings import Warned
from scanners.scan.one_series import Look

DATES = ("date", "last", "start", "end", "tc_date", "tc_low", "tc_median", "tc_high")
_TEXTS = (
    "series",
    "title",
    "asset_class",
    "status",
    "level",
    "phase",
    "bifurcation",
    "risk",
    "state",
    "reasons",
)


def window_rows(found: Look) -> list[dict[str, Any]]:
    """Return one row a fitted window, ``shown`` for the one that ``lppl fit`` prints.

    A window that was asked for, or a history too short for nested windows, stands in a row of its own.
    """
    rows = []
    if found.fits is None or found.asked:
        rows.append(_window(found, found.fit, found.prices.index[0], shown=True))
    for fits in filter(None, (found.fits, found.fits and found.fits.published)):
        windows, dates = fits.windows, fits.windows.prices.dates
        for k in range(len(windows)):
            passed = {f"passes_{name}": bool(mask[k]) for name, mask in fits.passed.items()}
            start = date_of(float(windows.t1[k]), dates, windows.prices.time)
            shown = fits is found.fits and k == fits.shown and not found.asked
            numbers = _window(found, row(windows, k), start, shown)
            rows.append(numbers | {"preset": fits.preset.name} | passed)
    names = list(dict.fromkeys(name for each in rows for name in each))
    return [{name: each.get(name) for name in names} for each in rows]


def _window(found: Look, fit: Fit, start: pd.Timestamp | None, shown: bool) -> dict[str, Any]:
    numbers = ("m", "omega", "A", "B", "C1", "C2", "damping", "oscillations", "rms", "max_relative_error")
    return {
        "series": found.name,
        "start": None if start is None else f"{start:%Y-%m-%d}",
        "end": f"{found.prices.index[-1]:%Y-%m-%d}",
        "sessions": fit.n,
        "shown": shown,
        "success": fit.success,
        "message": fit.message,
        "direction": fit.direction,
        "tc_date": None if fit.tc_date is None else f"{fit.tc_date:%Y-%m-%d}",
        "horizon": fit.horizon,
        **{name: getattr(fit, name) for name in numbers},
        "at_bound": ", ".join(fit.at_bound),
        "sse": fit.sse,
        "second_sse": fit.second_sse,
    }


def session_rows(found: Warned) -> list[dict[str, Any]]:
    """Return one row a session: residual, indicators, and the BSADF with its bootstrap critical values."""
    measured, null = found.measured, found.bootstrap
    index = measured.explosive.index
    frame = pd.DataFrame({"log_price": measured.explosive.levels}, index=index)
    frame["residual"] = pd.Series(measured.trend.residuals, index=measured.trend.indicators.index)
    frame = frame.join([measured.trend.indicators, found.others.indicators])
    frame["bsadf"] = measured.explosive.path
    if null is not None:
        frame["bsadf_95"], frame["bsadf_99"] = null.path_at(0.95), null.path_at(0.99)
    return date_rows(frame)


def date_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one row a date of a table that is indexed by dates."""
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    return [{"date": f"{date:%Y-%m-%d}", **row} for date, row in zip(frame.index, rows, strict=True)]


def to_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows with the same keys as a Parquet file; what is not known is null in a column of its type.

    Raises
    ------
    ImportError
        Without the package pyarrow.
    """
    frame = pd.DataFrame(list(rows))
    for name in frame:
        if name in DATES:
            frame[name] = pd.to_datetime(frame[name])
        elif name in _TEXTS:
            frame[name] = frame[name].astype("string")
        elif frame[name].isna().all():
            frame[name] = frame[name].astype("float64")
    file = io.BytesIO()
    frame.to_parquet(file, engine="pyarrow", index=False)
    return file.getvalue()
