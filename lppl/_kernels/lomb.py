"""Compiled Lomb periodogram of unevenly spaced values."""

import math

import numpy as np

from lppl._kernels.elementary import sincos
from lppl._kernels.jit import REDUCTION, kernel


@kernel("f8[::1](f8[::1], f8[::1], f8[::1])", flags=REDUCTION)
def lomb(x, y, omegas):
    """Return the Lomb power of ``y`` at ``x`` for angular frequencies > 0, in units of the variance of y."""
    power = np.empty(omegas.size)
    errors = y - y.mean()
    variance = (errors * errors).sum() / (y.size - 1)
    for k in range(omegas.size):
        s2 = c2 = cc = cs = ys = yc = 0.0
        for i in range(x.size):
            s, c = sincos(omegas[k] * x[i])
            s2 += 2.0 * s * c
            c2 += (c - s) * (c + s)
            cc += c * c
            yc += errors[i] * c
            ys += errors[i] * s
        # Turned by the angle that makes the two waves orthogonal.
        cs = 0.5 * s2
        ss = x.size - cc
        turn = 0.5 * math.atan2(s2, c2)
        s, c = math.sin(turn), math.cos(turn)
        along, across = yc * c + ys * s, ys * c - yc * s
        weight = cc * c * c + 2.0 * cs * c * s + ss * s * s
        power[k] = 0.5 * (along * along / weight + across * across / (x.size - weight)) / variance
    return power
