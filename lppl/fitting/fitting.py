"""One LPPLS fit of one series."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lppl.core import notebook
from lppl.core.model import damping, log_price, oscillations
from lppl.core.series import check, date_of, date_text
from lppl.fitting.space import SearchSpace, as_space
from lppl.fitting.window_fits import WindowFits
from lppl.fitting.windows import fit_checked


@dataclass(frozen=True)
class Fit:
    """The global minimum of one window; times in units from the first price handed in.

    Attributes
    ----------
    success, message : bool, str
        Whether the window could be fitted, and if not why; the parameters are NaN then.
    t1, t2, tc : float
        First and last time, critical time.
    n : int
        Observations.
    m, omega, A, B, C1, C2 : float
        Parameters in ``scale`` units.
    sse, rms, second_sse : float
        Sum of squared residuals, its root mean, and the sum at the best minimum of another basin.
    at_bound : tuple of str
        Parameters on a bound of the box, as in ``("m lower",)``.
    converged : bool
        Whether the descent ended by its tolerance.
    max_relative_error : float
        Largest ``|p - fit| / fit`` of the price.
    tc_date : pandas.Timestamp or None
        Date of tc in the series' own calendar.
    """

    success: bool
    message: str
    t1: float
    t2: float
    n: int
    tc: float
    m: float
    omega: float
    A: float
    B: float
    C1: float
    C2: float
    sse: float
    rms: float
    second_sse: float
    at_bound: tuple[str, ...]
    converged: bool
    max_relative_error: float
    scale: str
    time: str
    tc_date: pd.Timestamp | None

    @property
    def C(self) -> float:
        """Oscillation amplitude ``hypot(C1, C2)``."""
        return float(np.hypot(self.C1, self.C2))

    @property
    def damping(self) -> float:
        """Damping ``m|B|/(omega C)``."""
        return float(damping(self.m, self.omega, self.B, self.C))

    @property
    def oscillations(self) -> float:
        """Full log-periodic oscillations inside the window."""
        return float(oscillations(self.omega, self.tc, self.t1, self.t2))

    @property
    def horizon(self) -> float:
        """Time units from the end of the window to tc."""
        return self.tc - self.t2

    @property
    def direction(self) -> int:
        """1 for a positive bubble (B < 0), -1 for a negative one, 0 where the fit failed."""
        return 0 if not self.success else 1 if self.B < 0.0 else -1

    def curve(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the fitted curve in ``scale`` units at times ``t``."""
        return log_price(t, self.tc, self.m, self.omega, self.A, self.B, self.C1, self.C2)

    def to_dict(self) -> dict[str, Any]:
        """Return parameters and derived quantities as plain values."""
        values = asdict(self)
        values["at_bound"] = list(self.at_bound)
        values["tc_date"] = None if self.tc_date is None else date_text(self.tc_date)
        for name in ("C", "damping", "oscillations", "horizon", "direction"):
            values[name] = getattr(self, name)
        return values

    def plot(self, prices: Any, ax: Any = None) -> Any:
        """Draw the fit over its prices; see :func:`lppl.plot.fit`."""
        from lppl import plot

        return plot.fit(self, prices, ax=ax)

    def _shape(self) -> str:
        """Name what the sign of B says."""
        return "positive bubble (B < 0)" if self.B < 0.0 else "negative bubble (B > 0)"

    def _rows(self) -> dict[str, Any]:
        """Return what a reader of the fit must see, the reason alone where there is none."""
        if not self.success:
            return {"no fit": self.message}
        unit = "observations" if self.time == "trading" else "days"
        day = "" if self.tc_date is None else f"{date_text(self.tc_date)}, "
        second = self.second_sse / self.sse - 1.0 if self.sse > 0.0 else float("nan")
        return {
            "shape": self._shape(),
            "tc": f"{day}{self.horizon:+.1f} {unit} from the last of {self.n}",
            "on a bound of the box": ", ".join(self.at_bound) or "none",
            "second minimum": "none found" if np.isnan(second) else f"sum of squares {second:+.1%}",
            "m, omega": f"{self.m:.4g}, {self.omega:.4g}",
            "A, B, C1, C2": ", ".join(f"{value:.4g}" for value in (self.A, self.B, self.C1, self.C2)),
            "damping, oscillations": f"{self.damping:.3g}, {self.oscillations:.3g}",
            "rms, largest relative error": f"{self.rms:.4g} ({self.scale}), {self.max_relative_error:.1%}",
            **({} if self.converged else {"converged": "no: the descent ended before its tolerance"}),
        }

    def _repr_html_(self) -> str:
        note = "One point of the likelihood: lppl.critical_time gives tc an interval." if self.success else ""
        return notebook.pairs("LPPLS fit", self._rows(), note)


def row(windows: WindowFits, k: int) -> Fit:
    """Return one window's row as a :class:`Fit`."""
    names = (("tc", windows.at_tc), ("m", windows.at_m), ("omega", windows.at_omega))
    bounds = tuple(f"{name} {'lower' if at[k] < 0 else 'upper'}" for name, at in names if at[k])
    numbers = {
        name: float(getattr(windows, name)[k])
        for name in ("t1", "t2", "tc", "m", "omega", "A", "B", "C1", "C2", "sse", "rms", "second_sse")
    }
    return Fit(
        success=bool(windows.success[k]),
        message=windows.message[k],
        n=int(windows.length[k]),
        at_bound=bounds,
        converged=bool(windows.converged[k]),
        max_relative_error=float(windows.max_relative_error[k]),
        scale=windows.prices.scale,
        time=windows.prices.time,
        tc_date=date_of(float(windows.tc[k]), windows.prices.dates, windows.prices.time),
        **numbers,
    )


def fit(prices: Any, *, space: SearchSpace | None = None, time: str = "trading", scale: str = "log") -> Fit:
    """Fit the LPPLS model to a whole series: the global least-squares minimum inside a box.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices; at least 10.
    space : SearchSpace, optional
        The box; default m [0, 2], omega [1, 50], tc within 0.2 lengths of the last price.
    time : {"trading", "calendar"}
        Time unit: observations or calendar days.
    scale : {"log", "price"}
        Whether log-prices or prices are fitted.

    Returns
    -------
    Fit

    References
    ----------
    .. [1] Filimonov & Sornette (2013), Physica A 392, 3698-3707.
    """
    checked = check(prices, time, scale)
    n = checked.t.size
    return row(fit_checked(checked, n - 1, [n], as_space(space)), 0)
