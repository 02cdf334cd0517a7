"""Published figures, each computed anew: what ``reproduces.py`` prints and tests check."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

import earlywarning
import lppl
from earlywarning.phase.fold_model import stationary_fit


@dataclass(frozen=True)
class Figure:
    """A published figure beside ours.

    Parameters
    ----------
    what, source : str
    printed : str
        As it was printed: its last digit is its precision.
    ours : float
    reach : tuple of float, optional
        Smallest and largest of ours over all inputs that print as the published inputs do.
    """

    what: str
    source: str
    printed: str
    ours: float
    reach: tuple[float, float] | None = None

    @property
    def half(self) -> float:
        """Half a unit of the last printed digit."""
        return 0.5 * 10.0 ** -len(self.printed.partition(".")[2])

    @property
    def told(self) -> str:
        """Ours, to one digit more than was printed, with its reach."""
        digits = len(self.printed.partition(".")[2]) + 1
        reach = "" if self.reach is None else " [{:.{d}f}, {:.{d}f}]".format(*self.reach, d=digits)
        return f"{self.ours:.{digits}f}{reach}"

    @property
    def distance(self) -> str:
        """Ours less the published one."""
        return f"{self.ours - float(self.printed):+.2g}"

    @property
    def inside(self) -> bool:
        """Whether ours, or its reach, prints as the published figure does."""
        low, high = self.reach or (self.ours, self.ours)
        rounding = 1e-9 * abs(self.ours)
        published = float(self.printed)
        return low - self.half - rounding <= published <= high + self.half + rounding

    @property
    def verdict(self) -> str:
        """In a word."""
        return "yes" if self.inside else "no"


def explosive(reference: Path, _: Path) -> list[Figure]:
    """Statistics of Phillips, Shi & Yu (2015) and of the simulated series of exuber."""
    adf, sadf, gsadf = earlywarning.adf, earlywarning.sadf, earlywarning.gsadf
    ratio = pd.read_csv(reference / "sp500_price_dividend.csv").iloc[:, 0]
    simulated = pd.read_csv(reference / "explosive_sim.csv")
    stocks, peer = "S&P 500 price-dividend ratio, 1,683 months", "exuber, data of Phillips, Shi & Yu (2015)"
    cases = (
        ("ADF", stocks, "-1.1204", adf(ratio, log=False)),
        ("SADF", stocks, "3.4432", sadf(ratio, log=False)),
        ("GSADF", stocks, "4.2069", gsadf(ratio, log=False)),
        ("SADF, one lag, window 36", stocks, "1.5772", sadf(ratio, 1, 36, log=False)),
        ("GSADF, one lag, window 36", stocks, "3.1709", gsadf(ratio, 1, 36, log=False)),
        ("SADF", "one simulated bubble (psy1)", "1.946", sadf(simulated["psy1"], log=False)),
        ("GSADF", "one simulated bubble (psy1)", "5.190", gsadf(simulated["psy1"], log=False)),
        ("SADF", "collapsing bubble (evans)", "5.283", sadf(simulated["evans"], log=False)),
        ("GSADF", "collapsing bubble (evans)", "5.985", gsadf(simulated["evans"], log=False)),
    )
    return [Figure(f"{name}, {of}", peer, printed, found.statistic) for name, of, printed, found in cases]


def slowing(reference: Path, _: Path) -> list[Figure]:
    """Trends of the palaeoclimate records of Dakos et al. (2008)."""
    records = (
        ("end_of_greenhouse_earth", 25, "0.7549", "-0.6557"),
        ("bolling_allerod_transition", 25, "0.2497", "0.7242"),
        ("end_of_younger_dryas", 100, "0.7277", "-0.2247"),
    )
    figures = []
    for record, bandwidth, ar1, variance in records:
        x = pd.read_csv(reference / f"palaeo_{record}.csv")["state"].to_numpy()
        residual = earlywarning.detrend(x, "gaussian", bandwidth, causal=False)
        found = earlywarning.rolling_indicators(residual, x.size // 2)
        for name, printed in (("ar1", ar1), ("variance", variance)):
            figures.append(
                Figure(
                    f"Kendall tau of {name}, {record.replace('_', ' ')}",
                    "ewstools on Dakos et al. (2008)",
                    printed,
                    earlywarning.kendall_tau(found[name]),
                )
            )
    return figures


def overturning(reference: Path, _: Path) -> list[Figure]:
    """Stationary part of the fold of Ditlevsen & Ditlevsen (2023)."""
    found = pd.read_csv(reference / "amoc.csv")
    before = found["AMOC2"].to_numpy()[: np.flatnonzero(found["time"].to_numpy() <= 1924)[-1] + 1]
    names = ("alpha", "mu", "sigma squared")
    return [
        Figure(f"{name} of the overturning before 1924", "Ditlevsen & Ditlevsen (2023)", printed, value)
        for name, printed, value in zip(
            names, ("3.059", "0.248", "0.296"), stationary_fit(before, 1 / 12), strict=True
        )
    ]


def decimal_years(index: pd.DatetimeIndex) -> np.ndarray:
    """Return dates as years with a fraction."""
    return (index.year + (index.day_of_year - 1) / np.where(index.is_leap_year, 366, 365)).to_numpy(float)


def linear_parameters(
    years: np.ndarray, values: np.ndarray, tc: float, m: float, omega: float
) -> tuple[float, float, float, float]:
    """Return A, B, the amplitude C and the root mean square error at given (tc, m, omega)."""
    x = tc - years
    phase = omega * np.log(x)
    columns = np.column_stack([np.ones_like(x), x**m, x**m * np.cos(phase), x**m * np.sin(phase)])
    found = np.linalg.lstsq(columns, values, rcond=None)[0]
    rms = float(np.sqrt(np.mean((values - columns @ found) ** 2)))
    return float(found[0]), float(found[1]), float(np.hypot(found[2], found[3])), rms


def power_laws(reference: Path, _: Path) -> list[Figure]:
    """Linear parameters of four published fits at their printed tc, m and omega."""
    source = "Sornette, Johansen & Bouchaud (1996) and followers"
    cases = (
        (
            "Dow Jones 1929",
            "djia_1926_1930",
            "1927-06-01",
            "1929-09-03",
            (1930.22, 0.45, 7.9),
            "571 -267 14.3",
        ),
        (
            "S&P 500 1987",
            "sp500_1984_1988",
            "1985-07-01",
            "1987-08-25",
            (1987.74, 0.33, 7.4),
            "411 -165 12.2",
        ),
        (
            "Hang Seng 1987",
            "hang_seng_1980_1988",
            "1984-07-20",
            "1987-10-01",
            (1987.84, 0.29, 5.6),
            "5523 -3247 171",
        ),
        (
            "Nasdaq 2000",
            "nasdaq_1993_2002",
            "1997-04-01",
            "2000-03-10",
            (2000.34, 0.27, 7.0),
            "9.5 -1.7 0.06 0.061",
        ),
    )
    figures = []
    for name, file, start, end, at, printed in cases:
        close = pd.read_csv(reference / f"{file}.csv", parse_dates=["date"], index_col="date")["close"]
        close = close.loc[start:end]
        years = decimal_years(close.index)
        values = np.log(close.to_numpy()) if "." in printed.split()[0] else close.to_numpy(float)
        corners = product(
            *(
                (value - half, value, value + half)
                for value, half in zip(at, (0.005, 0.005, 0.05), strict=True)
            )
        )
        around = np.array([linear_parameters(years, values, *corner) for corner in corners])
        ours = linear_parameters(years, values, *at)
        for j, (letter, one) in enumerate(zip(("A", "B", "C", "rms"), printed.split(), strict=False)):
            reach = (float(around[:, j].min()), float(around[:, j].max()))
            figures.append(Figure(f"{letter}, {name}", source, one, ours[j], reach))
    return figures


def shanghai_2007(reference: Path, _: Path) -> list[Figure]:
    """The minimum of Filimonov & Sornette (2013) on Shanghai 2007, within their bounds."""
    close = pd.read_csv(reference / "ssec_2004_2009.csv", parse_dates=["date"], index_col="date")["close"]
    close = close.loc["2007-03-12":"2007-10-10"]
    found = lppl.fit(close, time="calendar", space=lppl.PRESETS["filimonov_sornette_2013"].space)
    days = (found.tc_date - pd.Timestamp("2007-10-10")).days
    source = "Filimonov & Sornette (2013), read off their figures"
    return [
        Figure("sum of squares, Shanghai 2007", source, "0.11", found.sse),
        Figure("m, Shanghai 2007", source, "0.7", found.m),
        Figure("omega, Shanghai 2007", source, "7.5", found.omega),
        Figure("tc less 2007-10-10 in days, Shanghai 2007", source, "27", float(days)),
    ]


def bubble_starts(_: Path, prices: Path) -> list[Figure]:
    """Starts of Demos & Sornette (2017): sessions from the published date to ours."""
    narrow = lppl.SearchSpace(m=(0.1, 0.9), omega=(6, 13), horizon_fraction=(0, 0.2))
    cases = (
        ("sp500", "2007-06-01", "2003-09-05", None),
        ("sp500", "2000-01-01", "1998-11-06", None),
        ("shanghai", "2007-05-01", "2005-05-07", narrow),
    )
    figures = []
    for name, end, start, box in cases:
        close = pd.read_csv(prices / f"{name}.csv", index_col="date", parse_dates=["date"])["close"]
        found = lppl.bubble_start(close, end=end, space=box)
        sessions = close.index.searchsorted(found.t1_date) - close.index.searchsorted(pd.Timestamp(start))
        what = f"start of the bubble of {name} to {end}, sessions after {start}"
        figures.append(Figure(what, "Demos & Sornette (2017)", "0", float(sessions)))
    return figures


FAMILIES: tuple[Callable[[Path, Path], list[Figure]], ...] = (
    explosive,
    slowing,
    overturning,
    power_laws,
    shanghai_2007,
    bubble_starts,
)
