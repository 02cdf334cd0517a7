"""Readings in words: what a row is called, and the answer of a system to the five questions asked of it."""

from scanners.systems.reading import UNKNOWN, Reading
from scanners.systems.run import SystemReading


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


def answer(system: SystemReading) -> list[tuple[str, str]]:
    """Return which region since when, how sure, how far the next fold is, and what would change our mind.

    Parameters
    ----------
    system : SystemReading

    Returns
    -------
    list of (str, str)
        Question and answer, without those that have none.
    """
    lead, told = system.lead, []
    if lead is None:
        told.append(("Region", f"{UNKNOWN}: no monitor of this system is its lead"))
    elif lead.status != "ok":
        told.append(("Region", f"{UNKNOWN}: {lead.title}: {lead.evidence}"))
    else:
        since = f" since {lead.since}" if lead.since else ""
        told.append(("Region", f"{system.region}{since}, by {lead.title}"))
        told.append(("How sure", lead.estimate))
        told.append(("Distance", lead.distance))
        told.append(("What would change our mind", lead.mind))
    counts = system.theses
    if sum(counts.values()):
        listed = f"{counts['agrees']} agree with the data, {counts['contradicts']} do not, "
        listed += f"{counts[UNKNOWN]} cannot be told"
        lacking = f", {counts['no data']} lack data" if counts["no data"] else ""
        told.append(("Claims", f"of {sum(counts.values())}, {listed}{lacking}"))
    return [(question, text) for question, text in told if text]
