"""What a first run spends on compiling: processor seconds, kernel by kernel, with an empty cache.

    python benchmarks/compilation.py               # the commands of ``COMMANDS``, one after the other
    python benchmarks/compilation.py fit nasdaq    # one command, as typed after ``lppl``

A kernel's seconds are its own, without those that it calls; the second column counts its specialisations, of
which one is enough. All happens in one process: the command believes the machine to have one core.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from numba.core import event

COMMANDS = (
    "fit nasdaq --as-of 2000-03-10",
    "scan --watchlist demo --as-of 2000-03-10",
    "systems --data SYSTEMS",
)
SUPPORT = Path(__file__).resolve().parents[1] / "tests" / "support"
SHOWN = 40


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        inside(Path(sys.argv[2]), sys.argv[3:])
        return
    for command in [sys.argv[1:]] if sys.argv[1:] else [each.split() for each in COMMANDS]:
        with tempfile.TemporaryDirectory() as folder:
            there = {
                "NUMBA_CACHE_DIR": f"{folder}/kernels",
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            }
            asked = [sys.executable, __file__, "--inside", f"{folder}/table", *invented(command, folder)]
            script = subprocess.run(asked, cwd=folder, env=os.environ | there, capture_output=True, text=True)
            table = Path(folder, "table")
            sys.stdout.write(f"\nlppl {' '.join(command)}\n\n")
            sys.stdout.write(table.read_text("utf-8") if table.is_file() else script.stderr)
            sys.stdout.flush()


def invented(command: list[str], folder: str) -> list[str]:
    """Replace SYSTEMS by a folder of invented series of all built-in systems."""
    if "SYSTEMS" in command:
        sys.path.insert(0, str(SUPPORT))
        from synthetic_systems import make

        make(Path(folder))
    return [folder if word == "SYSTEMS" else word for word in command]


def inside(table: Path, command: list[str]) -> None:
    """Run a command and write the table of what it compiled."""
    os.cpu_count = lambda: 1  # nothing is compiled by a second process
    from scanners import cli

    watch = Watch()
    event.register("numba:compile", watch)
    sys.argv = ["lppl", *command, *(["--jobs", "1"] if command[0] in {"scan", "systems"} else [])]
    started = time.process_time()
    try:
        cli.main()
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        table.write_text("\n".join(watch.rows(time.process_time() - started)) + "\n", "utf-8")


class Watch(event.Listener):
    """A listener to numba's compilations, which may lie within each other."""

    def __init__(self) -> None:
        self.open: list[list[float]] = []
        self.own: dict[str, list[float]] = defaultdict(list)

    def on_start(self, event) -> None:
        self.open.append([time.process_time(), 0.0])

    def on_end(self, event) -> None:
        started, within = self.open.pop()
        took = time.process_time() - started
        if self.open:
            self.open[-1][1] += took
        kernel = event.data["dispatcher"].py_func
        self.own[f"{kernel.__module__}.{kernel.__name__}"].append(took - within)

    def rows(self, whole: float) -> list[str]:
        """Return the table: all, then the dearest kernels."""
        rows = sorted(((sum(each), len(each), name) for name, each in self.own.items()), reverse=True)
        compiled, count = sum(row[0] for row in rows), sum(row[1] for row in rows)
        head = [f"{whole:6.1f} s of processor time, {compiled:.1f} s of it for {count} compilations", ""]
        rest = sum(row[0] for row in rows[SHOWN:])
        return [
            *head,
            *(f"{seconds:6.2f}  {many}  {name}" for seconds, many, name in rows[:SHOWN]),
            f"{rest:6.2f}     {len(rows[SHOWN:])} others",
        ]


if __name__ == "__main__":
    main()
