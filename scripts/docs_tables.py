"""Remake the tables of the documentation that `TABLES` names, and record when, where and from which code.

    python scripts/docs_tables.py                 # all of them
    python scripts/docs_tables.py reproduces      # one
    python scripts/docs_tables.py --check         # say which are older than their code; exit 1 if any

A table stands in its page between two comments. The record, `docs/tables.json`, has date, commit, machine,
seconds and the digest of the code that made it; a table whose digest is not that of today's code is old.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version

from code_digest import ROOT, code_digest

RECORD = ROOT / "docs" / "tables.json"
END = "<!-- end of table -->"


@dataclass(frozen=True)
class Table:
    """A table of a page: the script that prints it, and how it is called."""

    page: str
    script: str
    options: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command as people type it."""
        return " ".join(("python", f"scripts/{self.script}", *self.options))

    def digest(self) -> str:
        """Digest of the code behind it, and of how it is called."""
        return code_digest(f"scripts/{self.script}") + (
            "" if not self.options else f" {' '.join(self.options)}"
        )


TABLES = {
    "reproduces": Table("reproduces.md", "reproduces.py"),
    "indicators": Table("reproduces.md", "published_indicators.py"),
    "bubble_posterior": Table(
        "bubble_posterior.md",
        "bubble_posterior.py",
        ("--paths", "60", "--others", "12", "--own", "240", "--jobs", "2"),
    ),
    "false_alarms": Table("false_alarms.md", "false_alarms.py", ("--paths", "240", "--bounded-paths", "0")),
    "explosive": Table(
        "phase_portrait_and_explosive.md",
        "explosive_power.py",
        ("--replications", "100", "--lengths", "100", "250"),
    ),
    "explosive_variants": Table(
        "phase_portrait_and_explosive.md", "explosive_variants.py", ("--series", "400")
    ),
    "critical_values": Table("phase_portrait_and_explosive.md", "critical_value_table.py"),
    "portrait": Table("phase_portrait_and_explosive.md", "portrait_power.py", ("--replications", "60")),
    "tipping": Table("phase_portrait_and_explosive.md", "tipping_power.py"),
    "coupling": Table("phase_portrait_and_explosive.md", "coupling_coverage.py"),
    "residual_tests": Table("residual_tests.md", "residual_tests.py"),
    "tc_coverage": Table("critical_time.md", "tc_coverage.py", ("--bubbles", "200")),
    "bubble_start": Table("bubble_start.md", "bubble_starts.py"),
    "feedback": Table("systems.md", "feedback_power.py"),
    "channel": Table("systems.md", "channel_power.py"),
    "roc": Table("early_warning.md", "ew_roc.py", ("--runs", "150")),
    "slowing": Table(
        "early_warning.md",
        "ew_power.py",
        ("--runs", "100", "--surrogates", "99", "--families", "garch", "--lengths", "250", "500", "1000"),
    ),
}

# Scripts whose figures a page quotes and which this does not run, and why.
OTHERS = {
    "gsadf_critical_values.py": "makes response_surface.py; its table is critical_values",
    "error_models.py": "ten minutes on one core, for two tables with text between them",
    "null_paths_level.py": "minutes, and old with every change of scanners/evidence",
    "alarms_by_chance.py": "an hour on one core; prices beside the project",
    "fomo_by_chance.py": "judges 400 paths on each of 1,250 days",
    "search_box.py": "prices beside the project; a sentence, no table",
    "log_price_error.py": "prices beside the project; a sentence, no table",
    "systems_claims.py": "readings of recorded systems, beside the project",
    "systems_memory.py": "the levels that earlywarning.macro.sign_memory holds, changed with it by hand",
    "systems_states.py": "the levels that earlywarning.macro.state_memory holds, changed with it by hand",
    "systems_prices.py": "figures with text between them; its replay needs tables beside the project",
    "systems_sizes.py": "levels that the monitors of depth and long changes hold, changed with them by hand",
    "liquidity_context.py": "recorded evidence of the development panel",
    "liquidity_episodes.py": "prices beside the project, by dated events",
    "risk_fit.py": "part of make skill, which writes its own record",
    "risk_score.py": "part of make skill, which writes its own record",
    "risk_page.py": "part of make skill, which writes its own record",
}


def recorded() -> dict:
    """Return the record of all tables."""
    return json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}


def old() -> list[str]:
    """Return the tables that have no record, or one of other code."""
    known = recorded()
    return [name for name, table in TABLES.items() if known.get(name, {}).get("code") != table.digest()]


def put(name: str, text: str, made: dict) -> None:
    """Write a table into its page, with what made it below, and into the record."""
    table = TABLES[name]
    path = ROOT / "docs" / table.page
    page, start = path.read_text("utf-8"), f"<!-- table {name} -->"
    before, found, rest = page.partition(start)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise SystemExit(f"docs/{table.page} must hold '{start}' and '{END}'")
    path.write_text(f"{before}{start}\n{text.strip()}\n\n{said(table, made)}\n{END}{after}", "utf-8")
    RECORD.write_text(json.dumps(recorded() | {name: made}, indent=1, sort_keys=True) + "\n", "utf-8")


def said(table: Table, made: dict) -> str:
    """Return the line below a table."""
    return f"*Made {made['date']} at commit {made['commit']} by `{table.command}`, {made['machine']}.*"


def now(table: Table, seconds: float) -> dict:
    """Return the record of a table that has just been made."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    software = f"Python {platform.python_version()}, numpy {version('numpy')}, numba {version('numba')}"
    return {
        "date": f"{datetime.date.today()}",
        "commit": commit.stdout.strip(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {software}",
        "seconds": round(seconds),
        "code": table.digest(),
    }


def remake(name: str) -> None:
    """Run the script of a table and put what it prints into the page."""
    table, started = TABLES[name], time.perf_counter()
    command = [sys.executable, str(ROOT / "scripts" / table.script), *table.options]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    put(name, printed, now(table, time.perf_counter() - started))


def main() -> None:
    """Remake, or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}; default all")
    parser.add_argument("--check", action="store_true", help="say which tables are older than their code")
    options = parser.parse_args()
    unknown = set(options.names) - set(TABLES)
    if unknown:
        parser.error(f"there is no table {', '.join(sorted(unknown))}")
    if options.check:
        for name in old():
            print(f"{name}: docs/{TABLES[name].page} is older than its code; run make docs-tables")
        raise SystemExit(1 if old() else 0)
    for name in options.names or TABLES:
        print(f"{name}: {TABLES[name].command}", file=sys.stderr, flush=True)
        remake(name)


if __name__ == "__main__":
    main()
