"""One series looked at once: a fit, the windows around it and the verdict, without a list or a folder."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

import lppl
from lppl.core.frequency import bars_of
from lppl.diagnostics.start_averaging import LENGTHS
from lppl.fitting.windows import MIN_LENGTH
from lppl.indicators.presets import find
from scanners.config.policy import Policy
from scanners.core.as_of import until
from scanners.core.vocabulary import AssetClass
from scanners.evidence.gathering import Evidence, gather
from scanners.evidence.series_fits import CONSENSUS, Fits
from scanners.scan.first_run import compile_beside
from scanners.scan.plan import DEFAULT
from scanners.verdict.appraisal import appraise
from scanners.verdict.assessment import look_longer, with_falls
from scanners.verdict.calibration import rates_of
from scanners.verdict.judgement import Judgement, judge

UNCLASSIFIED: AssetClass = "unclassified"


@dataclass(frozen=True, eq=False)
class Look:
    """What one look at a series found.

    Parameters
    ----------
    name : str
        Of the series.
    prices : pandas.Series
        Closes of the fitted window.
    fit : lppl.Fit
        Of those closes.
    asked : bool
        Whether the window was asked for; if not, it is one of those that decide or the whole history.
    evidence, verdict, fits
        As in a scan; ``fits`` is None when the history is too short for nested windows.
    posterior : lppl.BubblePosterior or None
        Where it was asked for.
    """

    name: str
    prices: pd.Series
    fit: lppl.Fit
    asked: bool
    evidence: Evidence
    verdict: Judgement
    fits: Fits | None
    posterior: lppl.BubblePosterior | None = None

    @property
    def choice(self) -> str:
        """Why this window, in words."""
        if self.asked:
            return "from the start asked for"
        if self.fits is None or self.fits.shown is None:
            return "the whole history"
        return "the longest that qualifies" if self.fits.qualified.any() else "the longest; none qualifies"

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the prices as nested plain values."""
        told = {
            "series": self.name,
            "start": _day(self.prices.index[0]),
            "end": _day(self.prices.index[-1]),
            "choice": self.choice,
            "fit": self.fit.to_dict(),
            "verdict": self.verdict.to_dict(),
            "evidence": self.evidence.to_dict(),
        }
        return told if self.posterior is None else told | {"posterior": self.posterior.to_dict()}


def look(
    prices: pd.Series,
    *,
    as_of: str | None = None,
    start: str | None = None,
    preset: str | lppl.Preset = CONSENSUS,
    policy: Policy = DEFAULT,
    asset_class: str | None = None,
    posterior: bool = False,
) -> Look:
    """Fit one window of a series, and judge the series as a scan would.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates.
    as_of : str, optional
        ISO date, nothing after which is looked at; the last date if left out.
    start : str, optional
        ISO date at which the fitted window starts; if left out, the longest window that qualifies, else the
        longest that the history allows.
    preset : str or lppl.Preset
        Shown beside what decides: a name in ``lppl.PRESETS``, or the user's own. A window that was asked for
        is fitted in its box.
    policy : Policy
        Thresholds.
    asset_class : str, optional
        As in watchlists; chooses thresholds, and the falls whose chances are stated.
    posterior : bool
        Whether to ask for the probability of a bubble too, over the starts that the history allows.

    Raises
    ------
    ValueError
        If no prices lie between the dates, or they break a rule of `lppl.fit`.
    """
    compile_beside()
    day = as_of or _day(prices.index[-1])
    evidence, workings = gather(prices, day, preset)
    policy = policy.for_class(asset_class or UNCLASSIFIED)
    evidence = with_falls(prices, evidence, asset_class, policy.minimum_windows)
    evidence = look_longer(prices, evidence, workings, policy, appraise(evidence, policy))
    fits = workings.fits
    seen = until(prices, day)
    if start is not None:
        window = seen[pd.Timestamp(start) :]
        if len(window) < 2:
            raise ValueError(f"start must lie before the last session {_day(seen.index[-1])}, got {start}")
        if len(window) < MIN_LENGTH:
            bars = bars_of(pd.DatetimeIndex(seen.index))
            least = f"start must leave at least {MIN_LENGTH} {bars} up to {_day(seen.index[-1])}"
            raise ValueError(f"{least}, got {len(window)} from {start}")
    elif fits is None or fits.shown is None:
        window = seen
    else:
        window = seen.iloc[-int(fits.windows.length[fits.shown]) :]
    asked = find(CONSENSUS if start is None else preset)
    fit = lppl.fit(window, space=asked.space, time=asked.time)
    verdict = judge(evidence, policy, rates=rates_of(asset_class or UNCLASSIFIED, policy))
    averaged = None
    if posterior:
        lengths = [n for n in LENGTHS if n <= len(seen)]
        if not lengths:
            raise ValueError(f"--posterior needs at least {min(LENGTHS)} prices, got {len(seen)}")
        averaged = lppl.bubble_posterior(seen, lengths=lengths)
    return Look(str(prices.name), window, fit, start is not None, evidence, verdict, fits, averaged)


def _day(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d}"
