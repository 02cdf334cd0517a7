"""Compiled profile of one window: (m, omega) minimised at fixed critical times, and the curvatures there.

Assumes what ``lppl._kernels.arithmetic`` assumes: clean float64 arrays, times and prices relative to the
window's end.
"""

import numpy as np

from lppl._kernels.arithmetic import evaluate, solve3
from lppl._kernels.jit import REDUCTION, kernel

_TOLERANCE = 1e-10  # predicted relative decrease of the SSE at which a descent ends
_EVALUATIONS = 60


@kernel(inner=True)
def _bounded_step(h11, h12, h22, g1, g2, x, lower, upper, step):
    """Fill the step in (m, omega) that minimises a convex quadratic over the box; return the decrease."""
    best = -1.0
    for face in range(5):
        s1, s2, _ = solve3(h11, h12, 0.0, h22, 0.0, 1.0, g1, g2, 0.0)
        if face == 1 or face == 2:
            s1 = (lower[0] if face == 1 else upper[0]) - x[0]
            s2 = min(max((g2 - h12 * s1) / h22, lower[1] - x[1]), upper[1] - x[1])
        elif face > 2:
            s2 = (lower[1] if face == 3 else upper[1]) - x[1]
            s1 = min(max((g1 - h12 * s2) / h11, lower[0] - x[0]), upper[0] - x[0])
        elif not (lower[0] <= x[0] + s1 <= upper[0] and lower[1] <= x[1] + s2 <= upper[1]):
            continue
        gain = g1 * s1 + g2 * s2 - 0.5 * (h11 * s1 * s1 + 2.0 * h12 * s1 * s2 + h22 * s2 * s2)
        if gain > best:
            best = gain
            step[0], step[1] = s1, s2
        if face == 0:
            break
    return best


@kernel(inner=True)
def _descend(t, y, weights, tc, log_scale, x, lower, upper, work, scratch):
    """Descend from ``x`` (m, omega) at fixed tc inside the box; return the SSE."""
    gradient, trial_gradient, linear, step, trial = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    hessian, trial_hessian = scratch[5:8], scratch[8:11]
    for k in range(2):
        x[k] = min(max(x[k], lower[k]), upper[k])
    sse = evaluate(t, y, weights, tc, x[0], x[1], log_scale, work, gradient, hessian, linear)
    damping, grow = 1e-4, 2.0
    for _ in range(_EVALUATIONS):
        h11, h22 = hessian[1, 1] * (1.0 + damping), hessian[2, 2] * (1.0 + damping)
        if not (h11 > 0.0 and h22 > 0.0):
            break
        predicted = _bounded_step(h11, hessian[1, 2], h22, gradient[1], gradient[2], x, lower, upper, step)
        if not predicted > _TOLERANCE * sse:
            break
        for k in range(2):
            trial[k] = min(max(x[k] + step[k], lower[k]), upper[k])
        new = evaluate(
            t, y, weights, tc, trial[0], trial[1], log_scale, work, trial_gradient, trial_hessian, linear
        )
        if new < sse:
            ratio = 0.5 * (sse - new) / predicted
            sse = new
            for k in range(2):
                x[k] = trial[k]
            for k in range(3):
                gradient[k] = trial_gradient[k]
                for j in range(3):
                    hessian[k, j] = trial_hessian[k, j]
            damping *= max(0.1, 1.0 - (2.0 * ratio - 1.0) ** 3)
            grow = 2.0
        else:
            damping *= grow
            grow *= 2.0
            if damping > 1e12:
                break
    return sse


@kernel
def minimise(t, y, tc, starts, counts, lower, upper, log_scale, sweep, sse, solution):
    """Fill the smallest SSE and its (m, omega) at increasing critical times.

    ``starts[k, :counts[k]]`` are (m, omega) to descend from at ``tc[k]``. With ``sweep`` every time also
    takes its neighbours' solutions as starts: upwards first, then downwards wherever the neighbour's did
    not come from below.
    """
    work, scratch, weights = np.empty((5, t.size)), np.empty((11, 4)), np.ones(t.size)
    x = np.empty(2)
    carried = np.zeros(tc.size, np.bool_)
    for k in range(tc.size):
        sse[k] = np.inf
        own = counts[k]
        for s in range(own + 1 if sweep and k > 0 else own):
            for j in range(2):
                x[j] = starts[k, s, j] if s < own else solution[k - 1, j]
            value = _descend(t, y, weights, tc[k], log_scale, x, lower, upper, work, scratch)
            if value < sse[k]:
                sse[k] = value
                carried[k] = s == own
                for j in range(2):
                    solution[k, j] = x[j]
    if not sweep:
        return
    for k in range(tc.size - 2, -1, -1):
        if carried[k + 1]:
            continue
        for j in range(2):
            x[j] = solution[k + 1, j]
        value = _descend(t, y, weights, tc[k], log_scale, x, lower, upper, work, scratch)
        if value < sse[k]:
            sse[k] = value
            carried[k] = False
            for j in range(2):
                solution[k, j] = x[j]


@kernel
def row_starts(best, power, powers, omega_low, omega_step, starts):
    """Fill ``starts`` with (m, omega) of the lowest minima of one row of a grid map; return how many."""
    count = 0
    values = np.empty(starts.shape[0])
    for j in range(best.size):
        value = best[j]
        if not value < np.inf:
            continue
        if (j > 0 and best[j - 1] < value) or (j + 1 < best.size and best[j + 1] < value):
            continue
        if count == starts.shape[0] and value >= values[count - 1]:
            continue
        place = count if count < starts.shape[0] else count - 1
        while place > 0 and values[place - 1] > value:
            values[place] = values[place - 1]
            starts[place, 0], starts[place, 1] = starts[place - 1, 0], starts[place - 1, 1]
            place -= 1
        values[place] = value
        starts[place, 0] = powers[int(power[j])]
        starts[place, 1] = omega_low + j * omega_step
        count = min(count + 1, starts.shape[0])
    return count


@kernel(
    "void(f8[::1], f8[::1], f8[::1], f8, f8, f8, f8, f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1])",
    flags=REDUCTION,
    inner=True,
)
def _columns(t, y, weights, tc, m, omega, log_scale, work, scratch, columns, bent):
    """Fill the centred derivatives of the curve in (m, omega, b, c1, c2), rows of ``columns``, and ``bent``.

    ``bent`` is the residuals' sum over second derivatives, the part of the Hessian that is not X'X.
    """
    linear = scratch[2]
    evaluate(t, y, weights, tc, m, omega, log_scale, work, scratch[0], scratch[5:8], linear)
    logs, power, cosine, sine = work[0], work[2], work[3], work[4]
    a, b, c1, c2 = linear[0], linear[1], linear[2], linear[3]
    inverse = 1.0 / m
    mm = mo = oo = mb = mc = ms = 0.0
    for i in range(t.size):
        ln, f, c, s = logs[i], power[i] + 1.0, cosine[i], sine[i]
        g = power[i] * inverse
        wave = c1 * c + c2 * s
        turn = c2 * c - c1 * s
        dg = (ln * f - g) * inverse
        r = y[i] - a - b * g - wave
        columns[0, i] = b * dg + ln * wave
        columns[1, i] = ln * turn
        columns[2, i] = g
        columns[3, i] = c
        columns[4, i] = s
        mm += r * (b * (ln * ln * f - 2.0 * dg) * inverse + ln * ln * wave)
        mo += r * ln * ln * turn
        oo -= r * ln * ln * wave
        mb += r * dg
        mc += r * ln * c
        ms += r * ln * s
    for k in range(5):
        mean = 0.0
        for i in range(t.size):
            mean += columns[k, i]
        mean /= t.size
        for i in range(t.size):
            columns[k, i] -= mean
        for j in range(5):
            bent[k, j] = 0.0
    bent[0, 0], bent[1, 1] = mm, oo
    bent[0, 1] = bent[1, 0] = mo
    bent[0, 2] = bent[2, 0] = mb
    bent[0, 3] = bent[3, 0] = bent[1, 4] = bent[4, 1] = mc
    bent[0, 4] = bent[4, 0] = ms
    bent[1, 3] = bent[3, 1] = -ms


@kernel("void(f8[:, ::1], f8[:, ::1], f8[:, ::1])", flags=REDUCTION, inner=True)
def _product(left, right, out):
    """Fill ``out`` with left right'."""
    for k in range(left.shape[0]):
        for j in range(right.shape[0]):
            total = 0.0
            for i in range(left.shape[1]):
                total += left[k, i] * right[j, i]
            out[k, j] = total


@kernel
def curvature(t, y, tc, solution, optimum, log_scale, gram, bent, cross):
    """Fill X'X, the residuals' curvature and Xhat'X at every profile point, five by five, constant removed.

    X are the curve's derivatives in the nuisances (m, omega, b, c1, c2) at the profile point, Xhat those
    at ``optimum`` (tc, m, omega).
    """
    work, scratch, weights = np.empty((5, t.size)), np.empty((11, 4)), np.ones(t.size)
    hat, columns = np.empty((5, t.size)), np.empty((5, t.size))
    _columns(t, y, weights, optimum[0], optimum[1], optimum[2], log_scale, work, scratch, hat, bent[0])
    for k in range(tc.size):
        _columns(
            t, y, weights, tc[k], solution[k, 0], solution[k, 1], log_scale, work, scratch, columns, bent[k]
        )
        _product(columns, columns, gram[k])
        _product(hat, columns, cross[k])
