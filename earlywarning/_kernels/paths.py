"""Recursions behind simulated paths."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel

# Paths that go on side by side: a step of one waits for its last, those of others need not.
TOGETHER = 8


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


@kernel
def garch_variance(shocks, omega, alpha, beta):
    """Return the conditional variances of a GARCH(1,1), from the sample variance on."""
    variance = np.empty(len(shocks))
    total = 0.0
    for shock in shocks:
        total += shock * shock
    variance[0] = total / len(shocks)
    for t in range(1, len(shocks)):
        variance[t] = omega + alpha * shocks[t - 1] ** 2 + beta * variance[t - 1]
    return variance


@kernel
def garch_shocks(noise, omega, alpha, beta):
    """Turn unit-variance noise (one row a path) into GARCH(1,1) shocks; the variance starts at one."""
    count, n = noise.shape
    shocks = np.empty((count, n))
    variance = np.ones(TOGETHER)
    for first in range(0, count, TOGETHER):
        variance[:] = 1.0
        for t in range(n):
            for i in range(first, min(first + TOGETHER, count)):
                shock = math.sqrt(variance[i - first]) * noise[i, t]
                variance[i - first] = omega + alpha * shock * shock + beta * variance[i - first]
                shocks[i, t] = shock
    return shocks


@kernel
def walk_paths(shocks, start, intercept, persistence):
    """Return paths ``x' = intercept + persistence x + shock`` from ``start``, a row of ``shocks`` each."""
    count, n = shocks.shape
    paths = np.empty((count, n + 1))
    for i in range(count):
        paths[i, 0] = start
        for t in range(n):
            paths[i, t + 1] = intercept + persistence * paths[i, t] + shocks[i, t]
    return paths
