"""First passage of a drifting walk whose volatility is a mixture: chances, and their slopes for a fit."""

import math

import numpy as np

from lppl._kernels.jit import kernel

FAR = 12.0  # deviations beyond which no fall is expected
EDGE = 1e-6  # the same in a fit, where one look must not outweigh all
SURE = 1e-12  # no chance is smaller, nor larger than one less it: odds stay finite


@kernel
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


@kernel
def slopes(loss, root, log_sigma, delta, spread, nodes, weights, out):
    """Fill out (4,) with one chance of `passage` and its slopes in log_sigma, spread and drift ``delta``."""
    half, flat = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi)
    shift, base = 0.5826 / root, math.exp(-log_sigma) / root
    p = by_sigma = by_spread = by_drift = 0.0
    for k in range(nodes.size):
        deep = loss * base * math.exp(-spread * nodes[k])
        z = deep + shift
        if z > FAR:
            continue
        mirrored = math.exp(-2.0 * delta * z) * 0.5 * math.erfc((z - delta) * half)
        slope = -2.0 * flat * math.exp(-0.5 * (z + delta) ** 2) - 2.0 * delta * mirrored
        p += weights[k] * (0.5 * math.erfc((z + delta) * half) + mirrored)
        by_sigma -= weights[k] * slope * deep
        by_spread -= weights[k] * slope * deep * nodes[k]
        by_drift -= weights[k] * 2.0 * z * mirrored
    out[0], out[1], out[2], out[3] = p, by_sigma, by_spread, by_drift


@kernel
def scored(
    loss, followed, horizons, lasts, log_sigma, drift, spread, k, confidence, nodes, weights, score, fisher
):
    """Return the log likelihood of each look; fill score (n, H, 7) and Fisher information (n, H, 7, 7).

    log_sigma, drift, spread (n, H + 1): the last column belongs to the ``lasts`` sessions of the bubble. The
    seven directions are log_sigma, spread, drift of the horizon, the same of ``lasts`` (zero at horizons up
    to it, which are their own), and k. Cells whose ``followed`` is NaN are left out.
    """
    n, many, sizes = loss.shape
    value = np.zeros(n)
    own, first, a = np.empty(4), np.empty(4), np.zeros(7)
    for i in range(n):
        f = math.exp(k * confidence[i])
        for j in range(many):
            later = horizons[j] > lasts and f != 1.0
            for s in range(sizes):
                y = followed[i, j, s]
                if math.isnan(y):
                    continue
                slopes(
                    loss[i, j, s], math.sqrt(horizons[j]), log_sigma[i, j], drift[i, j], spread[i, j],
                    nodes, weights, own,
                )  # fmt: skip
                within = own[0]
                if horizons[j] > lasts and confidence[i] > 0.0:
                    slopes(
                        loss[i, j, s], math.sqrt(lasts), log_sigma[i, many], drift[i, many], spread[i, many],
                        nodes, weights, first,
                    )  # fmt: skip
                    within = first[0]
                divisor = 1.0 + (f - 1.0) * within
                chance = min(max(1.0 - (1.0 - own[0]) / divisor, EDGE), 1.0 - EDGE)
                by_within = (1.0 - own[0]) * (f - 1.0) / divisor**2
                for u in range(3):
                    a[u] = own[u + 1] / divisor
                    a[u + 3] = first[u + 1] * by_within if later else 0.0
                    if horizons[j] <= lasts:
                        a[u] += own[u + 1] * by_within
                a[6] = (1.0 - own[0]) * within / divisor**2 * f * confidence[i]
                value[i] += math.log(chance) if y > 0.5 else math.log1p(-chance)
                each = 1.0 / (chance * (1.0 - chance))
                for u in range(7):
                    score[i, j, u] += a[u] * each * (y - chance)
                    for v in range(7):
                        fisher[i, j, u, v] += a[u] * a[v] * each
    return value
