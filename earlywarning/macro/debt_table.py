"""From a table of debt and balance to what a reaction is fitted to."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.frames import dates_of, labelled
from earlywarning.core.input_checks import Series, finite_values
from earlywarning.macro.fiscal_reaction import Record

FEWEST = 30


def as_record(
    debt: Series, balance: Series, growth: Series | None, controls: Any, dt: float
) -> tuple[Record, pd.Index, np.ndarray]:
    """Return what the reaction is fitted to, its labels, and the interest less growth of each period."""
    debt, balance = labelled(debt, "debt"), labelled(balance, "balance")
    growth = None if growth is None else labelled(growth, "growth")
    if isinstance(debt, pd.Series) and isinstance(balance, pd.Series):
        debt, balance, growth, controls = _joined(debt, balance, growth, controls)
    levels, index = finite_values(debt, "debt", least=FEWEST + 1)
    n, index = len(levels) - 1, index[1:]
    moves = np.array(balance, dtype=float)[-n:]
    if moves.shape != (n,) or np.isinf(moves).any():
        raise ValueError(f"balance must be finite or NaN, {n} or {n + 1} values for {n + 1} of debt")
    extra = np.empty((n, 0)) if controls is None else np.array(controls, dtype=float).reshape(-1, 1)
    if controls is not None and np.ndim(controls) == 2:
        extra = np.array(controls, dtype=float)
    extra = extra[-n:]
    if len(extra) != n or np.isinf(extra).any():
        raise ValueError(f"controls must be finite or NaN in {n} rows, got shape {extra.shape}")
    rows = np.flatnonzero(np.isfinite(moves) & np.isfinite(extra).all(axis=1))
    if len(rows) < FEWEST:
        raise ValueError(f"balance must have at least {FEWEST} values with debt before them, got {len(rows)}")
    if np.ptp(levels[rows]) == 0 or np.ptp(moves[rows]) == 0:
        raise ValueError("debt and balance must vary")
    outlook = None if growth is None else finite_values(growth, "growth", least=n)[0][-n:]
    if (levels[:-1] > 0).all():
        # A balance that is not known moves simulated paths only, never an estimate.
        filled = np.interp(np.arange(n), rows, moves[rows])
        rates = (np.diff(levels) / dt + filled) / levels[:-1]
    elif outlook is None:
        raise ValueError(f"debt must be positive to imply r - g, got {levels.min():g}; pass growth")
    else:
        rates = outlook
    extra = np.ascontiguousarray(extra[rows] - extra[rows].mean(axis=0))
    record = Record(levels, rates, rows, np.ascontiguousarray(moves[rows]), extra, float(dt))
    return record, index, rates if outlook is None else outlook


def _joined(
    debt: pd.Series, balance: pd.Series, growth: Series | None, controls: Any
) -> tuple[pd.Series, pd.Series, Series | None, np.ndarray | None]:
    """Return what has labels in the rows of debt from before the first balance to the last."""
    debt, balance = debt.dropna(), balance.dropna()
    common = debt.index.intersection(balance.index)
    if not len(common):
        raise ValueError("debt and balance must share labels, they share none")
    first, last = debt.index.get_indexer(common[[0, -1]])
    debt = debt.iloc[max(first - 1, 0) : last + 1]
    rows = debt.index[1:]
    if isinstance(controls, (pd.Series, pd.DataFrame)):
        controls = controls.set_axis(dates_of(controls.index, "controls"))
    extra = None if controls is None else pd.DataFrame(controls).reindex(rows).to_numpy()
    outlook = growth.reindex(rows) if isinstance(growth, pd.Series) else growth
    return debt, balance.reindex(rows), outlook, extra
