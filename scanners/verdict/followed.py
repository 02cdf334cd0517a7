"""What followed each level and each risk, walking forward on the panel: measured, quoted by a verdict."""

import json
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from typing import Any

from scanners.config.policy import Policy
from scanners.core.vocabulary import Level, RaisedLevel, RaisedRisk, Risk
from scanners.risk.sizes import words
from scanners.risk.state import Rules

NOT_MEASURED = "What followed was not measured under these thresholds."
_LEVEL_CELLS = ("1.5s_60", "20_120")
_ALARM_CELLS = ("10_60", "20_120")


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """Return what ``scripts/level_record.py`` took from the tables of rules."""
    return json.loads((files("scanners.verdict") / "followed.json").read_text("utf-8"))


def applies(policy: Policy) -> bool:
    """Return whether the figures were measured under these thresholds."""
    return asdict(Rules.of(policy)) == measured()["rules"]


def level_followed(level: RaisedLevel, policy: Policy) -> str:
    """Return what followed a level: how often it begins, and falls against what volatility and trend say."""
    if not applies(policy):
        return NOT_MEASURED
    found = measured()["levels"][level]
    cells = "; ".join(_against(cell, found["cells"][cell]) for cell in _LEVEL_CELLS)
    nulls = f"on paths without bubbles {found['a_year_by_chance']:.2f}"
    return f"{_begins(found)}, {nulls}. {cells[:1].upper()}{cells[1:]}."


def risk_followed(risk: RaisedRisk, policy: Policy, cell: str) -> str:
    """Return what followed a risk: how often it begins, what was stated then and what came.

    It was measured for one fall; nothing is said of another.
    """
    if not applies(policy):
        return NOT_MEASURED
    found = measured()["risks"][risk]
    one = found["cells"].get(cell)
    if one is None:
        return NOT_MEASURED
    return (
        f"{_begins(found)}. {_fall(cell).capitalize()} was stated at {one['stated']:.0%} on average and "
        f"followed in {one['observed']:.0%} (usually {one['usual']:.0%})."
    )


def as_alarms(level: Level, risk: Risk | None, policy: Policy) -> tuple[str, ...]:
    """Return of what is raised how often it is right and how many falls it finds, beside volatility alone."""
    if not applies(policy):
        return ()
    levels, risks = measured()["levels"], measured()["risks"]
    raised = [(f"Level {level}", levels.get(level)), (f"Risk {risk}", risks.get(risk))]
    return tuple(f"{name}, taken as an alarm: {_alarm(found)}." for name, found in raised if found)


def as_alarm(raised: RaisedLevel | RaisedRisk, policy: Policy) -> str:
    """Return the same of one level or risk, empty where it was not measured."""
    if not applies(policy):
        return ""
    found = measured()["levels"].get(raised) or measured()["risks"][raised]
    return f"As an alarm: {_alarm(found)}."


def _alarm(found: dict[str, Any]) -> str:
    falls = "; ".join(_right(cell, found["cells"][cell]) for cell in _ALARM_CELLS)
    return f"{falls} (in brackets volatility alone, in alarm as often)"


def _right(cell: str, one: dict[str, Any]) -> str:
    return (
        f"{_fall(cell)} followed {one['precision']:.0%} [{one['precision_of_volatility']:.0%}] of its days, "
        f"and it finds {one['recall']:.0%} [{one['recall_of_volatility']:.0%}] of such falls"
    )


def _begins(found: dict[str, Any]) -> str:
    years = measured()["series_years"]
    return f"Measured on {years:,} series-years: begins {found['a_year']:.2f} times a year"


def _against(cell: str, one: dict[str, Any]) -> str:
    low, high = one["interval"]
    return (
        f"{_fall(cell)} followed in {one['observed']:.0%}, where volatility and trend alone say "
        f"{one['expected']:.0%} (times {one['ratio']:.1f} [{low:.1f}, {high:.1f}])"
    )


def _fall(cell: str) -> str:
    size, horizon = cell.split("_")
    return f"a fall of {words(size if size.endswith('s') else float(size))} within {horizon} sessions"
