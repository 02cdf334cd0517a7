"""All built-in monitors, 60 at most, on two cores: wall and CPU time, first start included. Bar: 10 s.

Run ``python benchmarks/systems.py [FOLDER...]``; without folders the series are invented.
"""

import importlib.util
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from scanners.systems.schema import BUILTIN, load
from scanners.systems.system_reading import read_systems

MONITORS, CORES, AS_OF = 60, 2, "2019-12-31"


def invented() -> Path:
    path = Path(__file__).resolve().parents[1] / "tests" / "support" / "synthetic_systems.py"
    spec = importlib.util.spec_from_file_location("synthetic_systems", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(Path(tempfile.mkdtemp()))


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]] or [invented()]
    left, chosen = MONITORS, []
    for name in BUILTIN:
        system = load(name)
        kept = system.monitor[:left]
        if kept:
            chosen.append(msgspec.structs.replace(system, monitor=kept))
        left -= len(kept)
    for run in ("first", "second"):
        wall = time.perf_counter()
        found = read_systems(chosen, AS_OF, folders=folders, jobs=CORES)
        wall = time.perf_counter() - wall
        readings = [reading for system in found for reading in system.readings]
        ok = sum(reading.status == "ok" for reading in readings)
        print(
            f"{run} run: {len(readings)} monitors ({ok} with a reading) in {wall:.1f} s on {CORES} processes"
        )


if __name__ == "__main__":
    main()
