"""Likelihood and simulation of a square-root approach to a fold, by Strang splitting.

The drift is ``-(a (x - m)^2 + lam)`` with ``lam`` rising linearly to zero; about its stable point ``mu`` it
is an Ornstein-Uhlenbeck part of rate ``alpha = 2 sqrt(-a lam)`` and a rest ``-a (x - mu)^2``, solved exactly.
"""

import math

import numpy as np

from earlywarning._kernels.jit import kernel


@kernel
def stationary_fit(x, dt):
    """Return alpha, mu and s^2 of an Ornstein-Uhlenbeck process; NaN if x does not revert."""
    n = len(x) - 1
    before, after = x[:-1] - np.mean(x[:-1]), x[1:] - np.mean(x[1:])
    rho = np.dot(before, after) / np.dot(before, before)
    if not 0.0 < rho < 1.0:
        return np.nan, np.nan, np.nan
    mu = (np.mean(x[1:]) - rho * np.mean(x[:-1])) / (1.0 - rho)
    error = after - rho * before
    variance = np.dot(error, error) / n
    alpha = -math.log(rho) / dt
    s2 = 2.0 * alpha * variance / (1.0 - rho * rho)
    return alpha, mu, s2


@kernel
def ramp_loss(x, dt, alpha0, mu0, s2, a, rate):
    """Return minus the log-likelihood for ``lam(t) = lam0 (1 - rate t)``; infinite past the fold.

    Precondition: a > 0, s2 > 0, alpha0 > 0.
    """
    n = len(x) - 1
    m = mu0 - alpha0 / (2.0 * a)
    lam0 = -(alpha0**2) / (4.0 * a)
    half = 0.5 * a * dt
    loss = 0.5 * n * math.log(2.0 * math.pi)
    for k in range(n):
        lam = lam0 * (1.0 - rate * k * dt)
        if lam >= 0.0:
            return np.inf
        alpha = 2.0 * math.sqrt(-a * lam)
        mu = m + math.sqrt(-lam / a)
        forward, back = 1.0 + half * (x[k] - mu), 1.0 - half * (x[k + 1] - mu)
        if forward <= 0.0 or back <= 0.0:
            return np.inf
        rho = math.exp(-alpha * dt)
        variance = s2 * (1.0 - rho * rho) / (2.0 * alpha)
        error = (x[k + 1] - mu) / back - rho * (x[k] - mu) / forward
        loss += 0.5 * (error * error / variance + math.log(variance)) + 2.0 * math.log(back)
    return loss


@kernel
def ramp_losses(x, dt, alpha0, mu0, s2, curvatures, rates):
    """Return `ramp_loss` on a grid, a row a curvature."""
    losses = np.empty((len(curvatures), len(rates)))
    for i in range(len(curvatures)):
        for j in range(len(rates)):
            losses[i, j] = ramp_loss(x, dt, alpha0, mu0, s2, curvatures[i], rates[j])
    return losses


@kernel
def simulate_ramp(start, noise, dt, alpha0, mu0, s2, a, rate):
    """Return a path of the splitting scheme from ``start``, or NaN from where it runs over the fold."""
    x = np.full(len(noise) + 1, np.nan)
    x[0] = start
    m = mu0 - alpha0 / (2.0 * a)
    lam0 = -(alpha0**2) / (4.0 * a)
    half = 0.5 * a * dt
    for k in range(len(noise)):
        lam = lam0 * (1.0 - rate * k * dt)
        if lam >= 0.0:
            return x
        alpha = 2.0 * math.sqrt(-a * lam)
        mu = m + math.sqrt(-lam / a)
        forward = 1.0 + half * (x[k] - mu)
        if forward <= 0.0:
            return x
        rho = math.exp(-alpha * dt)
        spread = math.sqrt(s2 * (1.0 - rho * rho) / (2.0 * alpha))
        y = rho * (x[k] - mu) / forward + spread * noise[k]
        if 1.0 + half * y <= 0.0:
            return x
        x[k + 1] = mu + y / (1.0 + half * y)
    return x


@kernel
def trend_fit(x, dt, alpha, mu, s2):
    """Return the slope of the mean and minus the log-likelihood of reversion about ``mu + slope t``."""
    n = len(x) - 1
    rho = math.exp(-alpha * dt)
    variance = s2 * (1.0 - rho * rho) / (2.0 * alpha)
    yz, zz, yy = 0.0, 0.0, 0.0
    for k in range(n):
        y = x[k + 1] - mu - rho * (x[k] - mu)
        z = dt * (k + 1 - rho * k)
        yz += y * z
        zz += z * z
        yy += y * y
    slope = yz / zz
    loss = 0.5 * (n * math.log(2.0 * math.pi * variance) + (yy - slope * yz) / variance)
    return slope, loss


@kernel
def simulate_trend(start, noise, dt, alpha, mu, s2, slope):
    """Return a path of reversion about ``mu + slope t``, from ``start``."""
    x = np.empty(len(noise) + 1)
    x[0] = start
    rho = math.exp(-alpha * dt)
    spread = math.sqrt(s2 * (1.0 - rho * rho) / (2.0 * alpha))
    for k in range(len(noise)):
        mean = mu + slope * k * dt
        x[k + 1] = mean + slope * dt + rho * (x[k] - mean) + spread * noise[k]
    return x
