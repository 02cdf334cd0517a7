"""The bounds of a cell by dense matrices and finite corners, and the search that asks for them.

The slow twins of ``lppl/_kernels/cell_*.py`` and ``branch_and_bound.py``.

Observations are all kept, and the quadratic is minimised by a general optimiser: cells must be small enough
for it to be convex.
"""

from itertools import product

import numpy as np
from scipy.optimize import minimize


def _columns(t, tc, m, omega, scale):
    """Return tau/scale's logarithm, d ln(tau)/d tc, and the curves {(F - 1)/m, F e^(i omega ln)}."""
    gap = tc - t
    inside = np.abs(gap) > 0.5
    ln = np.log(np.where(inside, np.abs(gap), 0.5) / scale)
    slope = np.where(inside, 1.0 / np.where(inside, gap, 1.0), 0.0)
    f = np.exp(m * ln)
    return ln, slope, f, (f - 1.0) / m, np.exp((m + 1j * omega) * ln)


def _real(wave):
    """Return the columns that C1 and C2 multiply, of a complex factor times F e^(i omega ln)."""
    return [wave.real, wave.imag]


def _off_mean(columns):
    columns = np.column_stack(columns)
    return columns - columns.mean(axis=0)


def _corners(half):
    return [np.array(signs) * half for signs in product((-1.0, 1.0), repeat=3)]


def _largest(parts, half):
    """Return the largest norm of sum d_k parts_k over the corners."""
    return max(
        np.linalg.norm(sum(d * part for d, part in zip(step, parts, strict=True))) for step in _corners(half)
    )


def _lowest(gradient, form, half):
    found = minimize(
        lambda u: gradient @ (u * half) + (u * half) @ form @ (u * half),
        np.zeros(3),
        jac=lambda u: (gradient + 2.0 * form @ (u * half)) * half,
        bounds=[(-1.0, 1.0)] * 3,
        options={"ftol": 1e-16, "gtol": 1e-14},
    )
    return found.fun


def _remainders(ln, slope, f, m, omega, half, scaled):
    ht, hm, hw = half
    xi = ht * np.abs(slope)
    x = xi / (1.0 - xi)
    reach = np.abs(ln) + x * (1.0 - 0.5 * xi)
    grown = f * np.exp(hm * reach + m * xi)
    turn, z = np.hypot(hm, hw), np.hypot(m + hm, omega + hw)
    eta = hw / (omega - hw) if scaled else 0.0
    e1, e2 = turn * reach + z * x + eta, 2.0 * turn * x + z * x**2 + eta**2
    e3 = 3.0 * turn * x**2 + 2.0 * z * x**3 + 2.0 * eta**3
    more = omega / (omega - hw) if scaled else 1.0
    wave2, wave3 = more * grown * (e2 + e1**2) / 2.0, more * grown * (e3 + 3.0 * e1 * e2 + e1**3) / 6.0
    one = max(abs(m - hm - 1.0), abs(m + hm - 1.0))
    two = one * max(abs(m - hm - 2.0), abs(m + hm - 2.0))
    top = np.maximum(grown, 1.0)
    power2 = (hm**2 * reach**3 / 3.0 * top + 2.0 * hm * reach * grown * x + one * grown * x**2) / 2.0
    power3 = (
        hm**3 * reach**4 / 4.0 * top
        + grown * (3.0 * hm**2 * reach**2 * x + 3.0 * hm * x**2 * (1.0 + one * reach) + two * x**3)
    ) / 6.0
    return [np.linalg.norm(each) for each in (wave2, power2, wave3, power3)]


class Frame:
    """Everything at the centre of a cell, as matrices of n rows."""

    def __init__(self, t, y, centre, half, scaled=False):
        tc, m, omega = centre
        near = max(tc - t[-1], 0.0)
        far = max(abs(tc - t[0]), abs(tc - t[-1]))
        scale = near + max(far - near, 1.0) * np.exp(-0.94 / (m + 0.53))
        ln, slope, f, g, wave = _columns(t, tc, m, omega, scale)
        z = m + 1j * omega
        self.y, self.half = y - y.mean(), half
        x0 = _off_mean([g, *_real(wave)])
        by_omega = 1j * ln - (1.0 / omega if scaled else 0.0)
        x1 = [
            _off_mean([slope * f, *_real(z * slope * wave)]),
            _off_mean([(ln * f - g) / m, *_real(ln * wave)]),
            _off_mean([0.0 * f, *_real(by_omega * wave)]),
        ]
        q0, r = np.linalg.qr(x0)
        sign = np.sign(np.diag(r))
        self.q0, self.r = q0 * sign, r * sign[:, None]
        self.inverse = np.linalg.inv(self.r)
        v = [x @ self.inverse for x in x1]
        self.e = [self.q0.T @ each for each in v]
        self.k = [each - self.q0 @ e for each, e in zip(v, self.e, strict=True)]
        self.p = self.q0.T @ self.y
        self.residual = self.y - self.q0 @ self.p
        b, c1, c2 = self.inverse @ self.p
        amplitude = c1 - 1j * c2
        second = {
            (0, 0): amplitude * (z * z - z) * slope**2 * wave,
            (0, 1): amplitude * (z * ln + 1.0) * slope * wave,
            (0, 2): amplitude * 1j * (z * ln + 1.0) * slope * wave,
            (1, 1): amplitude * ln**2 * wave,
            (1, 2): amplitude * 1j * ln**2 * wave,
            (2, 2): -amplitude * ln**2 * wave,
        }
        power = {
            (0, 0): (m - 1.0) * slope**2 * f,
            (0, 1): ln * slope * f,
            (1, 1): (ln**2 * f - 2.0 * (ln * f - g) / m) / m,
        }
        self.second = np.zeros((3, 3))
        for (i, j), curve in second.items():
            curve = curve.real + b * power.get((i, j), 0.0)
            self.second[i, j] = self.second[j, i] = self.residual @ (curve - curve.mean())
        self.remainders = _remainders(ln, slope, f, m, omega, half, scaled)

    def beyond(self, linear):
        """Return the norms of second and third degree for these coefficients."""
        w2, p2, w3, p3 = self.remainders
        b, wave = abs(linear[0]), np.hypot(*linear[1:])
        return wave * w2 + b * p2, wave * w3 + b * p3

    def common(self, q):
        """Return what both bounds are made of, for coefficients q in the orthonormal basis."""
        rows = np.linalg.norm(self.inverse, axis=1)
        tau2 = np.hypot(*rows[1:]) * self.remainders[0] + rows[0] * self.remainders[1]
        small = _largest(self.e, self.half) + tau2
        t2, t3 = self.beyond(self.inverse @ q)
        kappa = (_largest(self.k, self.half) + tau2) / (1.0 - small)
        ep = _largest([e @ q for e in self.e], self.half)
        kp = _largest([k @ q for k in self.k], self.half)
        kr = _largest([k.T @ self.residual for k in self.k], self.half)
        return tau2, small, t2, t3, kappa, ep, kp, kr, t2 + kappa * (ep + t2)


def cell_bound(t, y, centre, half):
    """Return the lower bound of the SSE over a cell; see the kernel's module for the mathematics."""
    at = Frame(t, y, centre, half)
    tau2, small, t2, t3, kappa, ep, kp, kr, delta = at.common(at.p)
    rr, size, rest = at.residual @ at.residual, np.linalg.norm(at.residual), 1.0 / (1.0 - small)
    jp = np.column_stack([k @ at.p for k in at.k])
    pulls = np.column_stack([k.T @ at.residual for k in at.k])
    moved = np.column_stack([e @ at.p for e in at.e])
    gradient = -2.0 * jp.T @ at.residual
    u = max(np.sqrt(rr + _lowest(gradient, jp.T @ jp, half)) - delta, 0.0)
    off = (small * kr + tau2 * size) * rest + kappa * (kp + delta)
    first = max(u**2 / (1.0 + kappa**2), u**2 - (kr + off) ** 2)
    crossed = pulls.T @ moved
    form = jp.T @ jp - at.second - pulls.T @ pulls + crossed + crossed.T
    error = size * t3 + kr * t2 + size * tau2 * (ep + t2) + (kr + size * tau2) * small * (ep + t2) * rest
    return max(first, rr + _lowest(gradient, form, half) - 2.0 * (error + kp * delta + kr * off) - off**2)


def damped_cell_bound(t, y, centre, half, damping):
    """Return the lower bound of the SSE over a cell of curves with at least this damping."""
    at = Frame(t, y, centre, half, scaled=True)
    s, bounds = 1.0 / (damping * centre[2]), []
    for sign in (1.0, -1.0):
        angles = np.linspace(0.0, 2.0 * np.pi, 200_001)
        rays = at.r @ np.array([np.ones_like(angles), s * np.cos(angles), s * np.sin(angles)])
        along = np.maximum(sign * at.p @ rays, 0.0) / (rays**2).sum(axis=0)
        best = np.argmax(along**2 * (rays**2).sum(axis=0))
        c = along[best] * np.array([1.0, s * np.cos(angles[best]), s * np.sin(angles[best])])
        free = sign * at.inverse @ at.p
        if np.hypot(*free[1:]) <= s * free[0]:
            c = free
        raw = 2.0 * at.r.T @ (at.r @ c - sign * at.p)
        raw[0] = max(raw[0], s * np.hypot(*raw[1:]))
        tilde = at.inverse.T @ raw
        q, residual = sign * at.p + tilde / 2.0, sign * at.residual
        tau2, small, t2, _, kappa, ep, kp, kr, delta = at.common(q)
        size, long = np.linalg.norm(residual), np.linalg.norm(tilde)
        pull = (_largest([e.T @ tilde for e in at.e], half) + long * tau2) / (1.0 - small)
        jp = np.column_stack([k @ q for k in at.k])
        gradient = np.array([tilde @ e @ q for e in at.e]) - 2.0 * jp.T @ residual
        delta += kappa * pull / 2.0
        ku = (kr + tau2 * size) / (1.0 - small) + kappa * (kp + delta)
        low = size**2 + _lowest(gradient, jp.T @ jp, half) - long**2 / 4.0 - sign * tilde @ at.p
        low -= 2.0 * (size + kp) * delta + ku**2 + pull**2 / 4.0 + long * t2 + pull * (ep + t2)
        bounds.append(low)
    return min(bounds)


def branch_and_bound(judge, lower, upper, kinks, target, lower_than, budget):
    """Return (lowest bound proved, cells judged, point met or None), as the kernel of this name does.

    ``judge`` of a centre and half sides returns a bound, the SSE at the centre (NaN where it is not known)
    and what each side adds to the looseness of the bound.
    """
    waiting, proved, judged = [(0.0, np.array(lower), np.array(upper))], [], 0
    while waiting and judged < budget:
        of_parent, low, high = waiting.pop()
        centre, half = (low + high) / 2.0, (high - low) / 2.0
        bound, sse, loose = judge(centre, half)
        judged += 1
        if sse < lower_than:
            return 0.0, judged, (sse, *centre)
        bound = max(bound - 1e-9 * (bound if np.isnan(sse) else sse), of_parent)
        side = int(np.argmax(loose))
        if bound >= target or half[side] <= 1e-10 * (1.0 + abs(centre[side])):
            proved.append(bound)
            continue
        place = centre[side]
        if side == 0:
            margin = 1e-9 * (high[0] - low[0])
            within = [kink for kink in kinks if low[0] + margin < kink < high[0] - margin]
            place = min(within, key=lambda kink: abs(kink - centre[0]), default=place)
        left, right = high.copy(), low.copy()
        left[side] = right[side] = place
        waiting += [(bound, low, left), (bound, right, high)]
    return min(proved + [of_parent for of_parent, *_ in waiting]), judged, None
