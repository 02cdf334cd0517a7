"""What a published filter asks of a fit's residuals, with the textbook p-values that its authors used.

Those p-values take the curve for known. A fitted one makes the residuals of any random walk look stationary
and periodic (``docs/residual_tests.md``): they are here because filters are defined by them, not because they
hold. `lppl.residual_tests` and `lppl.log_periodicity` have the p-values of whole refits.
"""

import math

import numpy as np
from numpy.typing import NDArray

from lppl.core.model import time_to_critical
from lppl.fitting.space import Bounds

_STEP = 0.1  # of omega, as in `lppl.log_periodicity`
# MacKinnon (1994): the p-value is normal in a polynomial of the statistic, one about zero, one in the tail.
_TURN, _LOWEST, _HIGHEST = -1.61, -18.83, 2.74
_TAIL = (2.1659, 1.4412, 0.038269)
_MIDDLE = (1.7339, 0.93202, -0.12745, -0.010368)


def lomb_p_value(
    t: NDArray[np.float64], y: NDArray[np.float64], tc: float, m: float, A: float, B: float, omega: Bounds
) -> float:
    """Return the false-alarm probability of the highest Lomb peak of the detrended log-price.

    The Lomb power of ``tau^-m (y - A - B tau^m)`` against ``ln tau`` has its highest peak z at angular
    log-frequencies in ``omega``; among as many independent frequencies as observations, white noise reaches
    it with probability ``1 - (1 - exp(-z))^n``.

    References
    ----------
    .. [1] Shu & Zhu (2020), Detection of Chinese stock market bubbles with LPPLS confidence indicator,
       Physica A 557, 124892: the residual.
    .. [2] Press, Teukolsky, Vetterling & Flannery, Numerical Recipes, section 13.8: the probability.
       (Quoted from memory.)
    """
    from lppl._kernels.lomb import lomb

    tau = time_to_critical(t, tc)
    scale = tau**m
    omegas = np.linspace(*omega, math.ceil((omega[1] - omega[0]) / _STEP) + 1)
    peak = float(lomb(np.log(tau), (y - A - B * scale) / scale, omegas).max())
    return -math.expm1(t.size * math.log1p(-min(math.exp(-peak), 1.0 - 1e-16)))


def unit_root_p_values(errors: NDArray[np.float64]) -> tuple[float, float]:
    """Return the p-values of Dickey-Fuller and Phillips-Perron against a unit root in ``errors``.

    Both with a constant; Dickey-Fuller without lagged differences, Phillips-Perron with
    ``floor(4 (n/100)^(2/9))`` Newey-West lags. NaN where a variance is zero.

    References
    ----------
    .. [1] Phillips & Perron (1988), Testing for a unit root in time series regression, Biometrika 75,
       335-346.
    .. [2] MacKinnon (1994), Approximate asymptotic distribution functions for unit-root and cointegration
       tests, J. Business & Economic Statistics 12, 167-176.
    """
    from lppl._kernels import unit_root as _unit_root

    lags = int(4.0 * (errors.size / 100.0) ** (2.0 / 9.0))
    statistics = _unit_root.adf(errors, 0), _unit_root.phillips_perron(errors, lags)
    return mackinnon_p_value(statistics[0]), mackinnon_p_value(statistics[1])


def mackinnon_p_value(statistic: float) -> float:
    """Return the asymptotic p-value of a unit-root t-statistic with a constant."""
    if math.isnan(statistic):
        return math.nan
    if statistic > _HIGHEST:
        return 1.0
    if statistic < _LOWEST:
        return 0.0
    terms = _TAIL if statistic <= _TURN else _MIDDLE
    value = sum(term * statistic**k for k, term in enumerate(terms))
    return 0.5 * math.erfc(-value / math.sqrt(2.0))
