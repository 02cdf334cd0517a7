"""Readings in words: what a row is called, and the answer of a system to the five questions asked of it."""

from scanners.systems.reading import (
    AGREES,
    CHANGING,
    CONTRADICTS,
    NEGATIVE,
    NEITHER,
    POSITIVE,
    UNKNOWN,
    Reading,
)
from scanners.systems.system_reading import SystemReading

CANNOT = "cannot be told"
ASIDE = "beside"  # an input that is shown beside a lead and decides nothing
_VERDICTS = {
    AGREES: "The data agree now",
    CONTRADICTS: "The data contradict it now",
    NEITHER: "The data say neither for it nor against it now",
    UNKNOWN: "The data cannot tell now",
}
_REGIONS = {NEGATIVE: "convergent", POSITIVE: "divergent", CHANGING: "changing"}


def label(reading: Reading) -> str:
    """Return the state of a reading, or why there is none."""
    if reading.status == "stale":
        return f"stale, {reading.was}"
    if reading.status != "ok":
        return reading.status
    return f"was {reading.was}, {reading.state}" if reading.was else reading.state


def thesis(reading: Reading) -> str:
    """Return what the data say of the claim; empty without one."""
    if not reading.claim:
        return ""
    return reading.thesis if reading.status == "ok" else "no data"


def region_word(reading: Reading | None) -> str:
    """Return the region as a card says it: convergent, divergent, changing, else the state itself."""
    if reading is None or reading.status != "ok":
        return UNKNOWN
    return _REGIONS.get(reading.region, reading.region or label(reading))


def answer(system: SystemReading) -> list[tuple[str, str]]:
    """Return the five answers of a card, the change against last month, and the count of claims.

    Parameters
    ----------
    system : SystemReading

    Returns
    -------
    list of (str, str)
        Question and answer: region, since, how sure, distance, what would change it, always; then the rest.
    """
    lead = system.lead
    told = _five(lead) if lead is not None else _without(f"{UNKNOWN}: no monitor of this system is its lead")
    if lead is not None:
        told += _beside(system, lead)
    if sum(system.theses.values()):
        told.append(("Claims", _claims(system)))
    return told


def _beside(system: SystemReading, lead: Reading) -> list[tuple[str, str]]:
    """Return what a card says of its lead after the five answers."""
    told = []
    if lead.claim and lead.status == "ok":
        told.append(("The claim", f"{lead.claim} {_VERDICTS[lead.thesis]}. {lead.read}"))
    if lead.status == "ok" and lead.inputs:
        told.append(("Next figures", coming(lead, system.as_of)))
    if region_word(lead) == UNKNOWN:
        told.append(("What can be told", _others(system, lead)))
    if system.before is not None:
        told.append(("Against last month", against(lead, system.before)))
    if lead.status == "ok" and lead.power:
        told.append(("Power", lead.power))
    return told


def _others(system: SystemReading, lead: Reading) -> str:
    """Return the states of the other monitors, where the lead has none."""
    known = [
        f"{one.title}: {label(one)}{_from(one)}, {one.estimate}"
        for one in system.readings
        if _counts(one) and one is not lead and one.state != UNKNOWN and not one.fold
    ]
    return "; ".join(known) or "no other monitor of this system has a state now"


def _claims(system: SystemReading) -> str:
    counts = system.theses
    borne = [one for one in system.readings if _counts(one) and one.claim and one.thesis == AGREES]
    named = "; ".join(f"{one.title} ({label(one)}{_from(one)})" for one in borne)
    words = {
        CONTRADICTS: "contradict",
        NEITHER: "say nothing for or against",
        UNKNOWN: "cannot tell of",
    }
    others = ", ".join(f"{said} {counts[key]}" for key, said in words.items() if counts[key])
    told = f"of {sum(counts.values())}, the data agree with {counts[AGREES]}{': ' if named else ''}{named}"
    lacking = f"; no data for {counts['no data']}" if counts["no data"] else ""
    return told + (f"; they {others}" if others else "") + lacking


def _counts(reading: Reading) -> bool:
    return reading.role == "monitor" and reading.status == "ok"


def _from(reading: Reading) -> str:
    return f" since {reading.since}" if reading.since else ""


def coming(lead: Reading, as_of: str) -> str:
    """Return in words which figures the lead monitor waits for, in the order of their coming."""
    days: dict[str, list[str]] = {}
    for one in lead.inputs.values():
        if one["input"] == ASIDE:
            continue
        value = f"{one['value']:.0f}" if abs(one["value"]) >= 1000 else f"{one['value']:.4g}"
        days.setdefault(one["next"], []).append(f"{one['title']} (last {value} of {one['last']})")
    return "; ".join(
        f"{'on' if day > as_of else 'due since'} {day}: {', '.join(days[day])}" for day in sorted(days)
    )


def _five(lead: Reading) -> list[tuple[str, str]]:
    if lead.status == "stale":
        late = " ".join(one for one in lead.checks if " is stale: " in one)
        return _without(f"{UNKNOWN}: stale, {lead.was}, by {lead.title}. {late}", "its figures are stale")
    if lead.status != "ok":
        return _without(f"{UNKNOWN}: {lead.title}: {lead.evidence}")
    word, said = region_word(lead), label(lead)
    by = f"{word}, by {lead.title}" + (f": {said}" if said not in (word, UNKNOWN) else "")
    distance = lead.distance or f"{CANNOT}, because the question of this monitor has no fold"
    undated = "no region is held" if word == UNKNOWN else "this state is not dated"
    return [
        ("Region", by),
        ("Since", lead.since or f"{CANNOT}, because {undated}"),
        ("How sure", "; ".join(one for one in (lead.sure, lead.estimate) if one)),
        ("Distance", distance),
        ("This would change it", lead.mind),
    ]


def _without(region: str, why: str = "there is no reading") -> list[tuple[str, str]]:
    why = f"{CANNOT}, because {why}"
    asked = ("Since", "How sure", "Distance", "This would change it")
    return [("Region", region), *((question, why) for question in asked)]


def against(now: Reading, before: Reading) -> str:
    """Return in words how a lead monitor stands against a month ago."""
    if before.status != "ok":
        return f"no reading a month ago ({before.status})"
    was = f"{before.estimate} on {before.last}"
    if now.status != "ok":
        return f"no reading now; {label(before)} a month ago: {was}"
    words = region_word(before), region_word(now)
    states = label(before), label(now)
    if before.last == now.last:
        return f"no new figure since; {was}"
    if states[0] == states[1]:
        return f"unchanged; {was}"
    from_to = words if words[0] != words[1] else states
    return f"changed from {from_to[0]} to {from_to[1]}; {was}"
