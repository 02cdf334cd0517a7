"""Observations of the first axis: what each judged row says of a bubble, in either direction."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from scanners.alerts.observation import DIRECTIONS, Observation
from scanners.config.policy import Policy
from scanners.config.settings import Settings
from scanners.core.vocabulary import Level, Phase

if TYPE_CHECKING:
    from scanners.verdict.row import JudgedRow, Row


def observations(rows: Iterable["Row"], settings: Settings) -> list[Observation]:
    """Return what each judged row says in either direction; a row without a verdict says nothing."""
    from scanners.verdict.row import RefusedRow

    return [
        _observed(row, phase, settings)
        for row in rows
        if not isinstance(row, RefusedRow)
        for phase in DIRECTIONS
    ]


def _observed(row: "JudgedRow", phase: Phase, settings: Settings) -> Observation:
    from scanners.verdict.fall_words import chance_lines
    from scanners.verdict.move_words import moves_line

    policy, verdict = settings.policy.for_class(row.asset_class), row.verdict
    time, bubble = row.bubble.critical_time, row.bubble
    value = bubble.consensus_3day if phase == "fomo" else bubble.consensus_3day_negative
    kept = policy.lasting_sessions > 0 and value >= policy.kept
    why = f"kept while C3 is at least {policy.kept:g}, as news for {policy.lasting_sessions} sessions."
    return Observation(
        series=row.name,
        title=row.title,
        direction=DIRECTIONS[phase],
        session=row.evidence.data.last,
        level=verdict.level if verdict.phase == phase else "calm",
        held="critical" if kept else _held(row, phase, relaxed(policy, settings.alerts.hysteresis)),
        lasting=policy.lasting_sessions,
        keeps=why if kept else "",
        tc=time.median if time else "",
        reasons=verdict.reasons,
        context=verdict.context,
        risk=verdict.risk or "",
        calendar=row.evidence.data.calendar,
        chances=chance_lines(row.evidence.falls) if verdict.level != "calm" else (),
        headline=verdict.headline,
        moves=moves_line(row.evidence),
    )


def _held(row: "JudgedRow", phase: Phase, policy: Policy) -> Level:
    from scanners.verdict.appraisal import appraise

    held = appraise(row.evidence, policy)
    return held.level if held.level is not None and held.phase == phase else "calm"


def relaxed(policy: Policy, margin: float) -> Policy:
    """Return a policy whose shares are lower by a margin, to tell when a level is left."""
    moderate = max(policy.moderate - margin, 0.5 * policy.moderate)
    warning = max(policy.warning - margin, moderate)
    return replace(
        policy,
        moderate=moderate,
        warning=warning,
        critical=max(policy.critical - margin, warning),
        shaped=max(policy.shaped - margin, 0.5 * policy.shaped),
        capitulation=max(policy.capitulation - margin, 0.5 * policy.capitulation),
        by_asset_class={},
    )
