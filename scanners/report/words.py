"""A verdict in a few words, and the record of its level."""

from scanners.config.policy import Policy
from scanners.config.records import Record
from scanners.verdict.appraisal import Refusal
from scanners.verdict.judgement import Judgement

_SHAPES = {
    ("critical", "fomo"): "Critical point of a bubble",
    ("warning", "fomo"): "Late-stage bubble shape, no proven lift by itself",
    ("watch", "fomo"): "FOMO regime: stretched momentum, a phase and not a forecast",
    ("watch", "capitulation"): "Capitulation shape; no skill at bottoms has been measured",
    ("calm", "none"): "Below every threshold",
}
_STATES = {"near": "bifurcation near", "approaching": "bifurcation approaching"}


def lead(verdict: Judgement) -> str:
    """Return the verdict in one line."""
    if isinstance(verdict, Refusal):
        return verdict.status.replace("_", " ").capitalize()
    key = (verdict.level, verdict.phase)
    shape = _SHAPES.get(key, f"{verdict.phase} at {verdict.level}".capitalize())
    state = _STATES.get(verdict.bifurcation)
    return f"{shape}; {state}." if state else f"{shape}."


def record_of(verdict: Judgement, policy: Policy) -> Record | None:
    """Return what followed such alarms where it was measured."""
    return policy.record(verdict.level) if verdict.phase == "fomo" and verdict.level else None
