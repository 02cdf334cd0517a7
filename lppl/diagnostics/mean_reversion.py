"""Are the residuals of a fit stationary? Unit-root statistics with p-values from whole refits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.series import Prices
from lppl.fitting.fitting import Fit
from lppl.fitting.refits import fitted_window, null_statistics, p_value
from lppl.fitting.space import SearchSpace, as_space
from lppl.indicators.null_models import null_paths

_BURN_IN = 100


@dataclass(frozen=True, eq=False)
class BootstrapTest:
    """One statistic and its bootstrap distribution under ``hypothesis``."""

    name: str
    hypothesis: str
    statistic: float
    p_value: float
    null_values: NDArray[np.float64]

    def to_dict(self) -> dict[str, Any]:
        """Return the test as plain values."""
        return {
            "name": self.name,
            "hypothesis": self.hypothesis,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "null_values": self.null_values.tolist(),
        }


@dataclass(frozen=True, eq=False)
class ResidualTests:
    """Three tests of the residuals of one fit.

    Attributes
    ----------
    adf, phillips_perron : BootstrapTest
        Hypothesis: a unit root, the fit is spurious. A small p-value speaks for mean reversion.
    kpss : BootstrapTest
        Hypothesis: stationary residuals. A small p-value speaks against the fit.
    ar1 : float
        First-order autocorrelation of the residuals.
    lags : int
        Lagged differences of the ADF regression and lags of the long-run variances.
    null : str
        Kind of the paths with a unit root.
    """

    adf: BootstrapTest
    phillips_perron: BootstrapTest
    kpss: BootstrapTest
    ar1: float
    lags: int
    null: str

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as plain values."""
        tests = {name: getattr(self, name).to_dict() for name in ("adf", "phillips_perron", "kpss")}
        return tests | {"ar1": self.ar1, "lags": self.lags, "null": self.null}

    def _repr_html_(self) -> str:
        tests = (self.adf, self.phillips_perron, self.kpss)
        rows = [(test.name, test.hypothesis, test.statistic, test.p_value) for test in tests]
        frame = pd.DataFrame(rows, columns=["test", "hypothesis", "statistic", "p-value"])
        refits = f"p-values from {self.adf.null_values.size} refitted paths ({self.null})"
        note = f"AR(1) of the residuals {self.ar1:.3f}, {self.lags} lags; {refits}."
        return notebook.listing("Residuals of the fit", frame, note)


def residual_tests(
    fit: Fit,
    prices: Any,
    *,
    space: SearchSpace | None = None,
    lags: int | None = None,
    null: str = "random_walk",
    resamples: int = 199,
    seed: int = 0,
    n_jobs: int = 1,
) -> ResidualTests:
    """Test the residuals of a fit for mean reversion, with p-values that rerun the whole fit.

    Parameters
    ----------
    fit : Fit
        A successful fit.
    prices : pandas.Series or array_like, shape (n,)
        The prices the fit was made of.
    space : SearchSpace, optional
        The box the fit was made in; default that of :func:`lppl.fit`.
    lags : int, optional
        Lags of all three statistics; default ``floor(4 (n/100)^(2/9))``.
    null : {"random_walk", "garch", "block"}
        Paths with a unit root, see :func:`lppl.null_paths`.
    resamples : int
        Refits for each hypothesis.
    seed : int
        Seed of the draws.
    n_jobs : int
        Threads; the result does not depend on it.

    Returns
    -------
    ResidualTests

    Raises
    ------
    ValueError
        If an argument breaks a rule, or prices and box are not those of the fit.

    Notes
    -----
    A curve with seven free parameters makes the residuals of any random walk look mean-reverting, so the
    tables of the three tests do not apply. ADF and Phillips-Perron are compared with fits of paths that
    have a unit root; KPSS with fits of the fitted curve plus AR(1) noise resampled from the residuals, its
    coefficient corrected once for what fitting takes from it. Paths that cannot be fitted count against
    rejection.
    """
    space = as_space(space)
    window = fitted_window(fit, prices, space)
    n = window.t.size
    if lags is None:
        lags = int(4.0 * (n / 100.0) ** (2.0 / 9.0))
    if not 0 <= lags <= (n - 7) // 2:
        raise ValueError(f"lags must lie between 0 and {(n - 7) // 2} for {n} prices, got {lags}")
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")

    def statistics(series: Prices, fitted: Fit) -> NDArray[np.float64]:
        from lppl._kernels import unit_root as _unit_root

        errors = series.y - fitted.curve(series.t)
        tests = (_unit_root.adf, _unit_root.phillips_perron, _unit_root.kpss)
        return np.array([*(test(errors, lags) for test in tests), _unit_root.first_order(errors)])

    adf, phillips_perron, kpss, ar1 = (float(value) for value in statistics(window, fit))
    plain = np.exp(window.y) if window.scale == "log" else window.y
    walks = null_paths(plain, null, resamples, seed)
    walks = np.log(walks) if window.scale == "log" else walks
    unit = null_statistics(window, walks, space, statistics, n_jobs)
    rng = np.random.default_rng((seed, 1))
    curve = fit.curve(window.t)
    errors = window.y - curve
    # Fitting takes persistence away; a quarter of the refits says how much, the rest put it back.
    limit = 1.0 - 1.0 / n
    pilot = curve + _ar1_paths(errors, min(ar1, limit), max(resamples // 4, 1), rng)
    lost = ar1 - np.nanmean(null_statistics(window, pilot, space, statistics, n_jobs)[:, 3])
    noisy = curve + _ar1_paths(errors, min(ar1 + max(lost, 0.0), limit), resamples, rng)
    stationary = null_statistics(window, noisy, space, statistics, n_jobs)
    return ResidualTests(
        adf=BootstrapTest("ADF", "unit root", adf, p_value(adf, unit[:, 0], "lower"), unit[:, 0]),
        phillips_perron=BootstrapTest(
            "Phillips-Perron",
            "unit root",
            phillips_perron,
            p_value(phillips_perron, unit[:, 1], "lower"),
            unit[:, 1],
        ),
        kpss=BootstrapTest(
            "KPSS", "stationary", kpss, p_value(kpss, stationary[:, 2], "upper"), stationary[:, 2]
        ),
        ar1=ar1,
        lags=lags,
        null=null,
    )


def _ar1_paths(
    errors: NDArray[np.float64], coefficient: float, paths: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return (paths, n) AR(1) series driven by the resampled innovations of ``errors``."""
    innovations = errors[1:] - coefficient * errors[:-1]
    shocks = rng.choice(innovations - innovations.mean(), (_BURN_IN + errors.size, paths))
    state = np.zeros(paths)
    for i in range(len(shocks)):
        state = shocks[i] = coefficient * state + shocks[i]
    return shocks[_BURN_IN:].T
