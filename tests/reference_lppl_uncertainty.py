"""Slow, obvious twins of simulated noise and of the profile likelihood of tc."""

import math

import numpy as np
from scipy.optimize import minimize


def ar1(z, phi):
    out = [z[0]]
    for value in z[1:]:
        out.append(phi * out[-1] + math.sqrt(1 - phi**2) * value)
    return np.array(out)


def garch(z, alpha, beta):
    variance, out = 1.0, []
    for value in z:
        out.append(math.sqrt(variance) * value)
        variance = (1 - alpha - beta) + alpha * out[-1] ** 2 + beta * variance
    return np.array(out)


def linear_fit(t, y, tc, m, omega):
    """Return (SSE, all six nuisances) at fixed (tc, m, omega)."""
    tau = np.maximum(np.abs(tc - t), 0.5)
    power, phase = tau**m, omega * np.log(tau)
    basis = np.column_stack([np.ones_like(t), power, power * np.cos(phase), power * np.sin(phase)])
    size = np.linalg.norm(basis, axis=0)
    linear = np.linalg.lstsq(basis / size, y, rcond=None)[0] / size
    return float(((y - basis @ linear) ** 2).sum()), np.concatenate([[m, omega], linear])


def profile_point(t, y, tc, m_box, omega_box):
    """Minimise over (m, omega) from every local minimum of a dense grid."""
    ms, omegas = np.linspace(*m_box, 15), np.linspace(*omega_box, 120)
    table = np.array([[linear_fit(t, y, tc, m, omega)[0] for omega in omegas] for m in ms])
    padded = np.pad(table, 1, constant_values=np.inf)
    around = [padded[1 + a : 16 + a, 1 + b : 121 + b] for a in (-1, 0, 1) for b in (-1, 0, 1)]
    best = (np.inf, None)
    for i, j in zip(*np.nonzero(table <= np.min(around, axis=0)), strict=True):
        found = minimize(
            lambda x: math.log(linear_fit(t, y, tc, *x)[0]),
            (ms[i], omegas[j]),
            bounds=[m_box, omega_box],
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 2000, "maxfev": 2000},
        )
        sse, eta = linear_fit(t, y, tc, *found.x)
        if sse < best[0]:
            best = (sse, eta)
    return best


def jacobian(t, tc, eta):
    """Derivatives of the natural formula in (m, omega, A, B, C1, C2)."""
    m, omega, _, B, C1, C2 = eta
    log_tau = np.log(np.maximum(np.abs(tc - t), 0.5))
    power, c, s = np.exp(m * log_tau), np.cos(omega * log_tau), np.sin(omega * log_tau)
    return np.column_stack(
        [
            log_tau * power * (B + C1 * c + C2 * s),
            log_tau * power * (C2 * c - C1 * s),
            np.ones_like(t),
            power,
            power * c,
            power * s,
        ]
    )


def curvature(t, y, tc, eta):
    """Sum of residuals times second derivatives."""
    m, omega, A, B, C1, C2 = eta
    log_tau = np.log(np.maximum(np.abs(tc - t), 0.5))
    power, c, s = np.exp(m * log_tau), np.cos(omega * log_tau), np.sin(omega * log_tau)
    residual = y - A - power * (B + C1 * c + C2 * s)
    bent = np.zeros((6, 6))
    bent[0, 0] = residual @ (log_tau**2 * power * (B + C1 * c + C2 * s))
    bent[0, 1] = residual @ (log_tau**2 * power * (C2 * c - C1 * s))
    bent[1, 1] = residual @ (-(log_tau**2) * power * (C1 * c + C2 * s))
    bent[0, 3] = residual @ (log_tau * power)
    bent[0, 4] = bent[1, 5] = residual @ (log_tau * power * c)
    bent[0, 5] = residual @ (log_tau * power * s)
    bent[1, 4] = -bent[0, 5]
    return bent + np.triu(bent, 1).T


def modified_log_likelihood(t, y, points, best):
    """Filimonov, Demos & Sornette (2017); ``points`` and ``best`` are (tc, SSE, nuisances)."""
    n, p = len(t), 6
    hat = jacobian(t, best[0], best[2])
    values = []
    for tc, sse, eta in points:
        x = jacobian(t, tc, eta)
        observed = np.linalg.det(x.T @ x - curvature(t, y, tc, eta))
        cross = np.linalg.det(hat.T @ x)
        values.append(-(n - p - 2) / 2 * math.log(sse / n) + 0.5 * math.log(observed) - math.log(abs(cross)))
    return np.array(values)


def interval(tc, log_likelihood, ratio):
    """Walk outwards: first and last crossing on a dense straight-line interpolation."""
    dense = np.linspace(tc[0], tc[-1], 2_000_001)
    inside = dense[np.interp(dense, tc, log_likelihood) >= math.log(ratio)]
    return inside[0], inside[-1]


def distribution(profiles, edges):
    """Share of each profile's area below every edge, averaged over profiles."""
    total = np.zeros(len(edges))
    for tc, log_likelihood in profiles:
        dense = np.linspace(tc[0], tc[-1], 400_001)
        mass = np.exp(np.interp(dense, tc, log_likelihood))
        mass /= mass.sum()
        total += [mass[dense <= edge].sum() for edge in edges]
    return total / len(profiles)
