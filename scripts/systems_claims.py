"""The claims of the built-in systems against public data: the table of docs/systems.md.

Run ``python scripts/systems_claims.py DATE FOLDER...`` with folders of CSV files.
"""

import sys
from pathlib import Path

from scanners.systems.run import read_systems
from scanners.systems.schema import BUILTIN, load


def main() -> None:
    as_of, *folders = sys.argv[1:]
    found = read_systems([load(name) for name in BUILTIN], as_of, folders=[Path(name) for name in folders])
    for system in found:
        print(f"\n**{system.title}**\n")
        print("| claim | what we measure | result | verdict |\n|---|---|---|---|")
        for reading in system.readings:
            if reading.status == "missing":
                verdict = "no data"
                result = f"{', '.join(reading.missing)} not there"
            else:
                verdict = reading.thesis or "no claim"
                state = reading.state if reading.status == "ok" else reading.status
                since = f" since {reading.since}" if reading.since else ""
                result = f"**{state}**{since}. {reading.estimate or reading.evidence}"
            print(f"| {reading.claim or '-'} | {reading.title} (`{reading.kind}`) | {result} | {verdict} |")


if __name__ == "__main__":
    main()
