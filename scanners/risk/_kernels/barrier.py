"""First passage of a drifting walk whose volatility is a mixture: chances, and their slopes for a fit."""

import math

from numba import njit

FAR = 12.0  # deviations beyond which no fall is expected
SURE = 1e-12  # no chance is smaller, nor larger than one less it: odds stay finite


@njit(cache=True, nogil=True, error_model="numpy")
def passage(loss, root, log_sigma, drift, scales, weights, out):
    """Chance of loss (n, H, S) by root (H,), log_sigma and drift (n, H), scales (n, H, K), weights (K,)."""
    n, horizons, sizes = loss.shape
    half = math.sqrt(0.5)
    for i in range(n):
        for j in range(horizons):
            delta = drift[i, j]
            shift = 0.5826 / root[j]
            base = math.exp(-log_sigma[i, j]) / root[j]
            for s in range(sizes):
                total = 0.0
                for k in range(weights.size):
                    z = loss[i, j, s] * base * scales[i, j, k] + shift
                    if z > FAR:
                        continue
                    total += weights[k] * (
                        0.5 * math.erfc((z + delta) * half)
                        + math.exp(-2.0 * delta * z) * 0.5 * math.erfc((z - delta) * half)
                    )
                out[i, j, s] = min(max(total, SURE), 1.0 - SURE)


@njit(cache=True, nogil=True, error_model="numpy")
def slopes(loss, root, log_sigma, drift, spread, nodes, weights, out):
    """Fill out (n, H, S, 4): chance of `passage` and its slopes in log_sigma, spread and drift (n, H)."""
    n, horizons, sizes = loss.shape
    half, flat = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi)
    for i in range(n):
        for j in range(horizons):
            delta = drift[i, j]
            shift = 0.5826 / root[j]
            base = math.exp(-log_sigma[i, j]) / root[j]
            for s in range(sizes):
                p = by_sigma = by_spread = by_drift = 0.0
                for k in range(nodes.size):
                    deep = loss[i, j, s] * base * math.exp(-spread[i, j] * nodes[k])
                    z = deep + shift
                    if z > FAR:
                        continue
                    mirrored = math.exp(-2.0 * delta * z) * 0.5 * math.erfc((z - delta) * half)
                    density = flat * math.exp(-0.5 * (z + delta) ** 2)
                    slope = -2.0 * density - 2.0 * delta * mirrored
                    p += weights[k] * (0.5 * math.erfc((z + delta) * half) + mirrored)
                    by_sigma -= weights[k] * slope * deep
                    by_spread -= weights[k] * slope * deep * nodes[k]
                    by_drift -= weights[k] * 2.0 * z * mirrored
                cell = out[i, j, s]
                cell[0], cell[1], cell[2], cell[3] = p, by_sigma, by_spread, by_drift
