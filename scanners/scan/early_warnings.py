"""One series and its early warnings at once: the scan's tests with everything they found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from lppl.core.frequency import frequency
from lppl.core.series import date_text
from scanners.config.policy import Policy
from scanners.core.as_of import until
from scanners.evidence.bifurcation import DRAWS, Bifurcation, Measured, bootstrap, condense, measure
from scanners.verdict.bifurcation_words import bifurcation_line, bifurcation_state, measured_line

if TYPE_CHECKING:
    from earlywarning.explosive.critical import CriticalValues

# Shown beside the joint test and no part of it: what else may change before a transition.
OTHERS = ("skewness", "kurtosis", "spectral_exponent", "arch")


@dataclass(frozen=True, eq=False)
class Warned:
    """Early warnings of one series.

    Parameters
    ----------
    name, first, last : str
        Series, and first and last session that the tests saw.
    state, line : str
        The bifurcation axis of the verdict, and its numbers in words.
    evidence : Bifurcation
        As in a scan.
    measured : Measured
        The library's results.
    bootstrap : earlywarning.explosive.critical.CriticalValues
        Of the explosive root by the wild bootstrap, which a scan computes above the 95% value only.
    others : earlywarning.slowing.trend.TrendTest
        Further indicators with a p-value each.
    episodes : tuple of earlywarning.explosive.dating.Episode
        When the BSADF stood above its bootstrap 95% values.
    """

    name: str
    first: str
    last: str
    state: str
    line: str
    evidence: Bifurcation
    measured: Measured
    bootstrap: "CriticalValues"
    others: Any
    episodes: tuple[Any, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as nested plain values."""
        found = self.measured
        explosive = {
            name: value for name, value in found.explosive.to_dict().items() if name not in ("index", "path")
        }
        return {
            "series": self.name,
            "first": self.first,
            "last": self.last,
            "sessions": self.evidence.sessions,
            "seed": found.seed,
            "bifurcation": self.state,
            "description": self.line,
            "trend": found.trend.to_dict(),
            "other_indicators": {name: self.others.to_dict()[name] for name in ("tau", "p_values", "notes")},
            "portrait": found.portrait.to_dict(),
            "explosive": explosive
            | {"critical_values": found.critical.to_dict(), "bootstrap": self.bootstrap.to_dict()}
            | {"p_value": self.bootstrap.p_value(found.explosive.statistic)},
            "episodes": [episode.to_dict() for episode in self.episodes],
        }


def warn(prices: pd.Series, *, as_of: str | None, window: int, policy: Policy) -> Warned:
    """Run every early-warning test on the last three windows of a series.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates.
    as_of : str, optional
        ISO date, nothing after which is looked at; the last date if left out.
    window : int
        Sessions of the rolling window.
    policy : Policy
        Thresholds of the bifurcation axis.

    Raises
    ------
    ValueError
        If no prices lie before the date, or too few for the window, or the tests cannot use them.
    """
    import earlywarning

    seen = prices if as_of is None else until(prices, as_of)
    if seen.empty:
        raise ValueError(f"no prices up to {as_of}: the series starts {prices.index[0]:%Y-%m-%d}")
    found = measure(seen, window)
    null = bootstrap(found.explosive, found.seed)
    levels = pd.Series(found.explosive.levels, index=found.explosive.index)
    others = earlywarning.trend_test(
        levels, window=window, bandwidth=window / 5, n=DRAWS, seed=found.seed, indicators=OTHERS
    )
    evidence = condense(found)
    how_often = frequency(levels.index)
    state, line = "not measured", measured_line(evidence, how_often.bar)
    if how_often.is_daily:
        state, line = bifurcation_state(evidence, policy), bifurcation_line(evidence, policy)
    return Warned(
        name=str(prices.name),
        first=date_text(levels.index[0]),
        last=date_text(levels.index[-1]),
        state=state,
        line=line,
        evidence=evidence,
        measured=found,
        bootstrap=null,
        others=others,
        episodes=earlywarning.explosive_episodes(found.explosive, null),
    )
