"""The application in a notebook: one series looked at, or many scanned, with tables, pictures and cards."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pandas as pd

import lppl
from scanners.config.policy import Policy
from scanners.config.settings import Scan as Configured
from scanners.core.as_of import until
from scanners.core.vocabulary import AssetClass
from scanners.core.workers import Workers
from scanners.evidence.confidence_memory import Memory
from scanners.evidence.gathering import Workings
from scanners.prices.series import Series
from scanners.report.notebook_results import Look, Scan
from scanners.scan import one_series
from scanners.scan.given_prices import Prices, class_of, closes_of
from scanners.scan.plan import DEFAULT, plan_of
from scanners.scan.scanning import SPARK, drafts, read
from scanners.verdict.appraisal import Appraisal, Refusal
from scanners.verdict.calibration import rates_of
from scanners.verdict.draft import Draft
from scanners.verdict.trail import look_back
from scanners.verdict.whole_list import conclude, quoting, row_from

PRESET = Configured().preset  # as a scan has it where nothing else is asked for


def look(
    prices: Prices,
    *,
    name: str = "",
    asset_class: AssetClass | None = None,
    as_of: str | None = None,
    preset: str | lppl.Preset = PRESET,
) -> Look:
    """Look at one series as a scan does.

    Parameters
    ----------
    prices : pandas.Series, pandas.DataFrame or array_like
        Positive closes on increasing dates; of a table the column ``close``, or its only one. Closes without
        dates are taken to end on the last weekday up to today.
    name : str
        Of the series; that of the prices if left out.
    asset_class : str, optional
        As in watchlists; chooses thresholds, and the falls whose chances are stated.
    as_of : str, optional
        ISO date, nothing after which is looked at; the last date if left out.
    preset : str or lppl.Preset
        Published windows and filters that stand beside the consensus.

    Raises
    ------
    ValueError
        If the prices break a rule of `lppl.fit`, or the asset class is none.
    """
    closes = closes_of(prices)
    name, kind = name or str(closes.name or "series"), class_of(asset_class)
    day = as_of or f"{closes.index[-1]:%Y-%m-%d}"
    seen = until(closes, day)
    found = one_series.look(closes.rename(name), as_of=day, preset=preset, asset_class=asset_class)
    policy, memory = DEFAULT.for_class(kind), Memory()
    trail = None
    if found.fits is not None:
        memory.learn_last(seen, found.fits.consensus)
    if found.verdict.level is not None:
        trail = look_back(seen, found.verdict.level, policy, memory)
    spark = tuple(float(close) for close in seen.iloc[-SPARK:])
    draft = Draft(name, name, kind, found.evidence, spark=spark, trail=trail)
    return Look(found, row_from(draft, policy, rates=rates_of(kind, policy)), seen, policy, memory)


def scan(
    prices: Mapping[str, Prices] | pd.DataFrame,
    *,
    asset_class: AssetClass | Mapping[str, AssetClass] | None = None,
    as_of: str | None = None,
    preset: str | lppl.Preset = PRESET,
    jobs: int | None = None,
) -> Scan:
    """Scan many series as ``lppl scan`` does; one that cannot be judged is a row that says why.

    Parameters
    ----------
    prices : mapping of str to prices, or pandas.DataFrame
        Name -> closes, as `look` takes them; of a table every column.
    asset_class : str or mapping of str to str, optional
        Of all, or by name.
    as_of : str, optional
        ISO date; the last one of any series if left out.
    preset
        As for `look`.
    jobs : int, optional
        Worker processes; as many as pay if left out.
    """
    closes = {str(name): closes_of(given).dropna() for name, given in prices.items()}
    if not closes:
        raise ValueError("prices must hold at least one series, got none")
    kinds = asset_class if isinstance(asset_class, Mapping) else dict.fromkeys(closes, asset_class)
    day = as_of or f"{max(each.index[-1] for each in closes.values()):%Y-%m-%d}"
    series = [
        Series(name, name, class_of(kinds.get(name)), partial(_as_is, given))
        for name, given in closes.items()
    ]
    plan = plan_of("notebook", day, preset, trust="none")
    batches = drafts((read(each, day) for each in series), plan, Workers(jobs), len(series), with_past)
    found = {draft.name: draft for batch in batches for draft in batch}
    rows = conclude([found[name] for name in closes], plan.policy, rates=quoting(plan.policy))
    return Scan(day, tuple(rows))


def with_past(
    draft: Draft, prices: pd.Series, found: Appraisal | Refusal, workings: Workings, policy: Policy
) -> Draft:
    """Return a draft with the past of its verdict."""
    if isinstance(found, Refusal):
        return draft
    return replace(draft, trail=look_back(prices, found.level, policy, workings.memory))


def _as_is(closes: pd.Series) -> pd.Series:
    return closes
