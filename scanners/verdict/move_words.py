"""The last close and how far it has moved, in a line."""

from scanners.core.figures import percent, price
from scanners.evidence.gathering import Evidence


def moves_line(evidence: Evidence) -> str:
    """Return the last close with its moves over a day, a week and this year, as far as they are known."""
    known = evidence.data.moves
    named = (
        () if known is None else (("day", known.day), ("week", known.week), ("this year", known.year_to_date))
    )
    moved = ", ".join(f"{name} {percent(move)}" for name, move in named if move is not None)
    return f"Close {price(evidence.data.close)}{f': {moved}' if moved else ''}."
