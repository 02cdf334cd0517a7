"""Backward sup ADF sequences of one series and of many paths; only the kernels of the lags asked for load."""

import numpy as np

from earlywarning._kernels.explosive import path_without_lags


def backward_sup_adf(
    y: np.ndarray, lags: int, min_rows: int, starts: int, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the largest ADF t-statistic for each last row, over windows that begin at rows ``0..starts-1``.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Finite, contiguous.
    lags, min_rows, starts : int
        Lagged differences; fewest rows in a window, ``lags + 3`` to ``n - 1 - lags``; starts to try.
    weights : numpy.ndarray of shape (n - 1,), optional
        One over the variance of each step: by generalised least squares, which has no lags.

    Returns
    -------
    numpy.ndarray, shape (n - 1 - lags,)
        NaN where no window has a t-statistic.
    """
    rows = len(y) - 1 - lags
    squares = np.full(rows, -np.inf)
    starts = min(starts, rows - min_rows + 1)
    if weights is not None:
        from earlywarning._kernels.explosive_gls import path_by_gls

        path_by_gls(y, weights, min_rows, starts, squares)
    elif lags == 0:
        path_without_lags(y, min_rows, starts, rows, squares)
    else:
        from earlywarning._kernels.explosive_lags import path_with_lags

        path_with_lags(y, lags, min_rows, starts, squares)
    out, found = np.full(rows, np.nan), squares != -np.inf
    out[found] = np.copysign(np.sqrt(np.abs(squares[found])), squares[found])
    return out


def last_of_paths(paths: np.ndarray, lags: int, min_rows: int, ends: int) -> np.ndarray:
    """Return the last ``ends`` values of each path's `backward_sup_adf`, without lags at their cost."""
    rows = paths.shape[1] - 1 - lags
    if lags:
        return np.array([backward_sup_adf(path, lags, min_rows, rows)[-ends:] for path in paths])
    squares = np.full((len(paths), rows), -np.inf)
    for path, row in zip(paths, squares, strict=True):
        path_without_lags(path, min_rows, rows - min_rows + 1, ends, row)
    last = squares[:, rows - ends :]
    with np.errstate(invalid="ignore"):
        return np.where(last == -np.inf, np.nan, np.copysign(np.sqrt(np.abs(last)), last))


def sup_of_paths(
    paths: np.ndarray,
    lags: int,
    min_rows: int,
    starts: int,
    backward: np.ndarray,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Fill each row of ``backward`` with that path's sequence; return their maxima, NaN without any.

    Parameters
    ----------
    paths : numpy.ndarray, shape (k, n)
    lags, min_rows, starts, weights
        As for `backward_sup_adf`.
    backward : numpy.ndarray, shape (k, n - 1 - lags)
    """
    for row, path in zip(backward, paths, strict=True):
        row[:] = backward_sup_adf(path, lags, min_rows, starts, weights)
    return np.fmax.reduce(backward, axis=1)
