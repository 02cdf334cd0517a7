"""Make docs/skill.md and docs/skill_tables.md from the measured figures in docs/skill.

    python scripts/skill_page.py

Nothing is computed here: every figure is one of docs/skill/*.json, and a test makes the page again.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # for the test, which loads this file by its path

import skill_answers as answers
import skill_tables as tables
from risk_results import RESULTS, read

NAMES = ("evidence", "rules", "uses", "tops")
PAGE, TABLES = RESULTS.parent / "skill.md", RESULTS.parent / "skill_tables.md"


def results():
    """Return the measured figures by file."""
    return {name: read(name) for name in NAMES}


def page(found):
    """Return the page of answers."""
    return "\n\n".join(part(found) for part in answers.PARTS) + "\n"


def tables_page(found):
    """Return the tables behind the answers."""
    return "\n\n".join(part(found) for part in tables.PARTS) + "\n"


def main():
    found = results()
    PAGE.write_text(page(found), "utf-8")
    TABLES.write_text(tables_page(found), "utf-8")
    print(f"{PAGE}\n{TABLES}", file=sys.stderr)


if __name__ == "__main__":
    main()
