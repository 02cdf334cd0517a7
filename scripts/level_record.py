"""Write scanners/verdict/followed.json, what followed each level and risk, from docs/skill/rules.json.

python scripts/level_record.py [RULES.json]
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from scanners.risk.state import Rules

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "scanners" / "verdict" / "followed.json"
CELLS = {"levels": ("1.5s_60", "10_60", "20_120"), "risks": ("10_60", "20_120")}
FIGURES = ("observed", "expected", "usual", "stated", "ratio", "interval")
NULLS = ("block", "garch")


def followed(rules: dict) -> dict:
    """Return what the verdict quotes of the measured rules."""
    real = rules["real"]
    found = {
        "series_years": round(real["series_years"]),
        "rules": asdict(Rules()),
        "levels": {},
        "risks": {},
    }
    for axis, names in (("levels", ("watch", "warning", "critical")), ("risks", ("raised", "high"))):
        for name in names:
            told = real[axis][name]
            nulls = [rules[kind] for kind in NULLS]
            found[axis][name] = {
                "a_year": told["a_year"],
                "a_year_by_chance": round(
                    sum(null[axis][name]["episodes"] for null in nulls)
                    / sum(null["series_years"] for null in nulls),
                    4,
                ),
                "cells": {
                    cell: {key: told[cell]["onsets"][key] for key in FIGURES}
                    | {key: told[cell].get(key) for key in ("recall", "precision")}
                    | {
                        f"{key}_of_volatility": rules["volatility"][name][cell].get(key)
                        for key in ("recall", "precision")
                    }
                    for cell in CELLS[axis]
                },
            }
    return found


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "skill" / "rules.json"
    text = json.dumps(followed(json.loads(source.read_text("utf-8"))), indent=1)
    TARGET.write_text(text + "\n", "utf-8")
