"""Print the table of docs/reproduces.md: published figures, ours, and the distance between them.

    python scripts/reproduces.py --reference ../shared/reference --prices ../shared/prices

A figure whose data are not in these folders is left out, and named on stderr.
"""

import argparse
import sys
from pathlib import Path

from reproduced import FAMILIES, Figure

BESIDE = Path(__file__).resolve().parents[2] / "shared"


def table(figures: list[Figure]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| figure | source | published | ours | distance | within print |",
        "|---|---|---|---|---|---|",
    ]
    for one in figures:
        lines.append(
            f"| {one.what} | {one.source} | {one.printed} | {one.told} | {one.distance} | {one.verdict} |"
        )
    inside = sum(one.inside for one in figures)
    return "\n".join([*lines, "", f"{inside} of {len(figures)} figures lie within their printed precision."])


def main() -> None:
    """Reproduce every figure whose data are there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=BESIDE / "reference")
    parser.add_argument("--prices", type=Path, default=BESIDE / "prices")
    options = parser.parse_args()
    figures: list[Figure] = []
    for family in FAMILIES:
        try:
            figures += family(options.reference, options.prices)
        except FileNotFoundError as error:
            print(f"left out: {family.__name__}: {error.filename}", file=sys.stderr)
    print(table(figures))


if __name__ == "__main__":
    main()
