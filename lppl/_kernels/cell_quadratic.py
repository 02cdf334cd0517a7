"""Compiled extremes of quadratic forms over a cell ``-half <= d <= half`` of three variables."""

import math

from lppl._kernels.jit import kernel

_SAFE = 1e-12  # of the largest entry: a pivot that counts as positive
_SWEEPS = 40


@kernel
def corner(form, half):
    """Return the largest square root of d'(form)d over the cell: it is convex, so a corner has it."""
    most = 0.0
    for k in range(4):
        d = (half[0], half[1] if k & 1 else -half[1], half[2] if k & 2 else -half[2])
        total = 0.0
        for i in range(3):
            for j in range(3):
                total += form[i, j] * d[i] * d[j]
        most = max(most, total)
    return math.sqrt(most)


@kernel(inner=True)
def _stationary(a, b, c, d, e, f, g0, g1, g2, least_pivot):
    """Return whether a symmetric matrix is safely positive, and where its form plus ``g`` is stationary."""
    if not a > least_pivot:
        return False, 0.0, 0.0, 0.0
    d1, e1 = d - b * b / a, e - b * c / a
    if not d1 > least_pivot:
        return False, 0.0, 0.0, 0.0
    f2 = f - c * c / a - e1 * e1 / d1
    if not f2 > least_pivot:
        return False, 0.0, 0.0, 0.0
    h1 = -0.5 * (g1 - g0 * b / a)
    z = (-0.5 * (g2 - g0 * c / a) - h1 * e1 / d1) / f2
    y = (h1 - e1 * z) / d1
    return True, (-0.5 * g0 - b * y - c * z) / a, y, z


@kernel
def least(gradient, form, half):
    """Return a lower bound of gradient'd + d'(form)d over the cell, for any symmetric form.

    A form that is not convex is bent up by a multiple of sum (d/half)^2, whose most is subtracted. Convex, it
    lies above its tangent plane at any point: points ever closer to the minimum are tried.
    """
    g0, g1, g2 = gradient[0] * half[0], gradient[1] * half[1], gradient[2] * half[2]
    a, b, c = form[0, 0] * half[0] ** 2, form[0, 1] * half[0] * half[1], form[0, 2] * half[0] * half[2]
    d, e, f = form[1, 1] * half[1] ** 2, form[1, 2] * half[1] * half[2], form[2, 2] * half[2] ** 2
    if not abs(a) + abs(b) + abs(c) + abs(d) + abs(e) + abs(f) + abs(g0) + abs(g1) + abs(g2) < math.inf:
        return -math.inf  # nothing is known of such a form
    scale = max(abs(a), abs(b), abs(c), abs(d), abs(e), abs(f))
    lift, done = 0.0, False
    while not done:
        done, x, y, z = _stationary(a + lift, b, c, d + lift, e, f + lift, g0, g1, g2, _SAFE * scale)
        if not done:
            if not scale > 0.0:
                return -abs(g0) - abs(g1) - abs(g2)
            lift = max(2.0 * lift, 1e-6 * scale)
    a, d, f = a + lift, d + lift, f + lift
    x, y, z = min(max(x, -1.0), 1.0), min(max(y, -1.0), 1.0), min(max(z, -1.0), 1.0)
    low = -math.inf
    for _ in range(_SWEEPS):
        p0 = g0 + 2.0 * (a * x + b * y + c * z)
        p1 = g1 + 2.0 * (b * x + d * y + e * z)
        p2 = g2 + 2.0 * (c * x + e * y + f * z)
        value = 0.5 * ((g0 + p0) * x + (g1 + p1) * y + (g2 + p2) * z)
        # The tangent plane, at its lowest corner.
        tangent = value - abs(p0) - p0 * x - abs(p1) - p1 * y - abs(p2) - p2 * z
        low = max(low, tangent)
        if value - low <= 1e-9 * abs(value):
            break
        x = min(max(-(0.5 * g0 + b * y + c * z) / a, -1.0), 1.0)
        y = min(max(-(0.5 * g1 + b * x + e * z) / d, -1.0), 1.0)
        z = min(max(-(0.5 * g2 + c * x + e * y) / f, -1.0), 1.0)
    return low - 3.0 * lift
