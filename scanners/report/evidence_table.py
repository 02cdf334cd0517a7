"""Every number of a series with the threshold it is held to: nothing of the evidence is left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lppl.indicators.presets import PRESETS, Filter, Preset, find
from scanners.config.policy import Policy
from scanners.evidence.gathering import Evidence
from scanners.evidence.trust import Trust

_SECTIONS = {
    "data": "Data",
    "bubble": "Bubble shape",
    "momentum": "Momentum",
    "bifurcation": "State of the path",
    "chance": "Against paths of its own returns",
    "falls": "Chances of falls",
    "persistence": "Persistence",
    "trust": "Trust",
}
_OF_THE_LIST = ("chance.q_value", "chance.series")  # known when all series are; the words above tell them
_NAMES = {
    "chance.alarms": "paths that end critical",
    "chance.screened": "screened C3, which was compared",
    "persistence.C3": "C3, newest session first",
    "bubble.consensus": "C upward, last session",
    "bubble.consensus_negative": "C downward, last session",
    "bubble.consensus_3day": "C3 upward",
    "bubble.consensus_3day_negative": "C3 downward",
    "bubble.preset": "windows and filters that decide",
    "bubble.fit.tc": "fit: critical time tc",
    "bubble.fit.max_relative_error": "fit: largest relative error",
    "data.calendar": "calendar that counts them; without, weekdays",
    "data.age": "days of trading from the last bar to the as-of date",
    "data.non_positive": "closes that are not positive",
    "momentum.z250": "z250",
}


@dataclass(frozen=True)
class Number:
    """One line of the table."""

    name: str
    value: str
    threshold: str = ""


def evidence_table(
    evidence: Evidence, policy: Policy, preset: Any, trust: Trust | None = None
) -> list[tuple[str, list[Number]]]:
    """Return the numbers of a series by section, each with its threshold in words where it has one.

    Parameters
    ----------
    evidence : Evidence
        Of the series; every value that belongs to it alone is shown.
    policy : Policy
        Thresholds of the series' asset class.
    preset : str or lppl.Preset
        That was asked for beside the one that decides.
    trust : Trust, optional
        Where it was computed.
    """
    values = evidence.to_dict() | ({"trust": vars(trust)} if trust else {})
    limits = _thresholds(policy)
    if evidence.bubble:
        limits |= _fit_limits("bubble", evidence.bubble.preset, preset)
        if evidence.bubble.published:
            limits |= _fit_limits("bubble.published", evidence.bubble.published.preset, preset)
    sections: dict[str, list[Number]] = {}
    for path, value in _leaves(values):
        head, _, rest = path.partition(".")
        if rest and path not in _OF_THE_LIST:
            title = _SECTIONS.get(head, head.replace("_", " ").capitalize())
            name = _NAMES.get(path, rest.replace(".", ": ").replace("_", " "))
            sections.setdefault(title, []).append(Number(name, plain(value), limits.get(path, "")))
    return list(sections.items())


def plain(value: Any) -> str:
    """Return a value as the table shows it."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return (" to " if len(value) == 2 else ", ").join(plain(item) for item in value)
    return str(value)


def _leaves(values: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if key == "cells":
            for cell in value:
                yield from _leaves(cell, f"{place}{cell['size']}_{cell['horizon']}.")
        elif isinstance(value, Mapping):
            yield from _leaves(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value


def _thresholds(policy: Policy) -> dict[str, str]:
    shape = f"warning from {policy.warning:.2f}, critical from {policy.critical:.2f}"
    fall = f"capitulation from {policy.capitulation:.2f}; raises {policy.capitulation_cap}"
    return {
        "bubble.consensus_3day": shape,
        "bubble.consensus_3day_negative": fall,
        "bubble.windows_available": f"at least {policy.minimum_windows}",
        "data.age": f"at most {policy.stale_after}",
        "data.non_positive": "none",
        "momentum.new_high": "yes, for the FOMO regime",
        "momentum.acceleration": f"above {policy.acceleration:g}, for the FOMO regime",
        "momentum.z250": f"above {policy.z250:g}, for the FOMO regime; from {policy.stretched:g}: watch",
        "momentum.return_500": f"from {policy.run_up:g}, with C3 {policy.shaped:.2f}: critical",
        "bifurcation.trends.p_value": f"below {policy.trend_p:g}: slowing",
        "bifurcation.portrait.identified": "yes, to count",
        "bifurcation.explosive.statistic": "above its 99% value: explosive, if the bootstrap agrees",
        "bifurcation.explosive.p_value": f"at most {policy.explosive_p:g}",
        "trust.positive": "as published, all windows by the end flag; above 0.05 by a rule of thumb",
        "trust.negative": "the same",
        "trust.qualified": "of the windows behind the verdict",
    }


def _fit_limits(place: str, name: str, asked: str | Preset) -> dict[str, str]:
    """Return what each filter of a preset asks of a fit, in words, by the place of the fit's number."""
    own = isinstance(asked, Preset) and asked.name == name
    filters: Mapping[str, Filter] = find(asked if own else name).filters if own or name in PRESETS else {}
    sides = {
        "m": "",
        "omega": "",
        "oscillations": "at least ",
        "damping": "at least ",
        "max_relative_error": "at most ",
        "rms": "at most ",
    }
    found = {}
    for number, words in sides.items():
        limits = [(label, getattr(rule, number)) for label, rule in filters.items()]
        said = [
            f"{label.replace('_', ' ')} {words}{plain(limit)}" for label, limit in limits if limit is not None
        ]
        found[f"{place}.fit.{number}"] = "; ".join(said)
    return found
