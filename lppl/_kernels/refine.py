"""Compiled descent of one window: damped Gauss-Newton in a box, cell by cell where tc lies inside the sample.

For tc inside the sample the SSE has a kink wherever an observation comes within TAU_MIN of tc, hence a
shallow minimum at almost every date: a descent stops at the first, so the cells of the valley are compared.
"""

import numpy as np

from lppl._kernels.arithmetic import TAU_MIN, evaluate, solve3
from lppl._kernels.jit import kernel

_EDGE = 1e-9  # cells stop this far from their kinks, time units
_HOP = 3e-9  # the step across a kink


@kernel(inner=True)
def _bounded_step(hessian, gradient, damping, x, lower, upper, step):
    """Fill the damped Gauss-Newton step that is best inside the box; return the predicted decrease of SSE/2.

    The quadratic model is convex in three variables: its minimum over the box is the best feasible
    stationary point over the 27 faces, and the interior is tried first.
    """
    best = -1.0
    trial = np.zeros(3)
    for face in range(27):
        codes = (face % 3, (face // 3) % 3, face // 9)
        f0, f1, f2 = codes[0] == 0, codes[1] == 0, codes[2] == 0
        s0 = 0.0 if f0 else (lower[0] if codes[0] == 1 else upper[0]) - x[0]
        s1 = 0.0 if f1 else (lower[1] if codes[1] == 1 else upper[1]) - x[1]
        s2 = 0.0 if f2 else (lower[2] if codes[2] == 1 else upper[2]) - x[2]
        h01, h02, h12 = hessian[0, 1], hessian[0, 2], hessian[1, 2]
        a00 = hessian[0, 0] * (1.0 + damping) if f0 else 1.0
        a11 = hessian[1, 1] * (1.0 + damping) if f1 else 1.0
        a22 = hessian[2, 2] * (1.0 + damping) if f2 else 1.0
        b0 = gradient[0] - h01 * s1 - h02 * s2 if f0 else s0
        b1 = gradient[1] - h01 * s0 - h12 * s2 if f1 else s1
        b2 = gradient[2] - h02 * s0 - h12 * s1 if f2 else s2
        a01 = h01 if f0 and f1 else 0.0
        a02 = h02 if f0 and f2 else 0.0
        a12 = h12 if f1 and f2 else 0.0
        trial[0], trial[1], trial[2] = solve3(a00, a01, a02, a11, a12, a22, b0, b1, b2)
        feasible = True
        linear = quadratic = 0.0
        for k in range(3):
            if codes[k] == 0 and not (lower[k] <= x[k] + trial[k] <= upper[k]):
                feasible = False
            linear += trial[k] * gradient[k]
            for j in range(3):
                quadratic += trial[k] * hessian[k, j] * trial[j]
            quadratic += damping * hessian[k, k] * trial[k] * trial[k]
        if feasible and linear - 0.5 * quadratic > best:
            best = linear - 0.5 * quadratic
            for k in range(3):
                step[k] = trial[k]
        if face == 0 and feasible:
            break
    if best < 0.0:
        for k in range(3):
            step[k] = 0.0
    return best


@kernel(inner=True)
def _cell(t, tc):
    """Return the interval around tc in which no |tc - t| crosses TAU_MIN: there the SSE is smooth.

    After the last time it is smooth throughout; cells there double in width, so that a walk meets the
    several shallow minima just after t2.
    """
    i, last = 0, t.size
    while i < last:
        middle = (i + last) // 2
        if t[middle] < tc:
            i = middle + 1
        else:
            last = middle
    if i == t.size and tc - t[i - 1] > TAU_MIN:
        width = TAU_MIN
        while tc - t[i - 1] > 2.0 * width:
            width *= 2.0
        return t[i - 1] + width + _EDGE, t[i - 1] + 2.0 * width - _EDGE
    low = t[i - 1] if i > 0 else -np.inf
    high = t[i] if i < t.size else np.inf
    if tc - low <= TAU_MIN:
        return low - TAU_MIN + _EDGE, min(low + TAU_MIN, high - TAU_MIN) - _EDGE
    if high - tc <= TAU_MIN:
        return max(high - TAU_MIN, low + TAU_MIN) + _EDGE, high + TAU_MIN - _EDGE
    return low + TAU_MIN + _EDGE, high - TAU_MIN - _EDGE


@kernel(inner=True)
def _clip_cell(t, tc, lower, upper, low, high):
    """Fill the box of the smooth cell around tc."""
    for k in range(3):
        low[k] = lower[k]
        high[k] = upper[k]
    a, b = _cell(t, tc)
    low[0] = min(max(lower[0], a), upper[0])
    high[0] = max(min(upper[0], b), lower[0])


@kernel(inner=True)
def refine(t, y, log_scale, x, lower, upper, cells, tolerance, evaluations, work, scratch):
    """Descend from ``x`` (tc, m, omega) inside the box; return (SSE, converged, evaluations used).

    With ``cells`` the descent goes from one smooth cell to the next while that lowers the SSE.
    """
    gradient, step, trial, trial_gradient, linear = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    hessian, trial_hessian = scratch[5:8], scratch[8:11]
    low, high = scratch[11], scratch[12]
    for k in range(3):
        low[k], high[k] = lower[k], upper[k]
        x[k] = min(max(x[k], lower[k]), upper[k])
    if cells:
        _clip_cell(t, x[0], lower, upper, low, high)
    sse = evaluate(t, y, x[0], x[1], x[2], log_scale, work, gradient, hessian, linear)
    entered = np.inf
    damping, grow = 1e-3, 2.0
    used, small = 1, 0
    while used < evaluations:
        predicted = _bounded_step(hessian, gradient, damping, x, low, high, step)
        done = not predicted > tolerance * sse
        if not done:
            for k in range(3):
                trial[k] = min(max(x[k] + step[k], low[k]), high[k])
            new = evaluate(
                t, y, trial[0], trial[1], trial[2], log_scale, work, trial_gradient, trial_hessian, linear
            )
            used += 1
            if new < sse:
                ratio = 0.5 * (sse - new) / predicted
                small = small + 1 if sse - new < 10.0 * tolerance * sse else 0
                sse = new
                for k in range(3):
                    x[k] = trial[k]
                    gradient[k] = trial_gradient[k]
                    for j in range(3):
                        hessian[k, j] = trial_hessian[k, j]
                damping *= max(0.1, 1.0 - (2.0 * ratio - 1.0) ** 3)
                grow = 2.0
                done = small == 2
            else:
                damping *= grow
                grow *= 2.0
                done = damping > 1e12
        if done:
            hop = 0.0
            if cells and sse < entered * (1.0 - tolerance):
                if x[0] <= low[0] and low[0] > lower[0]:
                    hop = low[0] - _HOP
                elif x[0] >= high[0] and high[0] < upper[0]:
                    hop = high[0] + _HOP
            if hop == 0.0:
                return sse, True, used
            entered = sse
            x[0] = hop
            _clip_cell(t, x[0], lower, upper, low, high)
            sse = evaluate(t, y, x[0], x[1], x[2], log_scale, work, gradient, hessian, linear)
            used += 1
            damping, grow, small = 1e-3, 2.0, 0
    return sse, False, used


@kernel(inner=True)
def comb(t, y, log_scale, x, lower, upper, reach, wall, work, scratch, nodes):
    """Walk the cells on both sides of ``x``, carrying (m, omega) along; return the number of nodes.

    Each cell is tried at its two quarter points. A node is (SSE predicted for the cell's minimum, tc, m,
    omega). The walk ends after ``reach`` cells, at the box, or where predictions rise above ``wall``
    times the best.
    """
    gradient, step, linear = scratch[0], scratch[1], scratch[4]
    hessian = scratch[5:8]
    low, high, z = scratch[11], scratch[12], scratch[13]
    count = 0
    best = np.inf
    for side in (-1.0, 1.0):
        for k in range(3):
            z[k] = x[k]
        for hop in range(reach + 1):
            _clip_cell(t, z[0], lower, upper, low, high)
            edge = low[0] - _HOP if side < 0.0 else high[0] + _HOP
            if hop > 0 or side < 0.0:
                lowest = np.inf
                for quarter in (0.5 - 0.25 * side, 0.5 + 0.25 * side):
                    z[0] = low[0] + quarter * (high[0] - low[0])
                    sse = evaluate(t, y, z[0], z[1], z[2], log_scale, work, gradient, hessian, linear)
                    sse -= 2.0 * _bounded_step(hessian, gradient, 1e-3, z, low, high, step)
                    lowest = min(lowest, sse)
                    nodes[count, 0] = sse
                    for k in range(3):
                        nodes[count, k + 1] = z[k] + step[k]
                    count += 1
                    z[1] += step[1]
                    z[2] += step[2]
                best = min(best, lowest)
                if lowest > wall * best:
                    break
            if not (lower[0] < edge < upper[0]):
                break
            z[0] = edge
    return count
