"""Readings in words: what a row is called, and the answer of a system in a paragraph."""

from scanners.systems.reading import UNKNOWN, Reading
from scanners.systems.run import SystemReading


def label(reading: Reading) -> str:
    """Return the state of a reading, or why there is none."""
    return reading.state if reading.status == "ok" else reading.status


def answer(system: SystemReading) -> str:
    """Return which region, since when, how sure, how far the next fold is, and what would change our mind."""
    lead = system.lead
    if lead is None:
        first = "This system has no lead monitor."
    elif lead.status != "ok":
        first = f"Region {UNKNOWN}: {lead.title} is {lead.status}."
    else:
        where = f"{system.region}, by {_lower(lead.title)} ({lead.state}"
        since = f" since {lead.since}" if lead.since else ""
        sure = f"; {lead.estimate}" if lead.estimate else ""
        first = f"{where[0].upper()}{where[1:]}{since}{sure})."
        if lead.distance:
            first += f" Distance: {lead.distance}."
        if lead.mind:
            first += f" What would change our mind: {_lower(lead.mind)}"
    counts = system.theses
    total = sum(counts.values())
    if not total:
        return first
    told = f"Of {total} claims {counts['agrees']} agree with the data, {counts['contradicts']} do not, "
    told += f"{counts[UNKNOWN]} cannot be told"
    return f"{first} {told}" + (f", {counts['no data']} lack data." if counts["no data"] else ".")


def _lower(text: str) -> str:
    """Return text that begins in lower case, unless its first word is a name in capitals."""
    return text if text[:2].isupper() else text[0].lower() + text[1:]
