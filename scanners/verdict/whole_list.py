"""What only the whole list can say: how many look special by chance, and which are more than that."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from scanners.config.policy import Policy
from scanners.verdict.calibration import rates_of
from scanners.verdict.false_discoveries import SESSIONS_A_YEAR, benjamini_hochberg, hits_by_chance
from scanners.verdict.judgement import Rates, Refusal, judge
from scanners.verdict.row import JudgedRow, RefusedRow, Row

_SMALL = 0.05  # p-value whose hits are counted beside the number that chance alone gives


def conclude(
    rows: Sequence[Row],
    policy: Policy,
    context: Mapping[str, Sequence[str]] | None = None,
    rates: Callable[[str], Rates] | None = None,
) -> list[Row]:
    """Return the rows with their p-values adjusted for the length of the list, and judged again with that.

    A series at calm was not compared with null paths. It counts as one with p = 1: that it was looked at
    and passed over is part of the list's length.

    Parameters
    ----------
    rows : sequence of Row
        Of one scan.
    policy : Policy
        Thresholds, of all asset classes.
    context : mapping of str to sequence of str, optional
        Series -> lines from outside, as for `scanners.verdict.judgement.judge`.
    rates : callable, optional
        Asset class -> what followed such alerts, as for `scanners.verdict.judgement.judge`.
    """
    adjusted = benjamini_hochberg([_p_value(row) for row in rows])
    judged = int(np.isfinite(adjusted).sum())
    lines = context or {}
    return [
        _concluded(row, policy, float(q_value), judged, lines.get(row.name, ()), rates)
        for row, q_value in zip(rows, adjusted, strict=True)
    ]


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


def _p_value(row: Row) -> float:
    if isinstance(row, RefusedRow):
        return math.nan
    return row.evidence.chance.p_value if row.evidence.chance else 1.0


def _concluded(
    row: Row,
    policy: Policy,
    q_value: float,
    series: int,
    context: Sequence[str],
    rates: Callable[[str], Rates] | None,
) -> Row:
    if isinstance(row, RefusedRow):
        return row
    evidence = row.evidence
    if evidence.chance:
        evidence = replace(evidence, chance=replace(evidence.chance, q_value=q_value, series=series))
    quoted = rates(row.asset_class) if rates else None
    verdict = judge(evidence, policy.for_class(row.asset_class), context, quoted)
    if isinstance(verdict, Refusal):
        return RefusedRow(row.name, row.title, row.asset_class, verdict, evidence, row.spark, row.files)
    return replace(row, evidence=evidence, verdict=verdict)
