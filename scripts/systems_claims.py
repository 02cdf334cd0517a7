"""The claims of the built-in systems against public data at several dates: the tables of docs/systems.md.

Run ``python scripts/systems_claims.py DATE[,DATE...] FOLDER...`` with folders of CSV files.
"""

import sys
from pathlib import Path

from scanners.systems.reading import Reading
from scanners.systems.schema import BUILTIN, load
from scanners.systems.system_reading import read_systems
from scanners.systems.words import label

_VERDICTS = {
    "agrees": "agrees",
    "contradicts": "contradicts",
    "neither": "neither",
    "not identified": "cannot be told",
}


def cell(reading: Reading) -> str:
    """Return the state of a monitor at one date, with its estimate."""
    if reading.status == "missing":
        return f"no data: {', '.join(reading.missing)}"
    if reading.status in ("too short", "failed"):
        return f"{reading.status}: {reading.evidence}"
    since = f" since {reading.since}" if reading.since else ""
    verdict = _VERDICTS.get(reading.thesis, "")
    return f"**{label(reading)}**{since}; {reading.estimate}" + (f"; {verdict}" if verdict else "")


def main() -> None:
    dates, *folders = sys.argv[1:]
    systems = [load(name) for name in BUILTIN]
    found = [
        read_systems(systems, date, folders=[Path(name) for name in folders]) for date in dates.split(",")
    ]
    head = " | ".join(f"as of {one[0].as_of}" for one in found)
    for place, system in enumerate(systems):
        print(f"\n**{system.title}**\n")
        print(f"| monitor | {head} |\n|---|{'---|' * len(found)}")
        for row, monitor in enumerate(system.monitor):
            if monitor.role == "reference" or monitor.fold:
                continue
            cells = " | ".join(cell(one[place].readings[row]) for one in found)
            print(f"| `{monitor.name}`: {monitor.claim or monitor.title} | {cells} |")


if __name__ == "__main__":
    main()
