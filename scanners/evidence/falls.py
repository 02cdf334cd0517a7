"""Chances of falls as evidence: the numbers of a forecast as plain values, no judgement."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FallChance:
    """How likely a fall of one size within one horizon is.

    Parameters
    ----------
    size : str
        Percent (``10``) or own standard deviations over the horizon (``1.5s``).
    horizon : int
        Sessions.
    chance, usual : float
        Now, and on an ordinary day of the same series.
    low, high : float
        80% interval of ``chance``: how far eras differ.
    volatility, trend, bubble, series : float
        Odds ratios whose product is the odds of ``chance`` against those of ``usual``.
    """

    size: str
    horizon: int
    chance: float
    usual: float
    low: float
    high: float
    volatility: float
    trend: float
    bubble: float
    series: float

    @property
    def times_usual(self) -> float:
        """Chance over what is usual."""
        return self.chance / self.usual

    @property
    def odds(self) -> float:
        """Odds of the chance against the odds of what is usual."""
        return self.volatility * self.trend * self.bubble * self.series


@dataclass(frozen=True)
class Falls:
    """Chances of falls of one series at one date.

    Parameters
    ----------
    status : str
        ``ok``; ``insufficient_data``, ``not_daily`` or ``thin`` where no chance is stated.
    note : str
        What limits the answer, in words; empty where nothing does.
    version : str
        Of the model that stated them.
    cells : tuple of FallChance
        By size, then horizon; empty without a chance.
    headline, told : tuple of (str, int)
        Size and horizon by which the asset class is judged, and those of the sentence that leads it.
    by_month : bool
        Whether 60 sessions are three months, as they are where weekends are free.
    """

    status: str
    note: str
    version: str
    cells: tuple[FallChance, ...] = ()
    headline: tuple[str, int] = ("10", 60)
    told: tuple[str, int] = ("20", 120)
    by_month: bool = True

    def cell(self, size: str, horizon: int) -> FallChance | None:
        """Return the chance of a size within a horizon, None where it is not stated."""
        return next((each for each in self.cells if (each.size, each.horizon) == (size, horizon)), None)
