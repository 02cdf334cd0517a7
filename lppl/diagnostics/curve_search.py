"""Curves with AR(1) errors fitted to one window, and to many simulated series of its times."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lppl._kernels import correlated as _correlated
from lppl.core.model import M_MIN, time_to_critical
from lppl.fitting.space import SearchSpace

CURVES = ("random walk", "exponential trend", "power law", "LPPLS")
# Free besides the constant: drift and variance; + persistence; + tc, m; + omega, C1, C2.
PARAMETERS = (2, 3, 5, 8)
TC, M, OMEGA = range(3)
_STARTS, _STARTS_HELD, _ROUNDS = 6, 3, 150  # basins tried, in all of the box and with a parameter held
_DEPTH, _JUMP, _HALVINGS = 7.0, 0.4, 3  # log-likelihood: larger jumps this near the top are halved


class Optimum(NamedTuple):
    """Least loss of a curve, 1 - rho there, and (tc, m, omega), NaN for what the curve has not."""

    loss: float
    ease: float
    point: NDArray[np.float64]


class CurveSearch:
    """The likelihoods of the four curves in one box; tc is relative to the last time."""

    def __init__(self, t: NDArray[np.float64], space: SearchSpace) -> None:
        self.t = np.ascontiguousarray(t - t[-1])
        (ahead,), (furthest,) = space.horizons(np.array([t[-1] - t[0]]))
        if ahead < 0.0:
            raise ValueError(f"space must keep tc at or after the last price, got {ahead:g} from it")
        self.low = np.array([ahead, max(space.m[0], M_MIN), space.omega[0]])
        self.high = np.array([furthest, max(space.m[1], M_MIN), space.omega[1]])
        counts = (11, 4, math.ceil((self.high[OMEGA] - self.low[OMEGA]) / 0.75) + 1)
        grids = [np.linspace(0.0, 1.0, n) for n in counts]
        grids[TC] **= 2  # dense near the last price
        self.axes = [
            np.unique(a + (b - a) * grid) for a, b, grid in zip(self.low, self.high, grids, strict=True)
        ]
        self.nodes = np.stack(np.meshgrid(*self.axes, indexing="ij"), axis=-1).reshape(-1, 3)
        self.places = np.stack(np.meshgrid(*map(_count, self.axes), indexing="ij"), axis=-1).reshape(-1, 3)
        self.bare = self.nodes[self.places[:, OMEGA] == 0]
        self.steps = np.array([np.ptp(axis) / 12.0 for axis in self.axes])
        self.steps[OMEGA] = min(self.steps[OMEGA], 0.3)

    def scan(
        self, paths: NDArray[np.float64], weights: NDArray[np.float64], shapes: int
    ) -> NDArray[np.float64]:
        """Return the loss of every path at every node, of those without omega for one shape."""
        nodes = self.nodes if shapes == 3 else self.bare
        losses = np.empty((len(paths), len(nodes)))
        _correlated.scan(self.t, paths, weights, nodes, shapes, losses)
        return losses

    def all_curves(
        self, paths: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> list[tuple[Optimum, Optimum, Optimum, Optimum]]:
        """Return the optima of the four curves for every path; each holds those before it as a case."""
        plain, swinging = self.scan(paths, weights, 1), self.scan(paths, weights, 3)
        found = []
        for y, w, bare, full in zip(paths, weights, plain, swinging, strict=True):
            trend = np.ascontiguousarray(np.stack([self.t - self.t[0], y - y[0]]))
            walk = _straight(trend, w, 0.0)
            line = min(walk, _straight(trend, w, -1.0), key=_loss)
            starts = [self.bare[bare.argmin()]]
            if self.low[M] <= 1.0 <= self.high[M]:
                starts.append(np.array([self.axes[TC][-1], 1.0, self.low[OMEGA]]))
            power = self.descend(y, w, 1, starts, self.steps * [1, 1, 0])
            starts = self.basins(full, _STARTS)
            starts.append(np.append(power.point[:OMEGA], starts[0][OMEGA]))
            lppls = self.descend(y, w, 3, starts, self.steps)
            power = power._replace(point=np.append(power.point[:OMEGA], np.nan))
            found.append((walk, line, power, lppls))
        return found

    def basins(self, losses: NDArray[np.float64], count: int) -> list[NDArray[np.float64]]:
        """Return the ``count`` best nodes, no two of them neighbours in tc and omega."""
        left = losses.copy()
        starts: list[NDArray[np.float64]] = []
        while len(starts) < count and np.isfinite(left.min()):
            best = int(left.argmin())
            starts.append(self.nodes[best])
            apart = np.abs(self.places - self.places[best])
            left[(apart[:, TC] <= 2) & (apart[:, OMEGA] <= 1)] = np.inf
        return starts

    def descend(
        self,
        y: NDArray[np.float64],
        w: NDArray[np.float64],
        shapes: int,
        starts: list[NDArray[np.float64]],
        steps: NDArray[np.float64],
    ) -> Optimum:
        """Return the lowest minimum reached from the starts; parameters of step 0 stay."""
        best: Optimum | None = None
        for start in starts:
            point = np.array(start)
            _correlated.descend(self.t, y, w, shapes, steps, self.low, self.high, _ROUNDS, point)
            # Once more with a small simplex: one that lies flat on a face of the box cannot leave it.
            loss, ease = _correlated.descend(
                self.t, y, w, shapes, 0.2 * steps, self.low, self.high, _ROUNDS, point
            )
            if best is None or loss < best.loss:
                best = Optimum(loss, ease, point)
        if best is None:
            raise ValueError("starts must hold a point, got none")
        return best

    def profile(
        self, y: NDArray[np.float64], w: NDArray[np.float64], axis: int, best: Optimum
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return values of one parameter of the LPPLS and the least loss at each over all others."""
        losses = self.scan(y[None], w[None], 3)[0]
        values = np.unique(np.append(self.axes[axis], best.point[axis]))
        heights = np.array([self.fixed(y, w, axis, value, losses, best) for value in values])
        for _ in range(_HALVINGS):
            near = np.minimum(heights[1:], heights[:-1]) < heights.min() + _DEPTH
            split = np.flatnonzero(near & (np.abs(np.diff(heights)) > _JUMP))
            if not split.size:
                break
            middle = 0.5 * (values[split] + values[split + 1])
            added = [self.fixed(y, w, axis, value, losses, best) for value in middle]
            values = np.insert(values, split + 1, middle)
            heights = np.insert(heights, split + 1, added)
        return values, heights

    def fixed(
        self,
        y: NDArray[np.float64],
        w: NDArray[np.float64],
        axis: int,
        value: float,
        losses: NDArray[np.float64],
        best: Optimum,
    ) -> float:
        """Return the least loss with one parameter of the LPPLS held; ``losses`` are those of the nodes."""
        nearest = int(np.abs(self.axes[axis] - value).argmin())
        beside = np.where(self.places[:, axis] == nearest, losses, np.inf)
        starts = [*self.basins(beside, _STARTS_HELD), best.point]
        starts = [np.where(_count(start) == axis, value, start) for start in starts]
        steps = np.where(np.arange(3) == axis, 0.0, self.steps)
        return self.descend(y, w, 3, starts, steps).loss

    def linear(
        self, y: NDArray[np.float64], w: NDArray[np.float64], curve: int, found: Optimum
    ) -> tuple[NDArray[np.float64], float]:
        """Return (A, B, C1, C2) of a curve, B the growth rate of a trend, and the variance of its shocks."""
        shapes = self.shapes(curve, found)
        rho, rows = 1.0 - found.ease, np.stack([np.ones(y.size), *shapes, y])
        steps = (rows[:, 1:] - rho * rows[:, :-1]) * np.sqrt(w[1:])
        start = rows[:, :1] * math.sqrt((1.0 - rho * rho) * w[0])
        whitened = np.concatenate([start, steps], axis=1)
        used = slice(1, None) if found.ease == 0.0 else slice(None)  # a unit root leaves no constant
        basis = whitened[:-1][used]
        size = np.sqrt((basis**2).sum(axis=1))
        linear = np.linalg.lstsq((basis / size[:, None]).T, whitened[-1], rcond=None)[0] / size
        errors = whitened[-1] - linear @ basis
        if found.ease == 0.0:
            linear = np.append(y[0] - linear @ rows[1:-1, 0], linear)
        return np.concatenate([linear, np.zeros(4 - linear.size)]), float(errors @ errors) / (y.size - 1)

    def shapes(self, curve: int, found: Optimum) -> list[NDArray[np.float64]]:
        """Return what B, C1 and C2 multiply: the time of a trend, else powers of the time to tc."""
        tc, m, omega = found.point
        if curve < 2:
            return [self.t - self.t[0]]
        tau = time_to_critical(self.t, tc)
        power, phase = tau**m, omega * np.log(tau)
        return [power] if curve == 2 else [power, power * np.cos(phase), power * np.sin(phase)]

    def curve(self, curve: int, found: Optimum, linear: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of a curve with these (A, B, C1, C2)."""
        shapes = self.shapes(curve, found)
        return linear[0] + linear[1 : 1 + len(shapes)] @ np.stack(shapes)


def _count(axis: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.arange(axis.size)


def _straight(rows: NDArray[np.float64], w: NDArray[np.float64], ease: float) -> Optimum:
    loss, found = _correlated.given(rows, w, ease)
    return Optimum(float(loss), float(found), np.full(3, np.nan))


def _loss(found: Optimum) -> float:
    return found.loss
