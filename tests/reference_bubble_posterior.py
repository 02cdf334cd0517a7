"""Slow, obvious twin of marginal likelihoods: all steps as one Student vector, linear parameters inside."""

import math

import numpy as np
from reference_error_models import shapes, steps_covariance
from scipy.stats import norm


def evidence(y, variances, x, spreads, rho, before, steps):
    """Return the log-density of the steps of ``y``, and that the last column of ``x`` is taken negative.

    Without the constant in ``steps``, all steps there are; ``before`` is the sum of squares of earlier ones.
    """
    errors, slopes, returns = steps_covariance(y.size, rho, variances), np.diff(x, axis=0), np.diff(y)
    prior = np.diag(spreads)
    covariance = errors + slopes @ prior @ slopes.T
    left = before + float(returns @ np.linalg.solve(covariance, returns))
    height = -0.5 * np.linalg.slogdet(covariance)[1] - 0.5 * steps * math.log(left)
    gain = prior @ slopes.T @ np.linalg.inv(covariance)
    mean, spread = gain @ returns, (prior - gain @ slopes @ prior) * left / steps
    return float(height), float(norm.cdf(-mean[-1] / math.sqrt(spread[-1, -1])))


def curve(t, tc, m, omega, rise, swing):
    """Return the columns of an LPPLS, power law last, and the prior variances of their coefficients."""
    power, cosine, sine = shapes(t, tc, m, omega).T
    size = rise / (power[-1] - power[0]) ** 2
    wave = size * (swing * m / omega) ** 2
    return np.column_stack([cosine, sine, power]), [wave, wave, size]


def walk(y, variances, spread):
    """Return the log-density of the steps of a walk whose growth has this prior variance."""
    return evidence(
        y, [np.nan, *variances], np.arange(y.size, dtype=float)[:, None], [spread], 1.0, 0.0, y.size - 1
    )[0]
