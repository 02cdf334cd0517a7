"""The arithmetic of one window's profile: (m, omega) minimised at every tc, and the likelihoods there.

Nodes are rows of an array: tc (relative to t2), SSE, m, omega and the modification of the likelihood.
"""

import numpy as np
from numpy.typing import NDArray

from lppl._kernels import profile as _profile
from lppl._kernels.elementary import log
from lppl.core.model import M_MIN, time_to_critical
from lppl.fitting.space import SearchSpace

TC, SSE, M, OMEGA, MODIFICATION = range(5)
_NUISANCES = 6  # m, omega, A, B, C1, C2
_NOTHING = 1e-12  # a derivative this small against the range of the prices is rounding
_ALIGNED = 0.1  # the modification raises a log-likelihood by 2.3 at most
_FINEST = 1e-6  # time units: nodes come no closer
_JUMP, _DEPTH = 0.25, 6.0  # log-likelihood: larger jumps are halved where it lies this near its top


class ProfileNodes:
    """One window's data and box, and what is computed of them at given critical times."""

    def __init__(self, t: NDArray[np.float64], y: NDArray[np.float64], space: SearchSpace) -> None:
        self.t, self.y = t, y
        self.lower = np.array([max(space.m[0], M_MIN), space.omega[0]])
        self.upper = np.array([max(space.m[1], M_MIN), space.omega[1]])
        self.log_scale = float(log(max(t[-1] - t[0], 1.0)))
        self.floor = 1e-24 * float(((y - y.mean()) ** 2).sum())  # a smaller SSE is rounding

    def minimise(
        self, tc: NDArray[np.float64], starts: list[NDArray[np.float64]], *, sweep: bool
    ) -> NDArray[np.float64]:
        """Return nodes at increasing ``tc``, each from its own ``starts``, rows of (m, omega)."""
        counts = np.array([len(rows) for rows in starts])
        table = np.zeros((tc.size, counts.max(), 2))
        for k, rows in enumerate(starts):
            table[k, : len(rows)] = rows
        sse, solution = np.empty(tc.size), np.empty((tc.size, 2))
        _profile.minimise(
            self.t, self.y, tc, table, counts, self.lower, self.upper, self.log_scale, sweep, sse, solution
        )
        return np.column_stack([tc, np.maximum(sse, self.floor), solution, np.zeros(tc.size)])

    def modify(self, nodes: NDArray[np.float64], best: NDArray[np.float64]) -> None:
        """Fill the modification ``1/2 ln|X'X - H| - ln|Xhat'X|``, Xhat at ``best`` (tc, m, omega).

        The constant ``1/2 ln|Xhat'Xhat|`` is added, which leaves the alignment
        ``|Xhat'X| / sqrt(|X'X| |Xhat'Xhat|)``: 1 at the best fit, without meaning and about zero (an
        infinite likelihood) in basins far from it, hence taken as `_ALIGNED` at least. On a bound of
        (m, omega) the Hessian X'X - H need not be positive; X'X stands for it there.
        """
        gram, bent, cross = np.empty((3, len(nodes) + 1, 5, 5))
        tc = np.append(nodes[:, TC], best[0])
        solution = np.vstack([nodes[:, [M, OMEGA]], best[1:]])
        _profile.curvature(self.t, self.y, tc, solution, best, self.log_scale, gram, bent, cross)
        size = np.sqrt(np.einsum("kii->ki", gram))
        if not (size > _NOTHING * np.ptp(self.y)).all():  # tc, m or omega moves nothing but rounding
            raise ValueError(
                "prices must bend or swing for a critical time to show, "
                f"got {self.t.size} that a plain exponential fits to the last digit"
            )
        scaled = (gram - bent) / (size[:, :, None] * size[:, None, :])
        positive = np.linalg.eigvalsh(scaled)[:, 0] > 0.0
        expected = np.linalg.slogdet(gram)[1]
        observed = np.linalg.slogdet(np.where(positive[:, None, None], gram - bent, gram))[1]
        sign, overlap = np.linalg.slogdet(cross)
        alignment = sign * np.exp(overlap - 0.5 * (expected + expected[-1]))
        modification = 0.5 * (observed - expected) - np.log(np.maximum(alignment, _ALIGNED))
        nodes[:, MODIFICATION] = modification[:-1]

    def log_likelihoods(
        self, nodes: NDArray[np.float64], weight: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the plain and the modified profile log-likelihood times ``weight``, 0 at their largest."""
        n = self.t.size
        log_variance = np.log(nodes[:, SSE] / n)
        plain = -0.5 * n * log_variance
        modified = -0.5 * (n - _NUISANCES - 2) * log_variance + nodes[:, MODIFICATION]
        return weight * (plain - plain.max()), weight * (modified - modified.max())

    def densify(
        self, nodes: NDArray[np.float64], best: NDArray[np.float64], weight: float
    ) -> NDArray[np.float64]:
        """Return the nodes with midpoints added until neighbours near the top differ little."""
        while True:
            wanted = np.zeros(len(nodes) - 1, dtype=bool)
            for height in self.log_likelihoods(nodes, weight):
                near = np.maximum(height[1:], height[:-1]) > -_DEPTH
                wanted |= near & (np.abs(np.diff(height)) > _JUMP)
            wanted &= np.diff(nodes[:, TC]) > 2.0 * _FINEST
            if not wanted.any():
                return nodes
            left = np.flatnonzero(wanted)
            middle = 0.5 * (nodes[left, TC] + nodes[left + 1, TC])
            starts = list(np.stack([nodes[left][:, [M, OMEGA]], nodes[left + 1][:, [M, OMEGA]]], axis=1))
            added = self.minimise(middle, starts, sweep=False)
            self.modify(added, best)
            nodes = np.insert(nodes, left + 1, added, axis=0)

    def residual_ar1(self, best: NDArray[np.float64]) -> float:
        """Return the lag-one autocorrelation of the residuals at ``best`` (tc, m, omega)."""
        tc, m, omega = best
        logs = np.log(time_to_critical(self.t, tc)) - self.log_scale
        power, phase = np.exp(m * logs), omega * logs
        basis = np.column_stack(
            [np.ones(logs.size), np.expm1(m * logs) / m, power * np.cos(phase), power * np.sin(phase)]
        )
        residuals = self.y - basis @ np.linalg.lstsq(basis, self.y, rcond=None)[0]
        return float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))
