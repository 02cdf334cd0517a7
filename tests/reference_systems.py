"""Slow obvious twins of the systems' kernels: dense linear algebra and loops, nothing shared with them."""

import numpy as np


def long_run_fit(y, x, intercept, lags):
    """Slope and Bartlett error from the full design and its score matrix."""
    design = np.column_stack([np.ones_like(x), x]) if intercept else x[:, np.newaxis]
    n, k = design.shape
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ y
    score = design * (y - design @ coefficients)[:, np.newaxis]
    meat = score.T @ score
    for lag in range(1, lags + 1):
        product = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    covariance = n / (n - k) * bread @ meat @ bread
    return coefficients[-1], np.sqrt(covariance[-1, -1])


def last_coefficient(y, x, intercept, ratio, start=1e6):
    """Mean and variance of the last coefficient given all data, in units of Var(e), by Gaussian conditioning.

    b[t] = b[-1] + t + 1 steps of variance ratio; prior variance ``start`` for constant and coefficient.
    """
    n = len(y)
    steps = np.arange(1, n + 1)
    walk = start + ratio * np.minimum.outer(steps, steps)
    covariance = walk * np.outer(x, x) + np.eye(n) + (start if intercept else 0.0)
    cross = walk[-1] * x
    weights = np.linalg.solve(covariance, cross)
    return weights @ y, walk[-1, -1] - weights @ cross


def ar1_fit(design, y, rho):
    """Generalised least squares with the dense covariance of AR(1) errors of one run."""
    n, k = design.shape
    place = np.arange(n)
    correlation = rho ** np.abs(np.subtract.outer(place, place)) / (1 - rho**2)
    inverse = np.linalg.inv(correlation)
    covariance = np.linalg.inv(design.T @ inverse @ design)
    coefficients = covariance @ design.T @ inverse @ y
    residual = y - design @ coefficients
    squares = residual @ inverse @ residual
    likelihood = -0.5 * (n * np.log(squares) + np.linalg.slogdet(correlation)[1])
    return coefficients, covariance * squares / (n - k), likelihood


def debt_path(start, growth, reaction, centre, scale, fixed, errors, dt):
    debt, balance = [start], []
    for t, rate in enumerate(growth):
        z = (debt[-1] - centre) / scale
        balance.append(sum(c * z**k for k, c in enumerate(reaction)) + fixed[t] + errors[t])
        debt.append(debt[-1] + dt * (rate * debt[-1] - balance[-1]))
    return np.array(debt), np.array(balance)


def largest_break(y, shortest):
    """Sup-F of two lines against one by fitting every split."""

    def squares(part):
        t = np.arange(len(part))
        return ((part - np.polyval(np.polyfit(t, part, 1), t)) ** 2).sum()

    n, one = len(y), squares(y)
    splits = range(shortest, n - shortest + 1)
    two = [squares(y[:k]) + squares(y[k:]) for k in splits]
    best = int(np.argmin(two))
    return (one - two[best]) / 2 / (two[best] / (n - 4)), splits[best]


def support_lines(x, swing, margin, warm, back):
    """Rising lines under earlier values, each rule on the whole past of each t."""
    lines, falling, high, low = [], False, 0, 0
    for t in range(1, len(x)):
        spread = np.std(np.diff(x[:t])) if t > 1 else 0.0
        confirmed = False
        if falling:
            if x[t] <= x[low]:
                low = t
            elif t >= warm and x[t] >= x[low] + swing * spread:
                confirmed, falling, high = True, False, t
        elif x[t] >= x[high]:
            high = t
        elif x[t] <= x[high] - swing * spread:
            falling, low = True, t
        for line in lines:
            if line[3] < 0 and x[t] < line[4] + line[5] * (t - line[1]) - margin * spread:
                line[3] = t
        if confirmed:
            slopes = [(x[low] - x[j]) / (low - j) for j in range(max(low - back, 0), low)]
            best = int(np.argmax(slopes)) if slopes else 0
            if slopes and slopes[best] > 0 and x[t] >= x[low] + slopes[best] * (t - low):
                lines.append([max(low - back, 0) + best, low, t, -1, x[low], slopes[best]])
    return np.array(lines, float).reshape(-1, 6)


def remembered(ratio, take, drop, hold):
    """Return the state after each ratio, by looking at the last known ones anew every time."""
    states, state = [], 0
    for place in range(len(ratio)):
        known = [one for one in ratio[: place + 1] if np.isfinite(one)]
        taking, dropping = known[-take:], known[-drop:]
        if np.isfinite(ratio[place]) and len(taking) == take:
            if all(one >= 1 for one in taking):
                state = 1
            elif all(one <= -1 for one in taking):
                state = -1
            elif state and len(dropping) == drop and all(state * one < hold for one in dropping):
                state = 0
        states.append(state)
    return states
