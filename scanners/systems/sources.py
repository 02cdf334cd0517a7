"""The catalogue of macro and market series: what each is, who has it, and when a figure is known."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
import numpy as np
import pandas as pd

from scanners.config.watchlist import Entry
from scanners.core import toml
from scanners.prices.providers import csv_folder
from scanners.systems.units import Unit, check_range

Frequency = Literal["daily", "weekly", "monthly", "quarterly", "annual"]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_]{0,59}\Z")]
_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
_PERIODS_A_YEAR = {"daily": 250.0, "weekly": 52.0, "monthly": 12.0, "quarterly": 4.0, "annual": 1.0}

# The largest usual distance of figures, in days or periods, and of how many it is the median.
_APART = {"daily": 4.0, "weekly": 8.0, "monthly": 1.0, "quarterly": 1.0, "annual": 1.0}
_PERIOD = {"daily": "day", "weekly": "day", "monthly": "month", "quarterly": "quarter", "annual": "year"}
_FEWEST, _RECENT = 12, 60
# Where a provider's figures can be seen and loaded by hand, and what it asks for.
_PLACES = {
    "fred": "fred.stlouisfed.org/series/{}",
    "alfred": "needs FRED_API_KEY; alfred.stlouisfed.org",
    "bis": "data.bis.org",
    "mof": "mof.go.jp, JGB interest rates",
    "h10": "federalreserve.gov/releases/h10",
    "akshare": "needs the extra akshare",
    "yahoo": "needs the extra yahoo",
}
# Days that a figure may be late before the series is stale.
_GRACE = {"daily": 7, "weekly": 7, "monthly": 21, "quarterly": 45, "annual": 180}


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One series of the catalogue.

    Attributes
    ----------
    name, title : str
        Short and unique; for people.
    kind : {"price", "level"}
        Positive and compared in logs, or a rate or ratio compared in differences.
    frequency : str
        What a date stands for; a monthly, quarterly or annual date may be any day of its period.
    lag : int
        Days from the end of the period until the figure is published; weekdays for daily series, since what
        is published on the next day comes on Monday for Friday.
    symbols : dict of str to str
        Provider -> what it calls the series; ``csv`` is a file's name without its ending, and after a colon
        the column of a file that holds several.
    ends : str
        Last period that the provider has, where it gave the series up.
    release : {"", "monday"}
        ``monday``: figures of a week are published together on the Monday after it, the day after where that
        is a holiday of the United States; the lag counts from there.
    reaches : float
        What some figure of the last ten years is as large as, of either sign, in the unit of the title: a
        fraction in place of per cent stays below it.
    unit : str
        What its figures measure, by `scanners.systems.units`: one that lies outside what they can be is
        refused. Empty: any number.
    clock : str
        When on its day a figure is taken, in words.
    hour : float, optional
        The same in hours UTC.
    about : str
        Who publishes it and where, when only a file has it.
    """

    name: Name
    title: str
    kind: Literal["price", "level"] = "level"
    frequency: Frequency = "daily"
    lag: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    lags: dict[str, Annotated[int, msgspec.Meta(ge=0, le=1000)]] = {}
    symbols: dict[str, str] = {}
    ends: str = ""
    release: Literal["", "monday"] = ""
    reaches: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    unit: Unit = ""
    clock: str = ""
    hour: float | None = None
    about: str = ""

    @property
    def periods_a_year(self) -> float:
        """Observations a year."""
        return _PERIODS_A_YEAR[self.frequency]

    def check(self, values: pd.Series) -> None:
        """Refuse figures that stand closer or further apart than the frequency says, or in no such unit.

        Parameters
        ----------
        values : pandas.Series
            Figures by date.

        Raises
        ------
        ValueError
            With the series, the rule and what was found.
        """
        places = self._places(values.index.to_numpy())
        steps = np.diff(places)
        if self.frequency in _MONTHS and (steps == 0).any():
            twice = values.index[1:][steps == 0][0]
            raise ValueError(
                f"{self.name} is {self.frequency}, a second figure of its period on {twice:%Y-%m-%d}"
            )
        usual = float(np.median(steps[-_RECENT:])) if len(steps) >= _FEWEST else 1.0
        if usual > _APART[self.frequency]:
            step = _PERIOD[self.frequency]
            raise ValueError(f"{self.name} is {self.frequency}, its figures are {usual:.0f} {step}s apart")
        check_range(self.name, self.title, self.unit, values)
        recent = values[values.index > values.index[-1] - pd.DateOffset(years=10)]
        if not recent.abs().max() >= self.reaches:
            raise ValueError(
                f"{self.name} ({self.title}) must reach {self.reaches:g} in some figure of ten years, "
                f"got at most {recent.abs().max():.3g}: is it a fraction? "
                "Write figures in the unit of the title"
            )

    def holes(self, days: np.ndarray) -> list[tuple[str, str]]:
        """Return the dates before and after missing figures: a month of them for daily series, else one."""
        steps = np.diff(self._places(days))
        found = np.flatnonzero(steps > {"daily": 31, "weekly": 35}.get(self.frequency, 1))
        dates = np.asarray(days, "datetime64[D]")
        return [(str(dates[place]), str(dates[place + 1])) for place in found]

    def _places(self, days: np.ndarray) -> np.ndarray:
        """Return the number of the period of each date; of the day for daily and weekly series."""
        if self.frequency not in _MONTHS:
            return np.asarray(days, "datetime64[D]").astype(np.int64)
        months = np.asarray(days, "datetime64[M]").astype(np.int64)
        return months // _MONTHS[self.frequency]

    def published(self, days: np.ndarray, provider: str = "") -> np.ndarray:
        """Return the day from which on the figure of each date is known to a provider, datetime64[D]."""
        lag = self.lags.get(provider, self.lag)
        ends = period_end(days, self.frequency)
        if self.release:
            ends = next_release(ends)
        if self.frequency == "daily" and lag:
            return np.busday_offset(ends, lag, roll="backward")
        return ends + np.timedelta64(lag, "D")

    def following(self, last: np.datetime64) -> np.ndarray:
        """Return the date that the figure after ``last`` stands for, shape (1,)."""
        end = period_end(np.array([last]), self.frequency)[0]
        if self.frequency == "daily":
            following = np.busday_offset(end, 1, roll="backward")
        else:
            following = end + np.timedelta64(7 if self.frequency == "weekly" else 1, "D")
        return np.array([following])

    def due(self, last: np.datetime64) -> np.datetime64:
        """Return the day after which the figure that follows ``last`` is overdue.

        It is the day of its publication by the slowest provider and a grace: a week for daily and weekly
        figures, half a period, at least three weeks, for others.
        """
        slowest = max(self.lags, key=self.lags.__getitem__, default="")
        known = self.published(self.following(last), slowest)[0]
        return known + np.timedelta64(_GRACE[self.frequency], "D")

    def entry(self) -> Entry | None:
        """Return what ``lppl fetch`` needs to load the series; None when only a file has it."""
        if not set(self.symbols) - {csv_folder.NAME}:
            return None
        return Entry(self.name, "macro" if self.kind == "level" else "unclassified", self.symbols, self.title)

    def how_to_get(self) -> str:
        """Return in words how the user comes by the series."""
        stem, _, column = self.symbols.get("csv", self.name).partition(":")
        file = f"{self.name if column else stem}.csv (date,value: {self.title}) into data/"
        providers = [
            f"{name} {symbol}" + (f": {_PLACES[name].format(symbol)}" if name in _PLACES else "")
            for name, symbol in self.symbols.items()
            if name != csv_folder.NAME
        ]
        about = f" ({self.about})" if self.about else ""
        if not providers:
            return f"no provider has it: put {file}{about}"
        ended = f", which ends {self.ends}" if self.ends else ""
        return f"lppl systems --fetch loads it ({'; '.join(providers)}{ended}), or put {file}{about}"


def period_end(days: np.ndarray, frequency: str) -> np.ndarray:
    """Return the last day of the period that each date stands for, datetime64[D]."""
    days = np.asarray(days, dtype="datetime64[D]")
    if frequency not in _MONTHS:
        return days
    length = _MONTHS[frequency]
    months = days.astype("datetime64[M]").astype(np.int64)
    after = (months // length + 1) * length
    return after.astype("datetime64[M]").astype("datetime64[D]") - np.timedelta64(1, "D")


def next_release(days: np.ndarray) -> np.ndarray:
    """Return the day of the weekly release of each day: the Monday after its week, or the Tuesday."""
    days = np.asarray(days, dtype="datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; 0 is Monday
    monday = days + (7 - weekday).astype("timedelta64[D]")
    return np.busday_offset(monday, 0, roll="forward", holidays=_holidays())


@cache
def _holidays() -> np.ndarray:
    from pandas.tseries.holiday import USFederalHolidayCalendar

    return USFederalHolidayCalendar().holidays("1970-01-01", "2100-01-01").to_numpy().astype("datetime64[D]")


@cache
def builtin() -> dict[str, Source]:
    """Return the catalogue that comes with the package, by name."""
    text = files("scanners.systems").joinpath("sources.toml").read_text("utf-8")
    found = msgspec.convert(toml.parse(text, "sources.toml")["series"], tuple[Source, ...])
    return {source.name: source for source in found}
