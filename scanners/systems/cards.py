"""What the systems add to a daily scan: cards for its page, and a line of context behind FOMO verdicts."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.config.workspace import DATA
from scanners.core.vocabulary import Level
from scanners.scan.regime import Card, Regime
from scanners.systems.reading import UNKNOWN, Reading
from scanners.systems.schema import Monitor, System, load
from scanners.systems.system_reading import SystemReading, read_monitor, read_systems
from scanners.systems.words import answer, region_word

if TYPE_CHECKING:
    from scanners.config.settings import Systems

_FRESH = timedelta(days=10)  # a state of liquidity that is older is none
# Of scripts/liquidity_context.py: falls of 10% within 60 sessions of FOMO alarms on 13 development series.
RECORD = "17% of 111 alarms in calm, 29% of 31 in other states"


def regime(
    asked: "Systems", as_of: str, *, folders: Sequence[Path] = (), database: Path | None = None
) -> Regime:
    """Read the systems that the configuration names, and the state of liquidity.

    Parameters
    ----------
    asked : Systems
        Section of the configuration.
    as_of : str
        ISO date.
    folders : sequence of Path
        Of CSV files, before the database; without them the workspace's ``data/`` comes after it.
    database : Path, optional

    Raises
    ------
    CommandError
        If a system does not exist or breaks a rule; what is wrong with figures becomes a card's words.
    """
    if not asked.names and not asked.liquidity:
        return Regime()
    systems = [load(name) for name in asked.names]
    fallback = () if folders or not DATA.is_dir() else (DATA,)
    found = (
        read_systems(systems, as_of, folders=folders, fallback=fallback, database=database) if systems else []
    )
    cards = tuple(card(system, read) for system, read in zip(systems, found, strict=True))
    return Regime(cards, _liquidity(as_of, found, folders, fallback, database) if asked.liquidity else ())


def card(system: System, found: SystemReading) -> Card:
    """Return the card of a system that was read."""
    lead = found.lead
    known = lead if lead is not None and lead.status == "ok" else None
    monitor = next((one for one in system.monitor if one.name == system.lead), None)
    return Card(
        name=found.name,
        title=found.title,
        region=region_word(found.lead),
        state=known.state if known else UNKNOWN,
        since=known.since if known else "",
        level=_level(monitor, known.state) if known else "calm",
        session=known.last if known else "",
        answer=tuple(answer(found)),
    )


def _level(monitor: Monitor | None, state: str) -> Level:
    """Return the level of a state: as the monitor says, else watch for a state that agrees with its claim."""
    if monitor is None:
        return "calm"
    return monitor.alert.get(state, "watch" if state in monitor.claimed and not monitor.alert else "calm")


def _liquidity(
    as_of: str,
    found: Sequence[SystemReading],
    folders: Sequence[Path],
    fallback: Sequence[Path],
    database: Path | None,
) -> tuple[str, ...]:
    read = next((one for system in found for one in system.readings if one.kind == "liquidity"), None)
    if read is None:
        system = load("coupling")
        monitor = next((one for one in system.monitor if one.kind == "liquidity"), None)
        if monitor is None:
            return ()
        read, _ = read_monitor(system, monitor, as_of, folders, fallback, database, pictures=False)
    if read.status != "ok" or date.fromisoformat(as_of) - date.fromisoformat(read.last) > _FRESH:
        return ()
    return (liquidity_line(read),)


def liquidity_line(read: Reading) -> str:
    """Return the sentence that stands behind a FOMO verdict; it changes neither level nor record."""
    states = {
        "calm": "calm",
        "chronic tightening": "tightening",
        "acute": "acutely short",
        "crisis": "in crisis",
    }
    return (
        f"FOMO, while liquidity is {states.get(read.state, read.state)} ({read.state} since {read.since}, "
        f"{read.estimate}). Context only: a fall of 10% within 60 sessions followed {RECORD}."
    )
