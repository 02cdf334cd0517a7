"""Slow, obvious twins of the LPPLS kernels: dense linear algebra, nothing shared with the fast code."""

import itertools

import numpy as np
from scipy.optimize import minimize


def tau(t, tc):
    return np.maximum(np.abs(tc - t), 0.5)


def design(t, tc, m, omega):
    x = tau(t, tc)
    return np.column_stack(
        [np.ones_like(x), x**m, x**m * np.cos(omega * np.log(x)), x**m * np.sin(omega * np.log(x))]
    )


def linear_solve(t, y, tc, m, omega):
    """Return (A, B, C1, C2) and the SSE by a dense least squares with scaled columns."""
    X = design(t, tc, m, omega)
    scale = np.abs(X).max(axis=0)
    coefficients = np.linalg.lstsq(X / scale, y, rcond=1e-15)[0] / scale
    return coefficients, float(((y - X @ coefficients) ** 2).sum())


def sse(t, y, tc, m, omega):
    return linear_solve(t, y, tc, m, omega)[1]


def weighted_sse(t, y, weights, tc, m, omega):
    """Return the SSE where every observation counts as often as its weight says."""
    root = np.sqrt(weights)
    x = design(t, tc, m, omega) * root[:, None]
    scale = np.abs(x).max(axis=0)
    found = np.linalg.lstsq(x / scale, y * root, rcond=None)[0]
    return float(((y * root - x / scale @ found) ** 2).sum())


def gauss(t, y, count):
    """Return nodes, weights, prices and the squares left out of a panel: roots, moments, a polynomial fit."""
    middle, half = 0.5 * (t[0] + t[-1]), 0.5 * (t[-1] - t[0])
    x = (t - middle) / half
    powers = np.vander(x, count + 1, increasing=True)
    r = np.linalg.qr(powers, mode="r")
    leading = np.linalg.solve(r, np.eye(count + 1)[:, -1])
    nodes = np.sort(np.roots(leading[::-1]).real)
    weights = np.linalg.solve(np.vander(nodes, count, increasing=True).T, powers[:, :count].sum(axis=0))
    fitted = np.polyfit(x, y, count - 1)
    rest = ((y - np.polyval(fitted, x)) ** 2).sum()
    return middle + half * nodes, weights, np.polyval(fitted, nodes), rest


def summed_sse(t, y, tc, m, omega, apart):
    """Return the SSE where, in runs of 25 that start more than ``apart`` before tc, five count as their mean.

    Each mean weighs five; how the prices vary within five counts as error. What a window has beyond its last
    five is counted one by one.
    """
    n = t.size
    start = next((k for k in range(0, n, 25) if tc - t[n - 1 - k] > apart), n)
    groups = [[n - 1 - k] for k in range(min(start, n))]
    groups += [[n - 1 - k - j for j in range(5)] for k in range(start, n - 4, 5)]
    groups += [[n - 1 - k] for k in range(max(start, n - n % 5), n)]
    root = np.sqrt([len(group) for group in groups])
    times, prices = (np.array([values[group].mean() for group in groups]) for values in (t, y))
    X = design(times, tc, m, omega) * root[:, None]
    scale = np.abs(X).max(axis=0)
    coefficients = np.linalg.lstsq(X / scale, prices * root, rcond=1e-15)[0] / scale
    within = sum(((y[group] - y[group].mean()) ** 2).sum() for group in groups)
    return float(((prices * root - X @ coefficients) ** 2).sum() + within)


def grid(t, y, length, horizons, powers, omegas):
    """Return the smallest SSE over the exponents, and its index, for every (tc, omega) of one window.

    The SSE is told as a share of the squares around the window's mean.
    """
    tw, yw, apart = t[-length:], y[-length:], 2.5 * omegas[-1]
    table = np.array(
        [[[summed_sse(tw, yw, h, m, w, apart) for m in powers] for w in omegas] for h in horizons]
    )
    return table.min(axis=2) / ((yw - yw.mean()) ** 2).sum(), table.argmin(axis=2)


def basins(best, horizons, stride, limit, most):
    """Return (value, row, lane) of a map's lowest minima, and of those along tc alone beside lower ones."""
    open_, shadows = [], []
    for h, j in np.argwhere(np.isfinite(best)):
        apart = stride if horizons[h] < 0.0 else 1
        rows = [h] + [k for k in (h - apart, h + apart) if 0 <= k < len(best)]
        along, around = best[rows, j].min(), best[rows, max(j - 1, 0) : j + 2].min()
        if best[h, j] == along and best[h, j] <= 1.05 * around:
            (open_ if best[h, j] == around else shadows).append((best[h, j], h, j))
    ceiling = limit[0] * min(open_ + shadows)[0] + limit[1]
    open_, shadows = ([one for one in sorted(some) if one[0] <= ceiling] for some in (open_, shadows))
    return open_[: most[0]], shadows[: most[1]]


def box_step(hessian, gradient, low, high):
    """Return the minimiser of x'Hx/2 - g'x in a box by trying every face."""
    best, value = None, np.inf
    for face in itertools.product((None, 0, 1), repeat=3):
        x = np.array([0.0 if f is None else (low, high)[f][k] for k, f in enumerate(face)])
        free = [k for k, f in enumerate(face) if f is None]
        held = [k for k, f in enumerate(face) if f is not None]
        if free:
            right = gradient[free] - hessian[np.ix_(free, held)] @ x[held]
            x[free] = np.linalg.solve(hessian[np.ix_(free, free)], right)
        if (x < low - 1e-12).any() or (x > high + 1e-12).any():
            continue
        candidate = 0.5 * x @ hessian @ x - gradient @ x
        if candidate < value:
            best, value = x, candidate
    return best


def global_fit(t, y, lower, upper, nodes=(41, 9, 50), keep=40):
    """Return (SSE, tc, m, omega) of one window: a dense grid, then a descent from its lowest cells."""
    axes = [np.linspace(a, b, k) for a, b, k in zip(lower, upper, nodes, strict=True)]
    cells = [(sse(t, y, *cell), *cell) for cell in itertools.product(*axes)]
    cells.sort()
    best = cells[0]
    for cell in cells[:keep]:
        found = minimize(
            lambda x: sse(t, y, *x),
            cell[1:],
            method="Nelder-Mead",
            bounds=list(zip(lower, upper, strict=True)),
            options={"xatol": 1e-7, "fatol": 1e-14, "maxiter": 2000},
        )
        if found.fun < best[0]:
            best = (float(found.fun), *found.x)
    return best


def damped_sse(t, y, tc, m, omega, damping, angles=20_000):
    """Return the smallest SSE over curves with at least this damping, by trying every angle of the wave."""
    coefficients, free = linear_solve(t, y, tc, m, omega)
    if m * abs(coefficients[1]) >= damping * omega * np.hypot(*coefficients[2:]):
        return free
    X = design(t, tc, m, omega)
    angle = np.linspace(0, 2 * np.pi, angles, endpoint=False)
    ratio = m / (damping * omega)
    shapes = X[:, [1]] + ratio * (X[:, [2]] * np.cos(angle) + X[:, [3]] * np.sin(angle))
    shapes = shapes - shapes.mean(axis=0)
    centred = y - y.mean()
    return float(centred @ centred - ((shapes.T @ centred) ** 2 / (shapes**2).sum(axis=0)).max())
