"""Slow obvious twins of the fold likelihood."""

import numpy as np


def half_flow(x, mu, a, step):
    """Exact solution after ``step / 2`` of ``dx = -a (x - mu)^2 dt``."""
    return mu + (x - mu) / (1 + a * step * (x - mu) / 2)


def inverse_half_flow(y, mu, a, step):
    """Where the half flow that ends in y began."""
    return mu + (y - mu) / (1 - a * step * (y - mu) / 2)


def transition_density(x, after, step, alpha, mu, s2, a):
    """Density of ``after`` one step from x: half flow, Ornstein-Uhlenbeck step, half flow."""
    rho = np.exp(-alpha * step)
    variance = s2 * (1 - rho**2) / (2 * alpha)
    mean = mu + rho * (half_flow(x, mu, a, step) - mu)
    before = inverse_half_flow(after, mu, a, step)
    jacobian = 1 / (1 - a * step * (after - mu) / 2) ** 2
    return jacobian * np.exp(-0.5 * (before - mean) ** 2 / variance) / np.sqrt(2 * np.pi * variance)


def ramp_loss(x, step, alpha0, mu0, s2, a, rate):
    """Minus the log-likelihood of a ramped path, one transition at a time."""
    lam0 = -(alpha0**2) / (4 * a)
    m = mu0 - alpha0 / (2 * a)
    loss = 0.0
    for k in range(len(x) - 1):
        lam = lam0 * (1 - rate * k * step)
        alpha, mu = 2 * np.sqrt(-a * lam), m + np.sqrt(-lam / a)
        loss -= np.log(transition_density(x[k], x[k + 1], step, alpha, mu, s2, a))
    return loss
