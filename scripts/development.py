"""What the scripts on the development panel share: its options, its series, random dates of it."""

import argparse
from pathlib import Path

from scanners.config.policy import Policy
from scanners.past.skill.panel import load, members
from scanners.past.skill.peers import sample

ROOT = Path(__file__).resolve().parents[1]


def parser(description):
    """Return a parser that knows where the panel and its prices are."""
    found = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--panel", default=str(ROOT / "scripts" / "development_panel.toml"))
    found.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "prices")
    return found


def series(options, step):
    """Return the series of the panel, judged every so many sessions."""
    return members(load(options.panel), options.data, step, Policy())


def random_dates(options, count):
    """Return closes of the panel cut off at random dates, the same ones every time."""
    chosen = series(options, 5)
    prices = {one.name: one.prices for one in chosen}
    return [prices[name].iloc[: place + 1] for name, place in sample(chosen, count)]
