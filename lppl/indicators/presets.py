"""Published settings: windows, box and filters, each with its source, and the scan's own default."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core.model import M_MIN, log_price
from lppl.fitting.space import Bounds, SearchSpace
from lppl.fitting.window_fits import WindowFits
from lppl.fitting.windows import NESTED
from lppl.indicators.residual_rules import lomb_p_value, unit_root_p_values

# A value this close to a bound lies on it: tc - t2 loses its last digits when the history before is long, and
# what precedes the windows must not decide whether a fit passes.
_ROUNDING = 1e-9
_RESIDUAL = ("lomb", "unit_root")


@dataclass(frozen=True, repr=False)
class Filter:
    """What a fit must satisfy to count as a bubble; ``None`` asks nothing.

    Parameters
    ----------
    m, omega, horizon, horizon_fraction : (low, high), optional
        Inclusive bounds, as in :class:`~lppl.SearchSpace`.
    oscillations, damping : float, optional
        Smallest value; ``convention`` says what an oscillation is.
    max_relative_error, rms, amplitude : float, optional
        Largest ``|p - fit|/fit``, largest root mean square residual, largest oscillation amplitude C.
    convention : {"full", "half"}
        Full or half log-periods.
    strict : bool
        Bounds themselves do not pass.
    lomb : float, optional
        Largest false-alarm probability of the highest Lomb peak of the detrended log-price at the filter's
        ``omega`` (where it has none, the box's).
    unit_root : float, optional
        Level at which Dickey-Fuller and Phillips-Perron tests must both reject a unit root in the residuals.

    Notes
    -----
    The last two take their p-values from tables that hold for white noise and for known curves, as published
    filters do. Residuals of a random walk fitted with an LPPLS pass them in four cases of five or more
    (``docs/residual_tests.md``).
    """

    m: Bounds | None = None
    omega: Bounds | None = None
    horizon: Bounds | None = None
    horizon_fraction: Bounds | None = None
    oscillations: float | None = None
    damping: float | None = None
    max_relative_error: float | None = None
    rms: float | None = None
    amplitude: float | None = None
    convention: str = "full"
    strict: bool = False
    lomb: float | None = None
    unit_root: float | None = None

    def passes(
        self, windows: WindowFits, fitted: Sequence[NDArray[np.float64]] | NDArray[np.float64] | None = None
    ) -> NDArray[np.bool_]:
        """Return which windows qualify, for positive and negative bubbles alike.

        Parameters
        ----------
        windows : WindowFits
        fitted : sequence of ndarray, optional
            What each window was fitted to, where that is not its prices (refits of resampled residuals).
        """
        good = windows.success & windows.converged
        span = windows.t2 - windows.t1
        with np.errstate(invalid="ignore"):
            for value, bounds in (
                (windows.m, None if self.m is None else (max(self.m[0], M_MIN), self.m[1])),
                (windows.omega, self.omega),
                (windows.horizon, self.horizon),
                (windows.horizon / span, self.horizon_fraction),
                (windows.oscillations(self.convention), _at_least(self.oscillations)),
                (windows.damping, _at_least(self.damping)),
                (windows.max_relative_error, _at_most(self.max_relative_error)),
                (windows.rms, _at_most(self.rms)),
                (windows.C, _at_most(self.amplitude)),
            ):
                if bounds is None:
                    continue
                low, high = bounds
                slack = -_ROUNDING if self.strict else _ROUNDING
                good &= (low - slack <= value) & (value <= high + slack)
        if self.lomb is not None or self.unit_root is not None:
            for k in np.flatnonzero(good).tolist():
                n = int(windows.length[k])
                y = windows.prices.y[-n:] if fitted is None else fitted[k]
                good[k] = self._residuals_pass(windows, k, windows.prices.t[-n:], y)
        return good

    def __repr__(self) -> str:
        # Without tests of residuals that ask nothing: stored identities of filters are made of this.
        asked = ((one.name, getattr(self, one.name)) for one in fields(self))
        said = [f"{name}={value!r}" for name, value in asked if name not in _RESIDUAL or value is not None]
        return f"Filter({', '.join(said)})"

    def _residuals_pass(
        self, windows: WindowFits, k: int, t: NDArray[np.float64], y: NDArray[np.float64]
    ) -> bool:
        tc, m, omega, A, B, C1, C2 = (
            float(getattr(windows, name)[k]) for name in ("tc", "m", "omega", "A", "B", "C1", "C2")
        )
        passed = True
        if self.lomb is not None:
            omegas = self.omega or windows.space.omega
            passed = lomb_p_value(t, y, tc, m, A, B, omegas) <= self.lomb
        if passed and self.unit_root is not None:
            p_values = unit_root_p_values(y - log_price(t, tc, m, omega, A, B, C1, C2))
            passed = all(p <= self.unit_root for p in p_values)
        return passed


def _at_least(low: float | None) -> Bounds | None:
    return None if low is None else (low, np.inf)


def _at_most(high: float | None) -> Bounds | None:
    return None if high is None else (-np.inf, high)


@dataclass(frozen=True)
class Preset:
    """A published way of asking: windows, box, filters, time unit and where it comes from."""

    name: str
    lengths: tuple[int, ...]
    space: SearchSpace
    filters: dict[str, Filter] = field(default_factory=dict)
    time: str = "trading"
    oscillation_convention: str = "full"
    source: str = ""

    def available(self, n: int) -> tuple[int, ...]:
        """Return the windows that ``n`` observations can fill."""
        return tuple(length for length in self.lengths if length <= n)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        return asdict(self)


_EARLY_WARNING = Filter(
    m=(0.01, 1.2),
    omega=(2, 25),
    horizon_fraction=(-0.05, 0.1),
    oscillations=2.5,
    damping=0.8,
    max_relative_error=0.05,
)
_END_FLAG = Filter(
    m=(0.01, 0.99),
    omega=(2, 25),
    horizon_fraction=(-0.05, 0.1),
    oscillations=2.5,
    damping=1.0,
    max_relative_error=0.2,
)
_GABAUER = Filter(
    m=(0, 1),
    omega=(2, 15),
    horizon=(-60, 252),
    horizon_fraction=(-0.5, 0.5),
    oscillations=2.5,
    damping=0.5,
    strict=True,
)
_GABAUER_SPACE = SearchSpace(m=(0, 1), omega=(2, 15), horizon=(-60, 252), horizon_fraction=(-0.5, 0.5))
_WIDE = Filter(
    m=(0.1, 0.9), omega=(4, 25), horizon_fraction=(-0.2, 0.2), oscillations=2.5, damping=0.5, rms=0.15
)


def _gabauer(name: str, low: int, high: int) -> Preset:
    return Preset(
        f"gabauer_2022_{name}",
        tuple(range(high - (high - low) % 2, low - 1, -2)),
        _GABAUER_SPACE,
        {"qualified": _GABAUER},
        source="Gabauer, Gupta, Karmakar & Nielsen (2022), multi-scale LPPLS confidence indicators",
    )


def find(preset: str | Preset) -> Preset:
    """Return a preset by name, or the preset itself.

    Raises
    ------
    ValueError
        If no preset has this name.
    """
    if isinstance(preset, Preset):
        return preset
    if preset not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
    return PRESETS[preset]


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "daily",
            tuple(range(750, 124, -25)),
            SearchSpace(),
            {"early_warning": _EARLY_WARNING, "end_flag": _END_FLAG, "gabauer": _GABAUER, "wide": _WIDE},
            source="the scan's default: four filters on 26 windows, confidence = their mean",
        ),
        Preset(
            "shanghai_2015",
            NESTED,
            SearchSpace(m=(0, 2), omega=(1, 50), horizon_fraction=(-0.2, 0.2)),
            {"early_warning": _EARLY_WARNING, "end_flag": _END_FLAG},
            source="Sornette, Demos, Zhang, Cauwels, Filimonov & Zhang (2015), J. Invest. Strateg. 4, 77-95",
        ),
        Preset(
            "shu_zhu_2019",
            tuple(range(650, 29, -5)),
            SearchSpace(m=(0, 1), omega=(1, 50), horizon_fraction=(0, 1 / 3), damping=1.0),
            {
                "qualified": Filter(
                    m=(0.01, 0.99),
                    omega=(2, 25),
                    horizon_fraction=(0, 0.2),
                    oscillations=2.5,
                    damping=1.0,
                    max_relative_error=0.15,
                    convention="half",
                    lomb=0.05,
                    unit_root=0.05,
                )
            },
            oscillation_convention="half",
            source="Shu & Zhu (2020), Detection of Chinese stock market bubbles with LPPLS confidence "
            "indicator, Physica A 557, 124892 (arXiv:1905.09640 of 2019)",
        ),
        _gabauer("short", 30, 90),
        _gabauer("medium", 90, 300),
        _gabauer("long", 300, 745),
        Preset(
            "filimonov_sornette_2013",
            NESTED,
            SearchSpace(m=(0.1, 0.9), omega=(6, 13), horizon=(1, 90), horizon_fraction=None),
            {"qualified": Filter(m=(0.1, 0.9), omega=(6, 13), horizon=(1, 90), amplitude=1.0)},
            time="calendar",
            source="Filimonov & Sornette (2013), Physica A 392, 3698-3707",
        ),
    )
}
