"""The reaction of the primary balance to debt: its fit, and the paths that simpler reactions would give."""

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from earlywarning._kernels.debt import fit_ar1, fit_hac, refit_paths
from earlywarning.core.null_refits import upper_share

CHUNK = 50  # paths of one random stream, so that the number of threads changes nothing


@dataclass(frozen=True, eq=False)
class Record:
    """What a reaction is estimated from.

    Attributes
    ----------
    debt : numpy.ndarray, shape (n + 1,)
        Debt at the end of each period, from the one before the first balance.
    growth : numpy.ndarray, shape (n,)
        ``r - g`` per unit of time, of each period.
    rows : numpy.ndarray of int64, shape (m,)
        Periods whose balance is known.
    balance : numpy.ndarray, shape (m,)
        Their primary balance.
    controls : numpy.ndarray, shape (m, k)
        Other causes of it, demeaned.
    dt : float
        Length of a period.
    """

    debt: np.ndarray
    growth: np.ndarray
    rows: np.ndarray
    balance: np.ndarray
    controls: np.ndarray
    dt: float

    @property
    def centre(self) -> float:
        """Mean of the debt that the balance reacts to."""
        return float(self.before.mean())

    @property
    def scale(self) -> float:
        """Its standard deviation."""
        return float(self.before.std())

    @property
    def before(self) -> np.ndarray:
        """Debt that the known balances react to, shape (m,)."""
        return self.debt[self.rows]

    @property
    def fresh(self) -> np.ndarray:
        """Whether a balance has none known in the period before, shape (m,)."""
        return np.concatenate([[True], np.diff(self.rows) != 1])

    def design(self, degree: int) -> np.ndarray:
        """Return powers of the standardised debt and the controls, shape (m, degree + 1 + k)."""
        z = (self.before - self.centre) / self.scale
        return np.column_stack([np.vander(z, degree + 1, increasing=True), self.controls])


@dataclass(frozen=True, eq=False)
class Reaction:
    """A fitted reaction in powers of the standardised debt.

    Attributes
    ----------
    coefficients, covariance : numpy.ndarray
        Of the powers 0 to degree, then of the controls.
    degree : int
    rho : float
        Autocorrelation of the errors.
    innovations : numpy.ndarray, shape (m,)
        What is left of the errors.
    lags : int
        Of the long-run covariance; -1 for AR(1) errors.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    degree: int
    rho: float
    innovations: np.ndarray
    lags: int

    @property
    def powers(self) -> np.ndarray:
        """Coefficients of the powers of debt alone."""
        return self.coefficients[: self.degree + 1]

    @property
    def powers_covariance(self) -> np.ndarray:
        """Their covariance."""
        return self.covariance[: self.degree + 1, : self.degree + 1]

    def wald(self, first: int) -> float:
        """Return the Wald statistic that the powers from ``first`` on are zero."""
        return float(_wald(self.coefficients[np.newaxis], self.covariance[np.newaxis], first, self.degree)[0])


def fit_reaction(record: Record, degree: int, lags: int) -> Reaction:
    """Fit the balance to powers of the debt before; ``lags`` below zero for AR(1) errors.

    Raises
    ------
    ValueError
        If debt takes too few values, or a control follows from the others.
    """
    design = np.array(record.design(degree), dtype=float, order="C")
    seen = (design, np.array(record.balance, dtype=float, order="C"), record.fresh)
    coefficients, covariance, rho, innovations, full = fit_ar1(*seen) if lags < 0 else fit_hac(*seen, lags)
    if not full:
        raise ValueError(f"debt and controls must allow {design.shape[1]} independent columns, they do not")
    return Reaction(coefficients, covariance, degree, float(rho), innovations, lags)


def simulate(
    record: Record, truth: Reaction, degree: int, replications: int, seed: np.random.SeedSequence, n_jobs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Refit a reaction of ``degree`` to debt paths that follow from ``truth`` with resampled innovations.

    Debt follows the paths' own balances with the recorded ``r - g``, so that the fit suffers what it suffers
    in the data: a persistent regressor that the errors feed back into.

    Returns
    -------
    tuple of numpy.ndarray
        Coefficients, shape (replications, k), and covariances; NaN for paths without a fit.
    """
    sizes = [min(CHUNK, replications - done) for done in range(0, replications, CHUNK)]
    innovations = truth.innovations[~record.fresh] - truth.innovations[~record.fresh].mean()
    fixed = np.zeros(len(record.growth))
    fixed[record.rows] = record.controls @ truth.coefficients[truth.degree + 1 :]
    growth, controls = (np.array(each, dtype=float, order="C") for each in (record.growth, record.controls))
    rows = np.array(record.rows, dtype=np.int64)

    def chunk(size: int, stream: np.random.SeedSequence) -> tuple[np.ndarray, np.ndarray]:
        chosen = np.random.default_rng(stream).integers(len(innovations), size=(size, len(record.growth)))
        return refit_paths(
            record.debt[0],
            growth,
            truth.powers,
            record.centre,
            record.scale,
            fixed,
            innovations,
            chosen,
            truth.rho,
            record.dt,
            controls,
            rows,
            degree,
            truth.lags,
        )

    parts = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(chunk)(size, stream) for size, stream in zip(sizes, seed.spawn(len(sizes)), strict=True)
    )
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def null_p_value(
    record: Record,
    fitted: Reaction,
    null: Reaction,
    first: int,
    replications: int,
    seed: np.random.SeedSequence,
    n_jobs: int,
) -> float:
    """Return the share of paths of a simpler reaction whose Wald statistic is as large as the data's."""
    estimates, covariances = simulate(record, null, fitted.degree, replications, seed, n_jobs)
    return upper_share(_wald(estimates, covariances, first, fitted.degree), fitted.wald(first))


def _wald(estimates: np.ndarray, covariances: np.ndarray, first: int, degree: int) -> np.ndarray:
    b = estimates[:, first : degree + 1]
    covariance = covariances[:, first : degree + 1, first : degree + 1]
    out = np.full(len(b), np.nan)
    good = np.isfinite(b).all(axis=1) & (np.abs(np.linalg.det(np.nan_to_num(covariance))) > 0)
    out[good] = np.einsum("ij,ij->i", b[good], np.linalg.solve(covariance[good], b[good][..., None])[..., 0])
    return out
