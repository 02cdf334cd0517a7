"""Fits of nested windows as a result: one row a window, with what follows from its parameters."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.model import damping, oscillations
from lppl.core.series import Prices, date_of, date_text
from lppl.fitting.space import SearchSpace


@dataclass(frozen=True, eq=False)
class WindowFits:
    """One row a window, in the order the lengths were given; times in units from the first price.

    Attributes
    ----------
    length : ndarray of int
        Observations.
    t1, t2, tc : ndarray
        First and last time of the window, critical time.
    success : ndarray of bool
        Whether the window could be fitted; if not, ``message`` says why and the parameters are NaN.
    m, omega, A, B, C1, C2 : ndarray
        Parameters (``scale`` units).
    sse, second_sse : ndarray
        Sum of squared residuals at the minimum, and at the best minimum in another basin (NaN: none found,
        or none sought).
    at_tc, at_m, at_omega : ndarray of int
        -1 or 1 where the parameter sits on its lower or upper bound, else 0.
    converged : ndarray of bool
        Whether the descent ended by its tolerance.
    max_error, max_relative_error : ndarray
        Largest absolute residual, and largest ``|p - fit|/fit`` of the price.
    """

    space: SearchSpace
    prices: Prices = field(repr=False)
    length: NDArray[np.int64]
    t1: NDArray[np.float64]
    t2: NDArray[np.float64]
    success: NDArray[np.bool_]
    message: list[str]
    tc: NDArray[np.float64]
    m: NDArray[np.float64]
    omega: NDArray[np.float64]
    A: NDArray[np.float64]
    B: NDArray[np.float64]
    C1: NDArray[np.float64]
    C2: NDArray[np.float64]
    sse: NDArray[np.float64]
    second_sse: NDArray[np.float64]
    at_tc: NDArray[np.int64]
    at_m: NDArray[np.int64]
    at_omega: NDArray[np.int64]
    converged: NDArray[np.bool_]
    max_error: NDArray[np.float64]
    max_relative_error: NDArray[np.float64]

    def __len__(self) -> int:
        return self.length.size

    @property
    def C(self) -> NDArray[np.float64]:
        """Oscillation amplitude."""
        return np.hypot(self.C1, self.C2)

    @property
    def damping(self) -> NDArray[np.float64]:
        """Damping ``m|B|/(omega C)``."""
        return damping(self.m, self.omega, self.B, self.C)

    @property
    def horizon(self) -> NDArray[np.float64]:
        """Time units from the window's end to tc."""
        return self.tc - self.t2

    @property
    def rms(self) -> NDArray[np.float64]:
        """Root of the mean squared residual."""
        return np.sqrt(self.sse / self.length)

    @property
    def direction(self) -> NDArray[np.int64]:
        """1 for a positive bubble (B < 0), -1 for a negative one, 0 where the fit failed."""
        return np.where(self.success, np.where(self.B < 0.0, 1, -1), 0)

    def select(self, lengths: Iterable[int]) -> "WindowFits":
        """Return the windows of the given lengths, in that order."""
        place = {int(n): k for k, n in enumerate(self.length)}
        rows = [place[n] for n in lengths]
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS if name != "message"}
        return replace(self, message=[self.message[k] for k in rows], **columns)

    def oscillations(self, convention: str = "full") -> NDArray[np.float64]:
        """Return the oscillations in each window; see :func:`lppl.oscillations`."""
        return oscillations(self.omega, self.tc, self.t1, self.t2, convention)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a window: parameters, bounds reached, quality, and the date of tc where known."""
        frame = pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})
        frame["C"], frame["damping"], frame["oscillations"] = self.C, self.damping, self.oscillations()
        frame["horizon"], frame["rms"], frame["direction"] = self.horizon, self.rms, self.direction
        dates = self.prices.dates
        if dates is not None:
            frame["tc_date"] = [date_of(tc, dates, self.prices.time) for tc in self.tc]
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return the table as lists, with the box that was searched."""
        frame = self.to_frame()
        if "tc_date" in frame:
            frame["tc_date"] = frame["tc_date"].map(lambda d: None if pd.isna(d) else date_text(d))
        return {"space": self.space.to_dict(), "windows": frame.to_dict(orient="list")}

    def plot(self, filter: Any = None, x: str = "m", y: str = "omega", ax: Any = None) -> Any:
        """Draw two quantities of every window; see :func:`lppl.plot.parameter_cloud`.

        Parameters
        ----------
        filter : Filter, optional
            What a fit must satisfy to be coloured; without it every fit that converged.
        x, y : str
            Columns of :meth:`to_frame`.
        ax : matplotlib.axes.Axes, optional
            Where to draw.
        """
        from lppl import plot

        qualified = self.success & self.converged if filter is None else filter.passes(self)
        return plot.parameter_cloud(self, qualified, x, y, ax=ax)

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        sides = (("tc", self.at_tc), ("m", self.at_m), ("omega", self.at_omega))
        bounds = [", ".join(name for name, at in sides if at[k]) or "none" for k in range(len(self))]
        second = self.second_sse / np.where(self.sse > 0.0, self.sse, np.nan) - 1.0
        frame["bubble"] = frame["direction"].map({1: "positive", -1: "negative", 0: "no fit"})
        frame["on a bound"] = bounds
        frame["second minimum"] = ["none found" if np.isnan(each) else f"{each:+.1%}" for each in second]
        names = ["length", "tc_date" if "tc_date" in frame else "tc", "horizon", "bubble", "m", "omega"]
        names += ["damping", "oscillations", "rms", "on a bound", "second minimum"]
        failed, close = int((~self.success).sum()), int((second <= 0.05).sum())
        reasons = sorted({text for text in self.message if text})
        why = f" ({'; '.join(reasons)})" if reasons else ""
        title = f"LPPLS fits of {len(self)} windows: {failed} without a fit{why}"
        on_bound = sum(each != "none" for each in bounds)
        note = f"{on_bound} on a bound of the box; {close} with a second minimum at most 5% worse."
        return notebook.listing(title, frame[names], note)


_COLUMNS = (
    "length", "t1", "t2", "success", "message", "tc", "m", "omega", "A", "B", "C1", "C2", "sse", "second_sse",
    "at_tc", "at_m", "at_omega", "converged", "max_error", "max_relative_error",
)  # fmt: skip


def assemble(
    space: SearchSpace,
    prices: Prices,
    length: NDArray[np.int64],
    rows: NDArray[np.float64],
    sides: NDArray[np.int64],
    message: list[str],
) -> WindowFits:
    """Return result rows of windows that end with ``prices`` as :class:`WindowFits`."""
    from lppl._kernels import columns

    success = np.isfinite(rows[:, columns.SSE])
    return WindowFits(
        space=space,
        prices=prices,
        length=length,
        t1=prices.t[prices.t.size - length],
        t2=np.full(length.size, prices.t[-1]),
        success=success,
        message=[
            text or ("" if good else "no finite minimum in the box")
            for text, good in zip(message, success, strict=True)
        ],
        tc=rows[:, columns.TC] + prices.t[-1],
        m=rows[:, columns.M],
        omega=rows[:, columns.OMEGA],
        A=rows[:, columns.A],
        B=rows[:, columns.B],
        C1=rows[:, columns.C1],
        C2=rows[:, columns.C2],
        sse=rows[:, columns.SSE],
        second_sse=rows[:, columns.SECOND],
        at_tc=sides[:, 0],
        at_m=sides[:, 1],
        at_omega=sides[:, 2],
        converged=rows[:, columns.CONVERGED] == 1.0,
        max_error=rows[:, columns.MAX_ERROR],
        max_relative_error=rows[:, columns.MAX_RELATIVE],
    )
