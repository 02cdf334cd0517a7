"""Whether the series of a list are explosive together: the panel GSADF over their weekly closes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scanners.core.as_of import until
from scanners.core.errors import CommandError, Unjudged
from scanners.prices.series import Series

if TYPE_CHECKING:
    from earlywarning.explosive.critical import CriticalValues
    from earlywarning.explosive.dating import Episode
    from earlywarning.explosive.panel import PanelTest

LEVEL = 0.95
_HOLIDAY = 2  # weeks without a close that a holiday explains
_SEED = 20160101


@dataclass(frozen=True, eq=False)
class Together:
    """A panel test of a list.

    Parameters
    ----------
    test : earlywarning.explosive.panel.PanelTest
        Over weekly closes, a column a series.
    critical : earlywarning.explosive.critical.CriticalValues
        Of the same weeks with random signs, the dependence between the series kept.
    episodes : tuple of earlywarning.explosive.dating.Episode
        When the mean over the series stood above the value that chance reaches in 5% of such panels.
    left_out : tuple of (str, str)
        Series that could not be used, and why.
    """

    test: "PanelTest"
    critical: "CriticalValues"
    episodes: "tuple[Episode, ...]"
    left_out: tuple[tuple[str, str], ...]

    @property
    def p_value(self) -> float:
        """How often unrelated moves of the same sizes reach the statistic."""
        return self.critical.p_value(self.test.statistic)

    @property
    def now(self) -> pd.Series:
        """The backward sup ADF of each series in the last week, the largest first."""
        return self.test.members.iloc[-1].sort_values(ascending=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as nested plain values."""
        weeks = self.test.members.index
        return {
            "first": f"{weeks[0]:%Y-%m-%d}",
            "last": f"{weeks[-1]:%Y-%m-%d}",
            "weeks": len(weeks),
            "statistic": self.test.statistic,
            "p_value": self.p_value,
            "critical_values": self.critical.to_dict(),
            "series": {str(name): float(value) for name, value in self.now.items()},
            "episodes": [episode.to_dict() for episode in self.episodes],
            "left_out": dict(self.left_out),
        }


def together(
    series: Sequence[Series],
    *,
    as_of: str | None,
    weeks: int,
    replications: int = 499,
    jobs: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Together:
    """Test the last weeks of a list for an explosive root that its series share.

    Weekly closes, the last one of the week that is not over, so that markets of other hours compare.

    Parameters
    ----------
    series : sequence of Series
    as_of : str, optional
        ISO date, nothing after which is looked at.
    weeks : int
        Weeks that every series must have; one that has fewer is left out and named.
    replications : int
        Resampled panels.
    jobs : int
        Threads.
    progress : callable
        Called with (series read, series in all).

    Raises
    ------
    CommandError
        If fewer than two series are left, or the test cannot use them.
    """
    import earlywarning

    read, left_out = {}, []
    for number, each in enumerate(series, 1):
        try:
            closes = each.read()
            read[each.name] = _fit_for_logs(closes if as_of is None else until(closes, as_of))
        except (CommandError, Unjudged, ValueError) as error:
            left_out.append((each.name, str(error)))
        progress(number, len(series))
    frame = _weekly(read, weeks)
    for name in frame.columns[frame.isna().any()]:
        missing = frame.index[frame[name].isna()]
        left_out.append(
            (name, f"has no close in {len(missing)} of {weeks} weeks, first {missing[0]:%Y-%m-%d}")
        )
    frame = frame.dropna(axis=1)
    if frame.shape[1] < 2:
        why = "; ".join(f"{name}: {reason}" for name, reason in left_out)
        raise CommandError(f"a panel needs two series, got {frame.shape[1]}{f' ({why})' if why else ''}")
    try:
        test = earlywarning.panel_gsadf(frame)
        critical = earlywarning.panel_critical_values(
            test, replications=replications, seed=_SEED, n_jobs=jobs
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
    episodes = earlywarning.explosive_episodes(test, critical, LEVEL, familywise=True)
    return Together(test, critical, episodes, tuple(left_out))


def _fit_for_logs(closes: pd.Series) -> pd.Series:
    if closes.empty:
        raise ValueError("no prices by then")
    if not (closes > 0).all():
        raise ValueError(f"prices must be above 0, got {closes.min():g}")
    return closes


def _weekly(closes: dict[str, pd.Series], weeks: int) -> pd.DataFrame:
    """Return the last closes of the last weeks, NaN where a series has none for longer than a holiday.

    A week is named by its Friday, one that is not over by its last close.
    """
    fridays = {name: each.resample("W-FRI").last() for name, each in closes.items()}
    frame = pd.DataFrame(fridays).ffill(limit=_HOLIDAY)
    if not closes:
        return frame
    last = max(each.index[-1] for each in closes.values())
    ends = pd.date_range(end=frame.index[-1], periods=weeks, freq="W-FRI")
    return frame.reindex(ends).set_axis([*ends[:-1], min(ends[-1], last)])
