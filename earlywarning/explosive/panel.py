"""Explosive roots of many series at once: the panel statistic and its bootstrap with common draws."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from earlywarning._kernels.explosive import integrate
from earlywarning.core.frames import dates_of
from earlywarning.core.input_checks import finite_values
from earlywarning.core.notebook import table
from earlywarning.core.plain_values import label, plain
from earlywarning.explosive.backward_sup import sup_of_paths
from earlywarning.explosive.bootstrap import (
    BOOTSTRAP_LEVELS,
    autoregression,
    chunks,
    quantiles_over_paths,
    sieve_order,
)
from earlywarning.explosive.critical import CriticalValues
from earlywarning.explosive.statistics import gsadf


@dataclass(frozen=True, eq=False)
class PanelTest:
    """Are many series explosive at the same time? The mean of their backward sup ADF sequences.

    Attributes
    ----------
    statistic : float
        Largest value of the path.
    path : numpy.ndarray, shape (n,)
        Mean over the series at each observation, from data up to it; NaN before the first window.
    members : pandas.DataFrame, shape (n, k)
        The sequence of every series.
    levels : numpy.ndarray, shape (n, k)
        What was tested: the values or their logarithm, or the cumulated signs of their steps.
    index : pandas.Index
        Labels of the observations.
    lags, min_window : int
        Lagged differences in every regression; fewest regression rows in a window.
    log, signs : bool
        Whether logarithms, and cumulated signs of the steps, were tested.
    kind : str
        ``panel``.
    """

    statistic: float
    path: np.ndarray
    members: pd.DataFrame
    levels: np.ndarray
    index: pd.Index
    lags: int
    min_window: int
    log: bool
    signs: bool
    kind: str = "panel"

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the sequences of the series."""
        names = [name for name in self.__dataclass_fields__ if name not in ("levels", "members")]
        return {name: plain(getattr(self, name)) for name in names} | {"series": list(self.members)}

    def plot(self, ax: Any = None, critical: Any = None, episodes: Any = ()) -> Any:
        """Draw the path, against critical values and over episodes when given; return the axes."""
        from earlywarning.plot.explosive import plot_explosive

        return plot_explosive(self, critical, ax, episodes=episodes)

    def _repr_html_(self) -> str:
        rows = {
            "statistic": f"{self.statistic:.4f}",
            "series": f"{self.members.shape[1]}: {', '.join(map(str, self.members.columns[:8]))}",
            "observations": f"{len(self.path)} to {label(self.index, len(self.path) - 1)}",
            "lags": str(self.lags),
            "minimum window": str(self.min_window),
        }
        return table("Panel GSADF", rows, "To be held against panel_critical_values.")


def panel_gsadf(
    prices: pd.DataFrame | np.ndarray,
    lags: int = 0,
    min_window: int | None = None,
    log: bool = True,
    *,
    signs: bool = False,
) -> PanelTest:
    """Panel GSADF: the largest mean over series of their backward sup ADF statistics [1]_.

    Parameters
    ----------
    prices : pandas.DataFrame or array of shape (n, k)
        Two or more series over the same observations, a column each, without gaps (``.dropna()`` keeps the
        dates that all have).
    lags, min_window, log, signs
        As for `gsadf`, for every series.

    Returns
    -------
    PanelTest

    Raises
    ------
    ValueError
        For fewer than two series, and for what `gsadf` refuses, with the name of the series.

    References
    ----------
    .. [1] Pavlidis et al. (2016), Journal of Real Estate Finance and Economics 53, 419-449.
    """
    frame = pd.DataFrame(prices)
    if frame.shape[1] < 2:
        raise ValueError(f"prices must have at least two series, got {frame.shape[1]}")
    index = dates_of(frame.index, "prices")
    tests = []
    for place, name in enumerate(frame.columns):
        values, _ = finite_values(frame.iloc[:, place].to_numpy(), f"{name!s} of prices")
        tests.append(gsadf(values, lags, min_window, log, signs=signs))
    members = pd.DataFrame(np.column_stack([test.path for test in tests]), index=index, columns=frame.columns)
    path = members.to_numpy().mean(axis=1)
    if np.isnan(path).all():
        raise ValueError("every series must vary, got one that is constant in every window")
    levels = np.column_stack([test.levels for test in tests])
    window = tests[0].min_window
    return PanelTest(float(np.nanmax(path)), path, members, levels, index, lags, window, log, signs)


def panel_critical_values(
    test: PanelTest, kind: str = "wild", *, replications: int = 499, seed: int = 0, n_jobs: int = 1
) -> CriticalValues:
    """Return the null distribution of the panel statistic, with the dependence between the series kept.

    Parameters
    ----------
    test : PanelTest
    kind : {"wild", "sieve"}
        ``wild``: the residuals of an autoregression of each series' steps, with the lags of the test, keep
        their dates and get random signs, the same for all series; every volatility keeps its course.
        ``sieve`` [1]_: they are of an order that BIC chooses, and drawn with replacement, the same dates for
        all series; clustered volatility is lost, and walks with it are rejected too often.
    replications, seed, n_jobs
        As for `bootstrap_critical_values`.

    Returns
    -------
    CriticalValues
        At 90, 95 and 99%, of kind ``panel``.

    Raises
    ------
    ValueError
        For an unknown kind or too few replications.

    References
    ----------
    .. [1] Pavlidis et al. (2016), Journal of Real Estate Finance and Economics 53, 419-449.
    """
    if kind not in ("wild", "sieve"):
        raise ValueError(f"kind must be 'wild' or 'sieve', got {kind!r}")
    if replications < 19:
        raise ValueError(f"replications must be at least 19, got {replications}")
    steps = np.diff(test.levels, axis=0)
    if not test.signs:
        steps = steps - steps.mean(axis=0)
    fitted = [
        autoregression(np.ascontiguousarray(own), test.lags if kind == "wild" else sieve_order(own))
        for own in steps.T
    ]
    parts = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_chunk)(test, kind, fitted, size, stream) for size, stream in chunks(replications, seed)
    )
    backward = np.vstack(parts)
    draws = np.fmax.reduce(backward, axis=1)
    quantiles = np.full((len(BOOTSTRAP_LEVELS), len(test.path)), np.nan)
    quantiles[:, test.lags + 1 :] = quantiles_over_paths(backward)
    return CriticalValues(
        kind="panel",
        method=kind,
        n=len(test.path),
        lags=test.lags,
        min_window=test.min_window,
        levels=np.array(BOOTSTRAP_LEVELS),
        values=quantiles_over_paths(draws),
        path=quantiles,
        draws=draws,
    )


def _chunk(
    test: PanelTest,
    kind: str,
    fitted: list[tuple[np.ndarray, np.ndarray]],
    paths: int,
    stream: np.random.SeedSequence,
) -> np.ndarray:
    """Return the panel sequences of resampled panels, a row each; every series sees the same draws."""
    rng, rows = np.random.default_rng(stream), len(test.path) - 1
    if kind == "wild":
        signs = rng.choice([-1.0, 1.0], (paths, rows))
    else:
        dates = rng.integers(0, rows, (paths, rows))
    total = np.zeros((paths, rows - test.lags))
    walks, backward = np.empty((paths, rows + 1)), np.empty_like(total)
    for ar, residual in fitted:
        shocks = residual * signs if kind == "wild" else (residual - residual.mean())[dates]
        integrate(shocks, ar, walks)
        sup_of_paths(walks, test.lags, test.min_window, rows, backward)
        total += backward
    return total / len(fitted)
