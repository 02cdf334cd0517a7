"""GARCH(1,1) with Student-t errors by maximum likelihood: the same text in both libraries."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel

# Searched over (mean, log omega, persistence, share, 1 / nu), with alpha = persistence share and
# beta = persistence (1 - share): stationarity and signs are then a box, and its edges can be reached.
NU = (2.05, 500.0)
OMEGA = (1e-8, 10.0)  # of the mean square
_ROUNDS = 200
_EASE_MOST = 1e12
_SMALL_STEP = 1e-5  # of the differences of gradients that make the Hessian
_DECREASE = 1e-10  # log-likelihood that one more round would win


@kernel(inner=True)
def _digamma(x):
    """Return the derivative of ``lgamma``, for positive ``x``."""
    below = 0.0
    while x < 10.0:
        below += 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * 691 / 32760)))))
    return math.log(x) - 0.5 / x - tail - below


@kernel(inner=True)
def garch_floor(x, mean):
    """Return the squared error before the first, and the least variance at each of ``x``.

    Both from exponentially weighted squares: a run of equal values cannot take the variance to nought.
    """
    start, weights, weight = 0.0, 0.0, 1.0
    for i in range(min(75, x.size)):
        start += weight * (x[i] - mean) ** 2
        weights += weight
        weight *= 0.94
    start /= weights
    floor = np.empty(x.size)
    recent, total = start, 0.0
    for i in range(x.size):
        floor[i] = 1e-6 * recent
        recent = 0.94 * recent + 0.06 * (x[i] - mean) ** 2
        total += (x[i] - mean) ** 2
    for i in range(x.size):
        floor[i] = max(floor[i], 1e-8 * total / x.size)
    return start, floor


@kernel(inner=True)
def garch_loss(x, floor, point, before, gradient):
    """Return minus the log-likelihood of ``x`` at ``point`` and write its ``gradient``.

    ``point`` is (mean, log omega, persistence, share, 1 / nu); `garch_floor` has the others.
    """
    mean, omega, nu = point[0], math.exp(point[1]), 1.0 / point[4]
    alpha, beta = point[2] * point[3], point[2] * (1.0 - point[3])
    square, variance = before, before
    from_mean, from_omega, from_alpha, from_beta = 0.0, 0.0, 0.0, 0.0
    error = 0.0
    logs, tails, heavy = 0.0, 0.0, 0.0
    by_mean, by_omega, by_alpha, by_beta = 0.0, 0.0, 0.0, 0.0
    for i in range(x.size):
        from_mean = beta * from_mean - 2.0 * alpha * error
        from_omega = beta * from_omega + 1.0
        from_alpha = beta * from_alpha + square
        from_beta = beta * from_beta + variance
        variance = omega + alpha * square + beta * variance
        if variance < floor[i]:
            variance = floor[i]
            from_mean, from_omega, from_alpha, from_beta = 0.0, 0.0, 0.0, 0.0
        error = x[i] - mean
        square = error * error
        ratio = square / (variance * (nu - 2.0))
        share = ratio / (1.0 + ratio)
        logs += math.log(variance)
        tails += math.log1p(ratio)
        heavy += share
        slope = 0.5 * (1.0 - (nu + 1.0) * share) / variance
        by_mean += slope * from_mean - (nu + 1.0) * error / (variance * (nu - 2.0) * (1.0 + ratio))
        by_omega += slope * from_omega
        by_alpha += slope * from_alpha
        by_beta += slope * from_beta
    each = math.lgamma(0.5 * (nu + 1.0)) - math.lgamma(0.5 * nu) - 0.5 * math.log(math.pi * (nu - 2.0))
    by_nu = 0.5 * (_digamma(0.5 * (nu + 1.0)) - _digamma(0.5 * nu) - 1.0 / (nu - 2.0))
    gradient[0] = by_mean
    gradient[1] = omega * by_omega
    gradient[2] = point[3] * by_alpha + (1.0 - point[3]) * by_beta
    gradient[3] = point[2] * (by_alpha - by_beta)
    gradient[4] = nu * nu * (x.size * by_nu - 0.5 * tails + 0.5 * (nu + 1.0) / (nu - 2.0) * heavy)
    return 0.5 * logs + 0.5 * (nu + 1.0) * tails - x.size * each


@kernel(inner=True)
def _solve(matrix, ease, right, free, out):
    """Solve ``(matrix + ease diagonal) out = right`` in the ``free`` rows; return whether it is definite."""
    size = right.size
    lower = np.zeros((size, size))
    for i in range(size):
        out[i] = 0.0
        if not free[i]:
            continue
        for j in range(i + 1):
            if not free[j]:
                continue
            total = matrix[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            if i == j:
                total += ease * (abs(matrix[i, i]) + 1e-8)
                if not total > 1e-12 * (abs(matrix[i, i]) + 1e-8):
                    return False
                lower[i, i] = math.sqrt(total)
            else:
                lower[i, j] = total / lower[j, j]
        total = right[i]
        for k in range(i):
            total -= lower[i, k] * out[k]
        out[i] = total / lower[i, i]
    for i in range(size - 1, -1, -1):
        if free[i]:
            total = out[i]
            for k in range(i + 1, size):
                total -= lower[k, i] * out[k]
            out[i] = total / lower[i, i]
    return True


@kernel(inner=True)
def _curvature(x, floor, before, low, high, point, gradient, free, hessian):
    """Write the second derivatives in the ``free`` directions: differences of gradients, inside the box."""
    size = point.size
    beside = np.empty(size)
    for i in range(size):
        if free[i]:
            kept = point[i]
            width = _SMALL_STEP * (high[i] - low[i])
            point[i] = kept + width if kept + width <= high[i] else kept - width
            width = point[i] - kept
            garch_loss(x, floor, point, before, beside)
            point[i] = kept
            for j in range(size):
                hessian[i, j] = (beside[j] - gradient[j]) / width
    for i in range(size):
        for j in range(i):
            hessian[i, j] = 0.5 * (hessian[i, j] + hessian[j, i])


@kernel(inner=True)
def _descend(x, floor, before, low, high, point):
    """Move ``point`` to a minimum in the box by Newton steps; return the loss and whether it ended."""
    size = point.size
    gradient, slope, step, trial = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    hessian = np.zeros((size, size))
    free = np.empty(size, dtype=np.bool_)
    loss = garch_loss(x, floor, point, before, gradient)
    ease = 1e-3
    for _ in range(_ROUNDS):
        for i in range(size):
            held = (point[i] <= low[i] and gradient[i] > 0.0) or (point[i] >= high[i] and gradient[i] < 0.0)
            free[i] = low[i] < high[i] and not held
        _curvature(x, floor, before, low, high, point, gradient, free, hessian)
        reached = math.inf
        while not reached < loss:
            if _solve(hessian, ease, gradient, free, step):
                promised, along_axes = 0.0, 0.0
                for i in range(size):
                    trial[i] = min(max(point[i] - step[i], low[i]), high[i])
                    promised += gradient[i] * (point[i] - trial[i])
                    if free[i]:
                        alone = point[i] - gradient[i] / (abs(hessian[i, i]) + 1e-8)
                        along_axes += gradient[i] * (point[i] - min(max(alone, low[i]), high[i]))
                if promised < _DECREASE and along_axes < _DECREASE:
                    return loss, True
                if promised > 0.0:
                    reached = garch_loss(x, floor, trial, before, slope)
            if ease > _EASE_MOST:
                return loss, False
            ease *= 4.0
        ease *= 0.02
        for i in range(size):
            point[i], gradient[i] = trial[i], slope[i]
        loss = reached
    return loss, False


@kernel
def fit_garch_t(x, with_mean):
    """Fit ``x``, finite values of about unit variance, not all alike.

    Return (mean, omega, alpha, beta, nu), the mean nought without ``with_mean``; minus the log-likelihood;
    whether a minimum was reached; and the conditional variances.
    """
    total, squares = 0.0, 0.0
    for i in range(x.size):
        total += x[i]
        squares += x[i] * x[i]
    mean = total / x.size if with_mean else 0.0
    level = squares / x.size - mean * mean
    reach = 10.0 * math.sqrt(level) if with_mean else 0.0
    low = np.array([mean - reach, math.log(OMEGA[0] * level), 0.0, 0.0, 1.0 / NU[1]])
    high = np.array([mean + reach, math.log(OMEGA[1] * level), 1.0, 1.0, 1.0 / NU[0]])
    before, floor = garch_floor(x, mean)
    point, best, gradient = np.empty(5), np.empty(5), np.empty(5)
    point[0], point[4] = mean, 0.15
    least = math.inf
    for k in range(16):
        point[2] = (0.5, 0.7, 0.9, 0.98)[k // 4]
        point[1] = math.log((1.0 - point[2]) * level)
        point[3] = (0.01, 0.05, 0.1, 0.2)[k % 4] / point[2]
        loss = garch_loss(x, floor, point, before, gradient)
        if loss < least:
            least = loss
            for i in range(5):
                best[i] = point[i]
    least, ended = _descend(x, floor, before, low, high, best)
    found = np.empty(5)
    found[0], found[1], found[4] = best[0], math.exp(best[1]), 1.0 / best[4]
    found[2], found[3] = best[2] * best[3], best[2] * (1.0 - best[3])
    variances = np.empty(x.size)
    square, variance = before, before
    for i in range(x.size):
        variance = max(found[1] + found[2] * square + found[3] * variance, floor[i])
        square = (x[i] - found[0]) ** 2
        variances[i] = variance
    return found, least, ended, variances
