"""Compiled descent of one window: damped Newton steps in a box, cell by cell where tc lies inside the sample.

For tc inside the sample the SSE has a kink wherever an observation comes within TAU_MIN of tc, hence a
shallow minimum at almost every date: a descent stops at the first, so the cells of the valley are compared.
"""

import numpy as np

from lppl._kernels.arithmetic import TINY, solve3, value
from lppl._kernels.jit import ELEMENTWISE, kernel
from lppl._kernels.linked import linked
from lppl._kernels.sums import TAU_MIN

_EDGE = 1e-9  # cells stop this far from their kinks, time units
SAME = (0.1, 0.02, 0.05)  # solutions this close in (tc, m, omega) are one
HOP = 3e-9  # the step across a kink


@kernel(inner=True, views=True)
def _face(h00, h01, h02, h11, h12, h22, g0, g1, g2, low, high, c0, c1, c2):
    """Return the stationary step of a quadratic on one face of the box, and what is known of it.

    ``c0`` to ``c2`` say free (0), on the lower (1) or on the upper bound (2). After the step come the
    decrease of SSE/2, whether it is inside the box, whether no bound pulls besides (if so, it is the
    minimum), and what is left of the gradient along tc and m.
    """
    f0, f1, f2 = c0 == 0, c1 == 0, c2 == 0
    s0 = 0.0 if f0 else (low[0] if c0 == 1 else high[0])
    s1 = 0.0 if f1 else (low[1] if c1 == 1 else high[1])
    s2 = 0.0 if f2 else (low[2] if c2 == 1 else high[2])
    s0, s1, s2 = solve3(
        h00 if f0 else 1.0,
        h01 if f0 and f1 else 0.0,
        h02 if f0 and f2 else 0.0,
        h11 if f1 else 1.0,
        h12 if f1 and f2 else 0.0,
        h22 if f2 else 1.0,
        g0 - h01 * s1 - h02 * s2 if f0 else s0,
        g1 - h01 * s0 - h12 * s2 if f1 else s1,
        g2 - h02 * s0 - h12 * s1 if f2 else s2,
    )
    p0 = g0 - h00 * s0 - h01 * s1 - h02 * s2
    p1 = g1 - h01 * s0 - h11 * s1 - h12 * s2
    p2 = g2 - h02 * s0 - h12 * s1 - h22 * s2
    inside = (
        (not f0 or low[0] <= s0 <= high[0])
        and (not f1 or low[1] <= s1 <= high[1])
        and (not f2 or low[2] <= s2 <= high[2])
    )
    settled = (
        (f0 or (p0 <= 0.0) == (c0 == 1))
        and (f1 or (p1 <= 0.0) == (c1 == 1))
        and (f2 or (p2 <= 0.0) == (c2 == 1))
    )
    gain = 0.5 * (s0 * (g0 + p0) + s1 * (g1 + p1) + s2 * (g2 + p2))
    return s0, s1, s2, gain, inside, inside and settled, p0, p1


@kernel(inner=True, views=True)
def _broken(step, low, high):
    """Return the bound that a step breaks: 0 none, 1 the lower, 2 the upper."""
    return 1 if step < low else (2 if step > high else 0)


@kernel(
    "f8(f8[:, ::1], f8[::1], f8, f8[::1], f8[::1], f8[::1], f8[::1])",
    flags=ELEMENTWISE,
    inner=True,
    views=True,
)
def bounded_step(hessian, gradient, damping, x, lower, upper, step):
    """Fill the damped Gauss-Newton step that is best inside the box; return the predicted decrease of SSE/2.

    The quadratic model is convex in three variables: its minimum is the stationary point of one of the 27
    faces. The interior is tried first; bounds that are broken are taken on, one that pulls inwards is let
    go; where that goes round in circles, all faces are tried.
    """
    grown = 1.0 + damping
    h00, h11, h22 = hessian[0, 0] * grown, hessian[1, 1] * grown, hessian[2, 2] * grown
    h01, h02, h12 = hessian[0, 1], hessian[0, 2], hessian[1, 2]
    g0, g1, g2 = gradient[0], gradient[1], gradient[2]
    low = (lower[0] - x[0], lower[1] - x[1], lower[2] - x[2])
    high = (upper[0] - x[0], upper[1] - x[1], upper[2] - x[2])
    # Where only tc is bounded, eliminating it last gives the minimum at once: its own, moved into the box.
    i1 = 1.0 / h11
    a00, a02, a22 = h00 - h01 * h01 * i1, h02 - h01 * h12 * i1, h22 - h12 * h12 * i1
    b0, b2, i2 = g0 - h01 * g1 * i1, g2 - h12 * g1 * i1, 1.0 / a22
    left = a00 - a02 * a02 * i2
    if h11 > 0.0 and a22 > TINY * h22 and left > TINY * h00:
        s0 = min(max((b0 - a02 * b2 * i2) / left, low[0]), high[0])
        s2 = (b2 - a02 * s0) * i2
        s1 = (g1 - h01 * s0 - h12 * s2) * i1
        if low[1] <= s1 <= high[1] and low[2] <= s2 <= high[2]:
            step[0], step[1], step[2] = s0, s1, s2
            p0 = g0 - h00 * s0 - h01 * s1 - h02 * s2
            return 0.5 * (s0 * (g0 + p0) + s1 * g1 + s2 * g2)
    c0 = c1 = c2 = np.int64(0)  # a literal 0 would be compiled for once more
    for _ in range(8):
        s0, s1, s2, gain, inside, settled, p0, p1 = _face(
            h00, h01, h02, h11, h12, h22, g0, g1, g2, low, high, c0, c1, c2
        )
        if settled:
            step[0], step[1], step[2] = s0, s1, s2
            return gain
        if inside:  # a bound that pulls inwards is let go
            if c0 != 0 and (p0 <= 0.0) != (c0 == 1):
                c0 = np.int64(0)
            elif c1 != 0 and (p1 <= 0.0) != (c1 == 1):
                c1 = np.int64(0)
            else:
                c2 = np.int64(0)
            continue
        c0 = _broken(s0, low[0], high[0]) if c0 == 0 else c0
        c1 = _broken(s1, low[1], high[1]) if c1 == 0 else c1
        c2 = _broken(s2, low[2], high[2]) if c2 == 0 else c2
    best = -1.0
    for face in range(1, 27):
        s0, s1, s2, gain, inside, settled, _, _ = _face(
            h00, h01, h02, h11, h12, h22, g0, g1, g2, low, high, face % 3, (face // 3) % 3, face // 9
        )
        if inside and gain > best:
            best = gain
            step[0], step[1], step[2] = s0, s1, s2
        if settled:
            break
    if best < 0.0:
        step[0] = step[1] = step[2] = 0.0
    return best


@kernel(inner=True, views=True)
def cell(t, tc):
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


@kernel(inner=True, views=True)
def same_cell(t, one, other):
    """Tell whether no kink lies between two critical times."""
    low, high = cell(t, one)
    return low - HOP <= other <= high + HOP


@kernel(inner=True, views=True)
def clip_cell(t, tc, lower, upper, low, high):
    """Fill the box of the smooth cell around tc."""
    for k in range(3):
        low[k] = lower[k]
        high[k] = upper[k]
    a, b = cell(t, tc)
    low[0] = min(max(lower[0], a), upper[0])
    high[0] = max(min(upper[0], b), lower[0])


@kernel(inner=True, views=True)
def _at(home, sse, x, low, high):
    """Tell whether ``x`` (tc, m, omega) has come to ``home`` (SSE, tc, m, omega), in the same cell."""
    for k in range(3):
        if not abs(x[k] - home[k + 1]) <= SAME[k]:
            return False
    return home[0] <= sse and low[0] - HOP <= home[1] <= high[0] + HOP


@linked
@kernel(
    "Tuple((f8, b1, i8))(f8[::1], f8[::1], f8[::1], f8, f8, f8[::1], f8[::1], f8[::1], "
    "Tuple((f8, i8, b1, b1)), f8, f8[::1], Tuple((f8[:, ::1], f4[:, ::1])), f8[:, ::1])",
    inner=True,
    views=True,
)
def refine(
    t,
    y,
    weights,
    rest,
    log_scale,
    x,
    lower,
    upper,
    how,
    ceiling,
    home,
    work,
    scratch,
):
    """Descend from ``x`` (tc, m, omega) inside the box; return (SSE, converged, evaluations used).

    ``how`` says the tolerance, how many evaluations, whether to mind cells, and whether single precision will
    do. ``rest`` is what the weighted observations leave out of the SSE. With ``cells`` the descent goes from
    one smooth cell to the next while that lowers the SSE. It is given up where twice the predicted decrease
    would not bring it below ``ceiling``, and where it comes to ``home``, a minimum that is known.
    """
    tolerance, evaluations, cells, rough = how
    gradient, step, trial, trial_gradient, linear = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    hessian, trial_hessian = scratch[5:8], scratch[8:11]
    low, high = scratch[11], scratch[12]
    for k in range(3):
        low[k], high[k] = lower[k], upper[k]
        x[k] = min(max(x[k], lower[k]), upper[k])
    if cells:
        clip_cell(t, x[0], lower, upper, low, high)
    sse = rest + value(t, y, weights, x, log_scale, rough, work, gradient, hessian, linear)
    entered = np.inf
    damping, grow = 1e-3, 2.0
    used, small = 1, 0
    while used < evaluations:
        predicted = bounded_step(hessian, gradient, damping, x, low, high, step)
        if sse - 4.0 * predicted > ceiling or _at(home, sse, x, low, high):
            return sse, False, used
        done = not predicted > tolerance * sse
        if not done:
            for k in range(3):
                trial[k] = min(max(x[k] + step[k], low[k]), high[k])
            new = rest + value(
                t, y, weights, trial, log_scale, rough, work, trial_gradient, trial_hessian, linear
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
                    hop = low[0] - HOP
                elif x[0] >= high[0] and high[0] < upper[0]:
                    hop = high[0] + HOP
            if hop == 0.0:
                # What is left is below the resolution of the SSE, not of its gradient.
                if bounded_step(hessian, gradient, damping, x, low, high, step) <= 100.0 * tolerance * sse:
                    for k in range(3):
                        x[k] = min(max(x[k] + step[k], low[k]), high[k])
                return sse, True, used
            entered = sse
            x[0] = hop
            clip_cell(t, x[0], lower, upper, low, high)
            sse = rest + value(t, y, weights, x, log_scale, rough, work, gradient, hessian, linear)
            used += 1
            damping, grow, small = 1e-3, 2.0, 0
    return sse, False, used
