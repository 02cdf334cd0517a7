"""What only the whole list can say: how many look special by chance, and which are more than that."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from scanners.config.policy import Policy
from scanners.evidence.gathering import Evidence
from scanners.verdict.appraisal import Refusal, appraise
from scanners.verdict.calibration import rates_of
from scanners.verdict.draft import Draft
from scanners.verdict.false_discoveries import SESSIONS_A_YEAR, benjamini_hochberg, hits_by_chance
from scanners.verdict.judgement import Rates, judge
from scanners.verdict.proxy import with_proxies
from scanners.verdict.row import JudgedRow, RefusedRow, Row

_SMALL = 0.05  # p-value whose hits are counted beside the number that chance alone gives


def conclude(
    drafts: Sequence[Draft],
    policy: Policy,
    context: Mapping[str, Sequence[str]] | None = None,
    rates: Callable[[str], Rates] | None = None,
) -> list[Row]:
    """Return the rows of a scan: each series judged once, its p-value adjusted for the length of the list.

    A series at calm was not compared with null paths. It counts as one with p = 1: that it was looked at
    and passed over is part of the list's length.

    Parameters
    ----------
    drafts : sequence of Draft
        Of one scan.
    policy : Policy
        Thresholds, of all asset classes.
    context : mapping of str to sequence of str, optional
        Series -> lines from outside, as for `scanners.verdict.judgement.judge`.
    rates : callable, optional
        Asset class -> what followed such alerts, as for `scanners.verdict.judgement.judge`.
    """
    adjusted = benjamini_hochberg([_p_value(draft, policy) for draft in drafts])
    judged = int(np.isfinite(adjusted).sum())
    lines = context or {}
    rows = []
    for draft, q_value in zip(drafts, adjusted, strict=True):
        found = draft.found
        if isinstance(found, Evidence) and found.chance and math.isfinite(q_value):
            compared = replace(found.chance, q_value=float(q_value), series=judged)
            draft = replace(draft, found=replace(found, chance=compared))
        quoted = rates(draft.asset_class) if rates else None
        rows.append(row_from(draft, policy.for_class(draft.asset_class), lines.get(draft.name, ()), quoted))
    return with_proxies(rows, {draft.name: draft.proxy for draft in drafts if draft.proxy})


def row_from(draft: Draft, policy: Policy, context: Sequence[str] = (), rates: Rates | None = None) -> Row:
    """Return the row of a series, judged as `scanners.verdict.judgement.judge` does; no list is needed."""
    names, found = (draft.name, draft.title, draft.asset_class), draft.found
    if isinstance(found, Refusal):
        return RefusedRow(*names, found, None, draft.spark)
    verdict = judge(found, policy, context, rates, draft.trail)
    if isinstance(verdict, Refusal):
        return RefusedRow(*names, verdict, found, draft.spark)
    return JudgedRow(*names, verdict, found, draft.trust, draft.spark, draft.trail)


def quoting(policy: Policy) -> Callable[[str], Rates]:
    """Return what quotes the saved hit rates by asset class; nothing where they were measured otherwise."""
    return partial(rates_of, policy=policy)


def chance_today(rows: Sequence[Row], policy: Policy) -> tuple[str, ...]:
    """Return in words how many hits chance alone gives on a list like this one.

    Parameters
    ----------
    rows : sequence of Row
        Concluded.
    policy : Policy
        Thresholds.
    """
    judged = [row for row in rows if isinstance(row, JudgedRow)]
    if not judged:
        return ()
    many = f"{len(judged)} series"
    expected = hits_by_chance(len(judged), policy.critical_by_chance)
    lines = [
        f"By chance alone, {many} raise {_plain(expected)} new critical alarms on an average day"
        f"{_wait(expected)} ({policy.critical_by_chance:g} a year and series, on simulated paths without "
        "bubbles)."
    ]
    compared = [row.evidence.chance for row in judged if row.evidence.chance and row.evidence.chance.series]
    if compared:
        small = sum(each.p_value <= _SMALL for each in compared)
        adjusted = [each.q_value for each in compared if each.q_value is not None]
        kept = sum(value <= policy.false_discovery for value in adjusted)
        lines.append(
            f"{len(compared)} of {many} above calm, compared with paths of their own returns: {small} with "
            f"p at most {_SMALL:g}, where chance alone gives up to {_SMALL * len(judged):.2g}; {kept} with q "
            f"at most {policy.false_discovery:g} (Benjamini-Hochberg over all {len(judged)})."
        )
    return tuple(lines)


def _plain(number: float) -> str:
    """Return a small number as people write it, two digits of it."""
    digits = 2 if number <= 0 else max(0, 1 - math.floor(math.log10(number)))
    return f"{number:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{number:.0f}"


def _wait(a_day: float) -> str:
    """Return the time to one alarm where that is longer than a month."""
    if not 0 < a_day < 12 / SESSIONS_A_YEAR:
        return ""
    years = 1 / (a_day * SESSIONS_A_YEAR)
    return f", one in {years:.0f} years" if years >= 1.5 else f", one in {12 * years:.0f} months"


def _p_value(draft: Draft, policy: Policy) -> float:
    found = draft.found
    if isinstance(found, Refusal) or isinstance(
        appraise(found, policy.for_class(draft.asset_class)), Refusal
    ):
        return math.nan
    return found.chance.p_value if found.chance else 1.0
