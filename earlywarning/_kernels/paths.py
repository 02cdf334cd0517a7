"""Recursions behind simulated paths."""

import math

from earlywarning._kernels.jit import kernel


@kernel
def garch_walk(shocks, mu, omega, alpha, beta, variance, start, burn, out):
    """Write GARCH(1,1) walks to ``out`` (paths, n) from unit-variance ``shocks`` (paths, burn + n - 1).

    ``variance`` is where the conditional variance begins, ``burn`` steps before the walk does.
    """
    for path in range(shocks.shape[0]):
        h = variance
        level = start
        out[path, 0] = start
        for t in range(shocks.shape[1]):
            shock = math.sqrt(h) * shocks[path, t]
            if t >= burn:
                level += mu + shock
                out[path, t - burn + 1] = level
            h = omega + alpha * shock * shock + beta * h
