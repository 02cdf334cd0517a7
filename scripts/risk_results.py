"""Where the measured figures lie: docs/skill/NAME.json, from which docs/skill.md is made."""

import json
import math
from pathlib import Path

import numpy as np

from scanners.core.run_files import write_file

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "skill"


def rounded(value, digits=4):
    """Return nested results with few digits, None for what is not a number, as JSON has it."""
    if isinstance(value, dict):
        return {str(key): rounded(each, digits) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(each, digits) for each in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return round(float(value), digits) if math.isfinite(value) else None
    return value


def write(name, results):
    """Keep results; returns where."""
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, (json.dumps(results, indent=1) + "\n").encode())
    return path


def read(name):
    """Return kept results."""
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
