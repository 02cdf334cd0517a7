"""Compiled extremes of quadratic forms over a cell ``-half <= d <= half`` of three variables."""

import math

from lppl._kernels.jit import kernel


@kernel(inner=True)
def corner(form, half):
    """Return the largest square root of d'(form)d over the cell: it is convex, so a corner has it."""
    most = 0.0
    for k in range(4):
        d1 = half[1] if k & 1 else -half[1]
        d2 = half[2] if k & 2 else -half[2]
        d = (half[0], d1, d2)
        total = 0.0
        for i in range(3):
            for j in range(3):
                total += form[i, j] * d[i] * d[j]
        most = max(most, total)
    return math.sqrt(most)


@kernel(inner=True)
def least(gradient, form, half, step):
    """Return a lower bound of gradient'd + d'(form)d over the cell, for any symmetric form."""
    scale = 0.0
    for i in range(3):
        scale = max(scale, abs(form[i, i]) * half[i] * half[i])
    for i in range(3):
        for j in range(i):
            scale = max(scale, abs(form[i, j]) * half[i] * half[j])
    lift = 0.0
    for _ in range(60):
        a = form[0, 0] * half[0] * half[0] + lift
        b = form[0, 1] * half[0] * half[1]
        c = form[0, 2] * half[0] * half[2]
        d = form[1, 1] * half[1] * half[1] + lift
        e = form[1, 2] * half[1] * half[2]
        f = form[2, 2] * half[2] * half[2] + lift
        if a > 1e-12 * scale:
            d1 = d - b * b / a
            e1 = e - b * c / a
            if d1 > 1e-12 * scale and f - c * c / a - e1 * e1 / d1 > 1e-12 * scale:
                break
        lift = max(2.0 * lift, 1e-3 * scale)
    for k in range(3):
        step[k] = 0.0
    for _ in range(12):
        for k in range(3):
            if half[k] > 0.0:
                pull = gradient[k]
                for j in range(3):
                    if j != k:
                        pull += 2.0 * form[k, j] * step[j]
                bend = form[k, k] + lift / (half[k] * half[k])
                free = -pull / (2.0 * bend) if bend > 0.0 else -math.copysign(half[k], pull)
                step[k] = min(max(free, -half[k]), half[k])
    value = -3.0 * lift
    for k in range(3):
        if half[k] > 0.0:
            bend = lift / (half[k] * half[k])
            slope = gradient[k] + 2.0 * bend * step[k]
            value += gradient[k] * step[k] + bend * step[k] * step[k]
            for j in range(3):
                slope += 2.0 * form[k, j] * step[j]
                value += step[k] * form[k, j] * step[j]
            # The tangent plane at the step, at its lowest corner.
            value -= abs(slope) * half[k] + slope * step[k]
    return value
