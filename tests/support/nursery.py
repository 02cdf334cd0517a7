"""Where daily runs are started that die: the other side of ``crash_scan.py``."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    def __init__(self):
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", str(ROOT / "tests/support/crash_scan.py")],
            env=dict(os.environ, PYTHONPATH=path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def run(self, folder, port, **fate):
        self.process.stdin.write(json.dumps({"folder": str(folder), "port": port, **fate}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)  # to leave takes a second of a machine that may have others to serve
        self.process.stdout.close()
