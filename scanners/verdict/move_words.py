"""The last close and how far it has moved, in words."""

from scanners.core.figures import percent, price
from scanners.evidence.gathering import Evidence


def moves_of(evidence: Evidence | None) -> tuple[tuple[str, str], ...]:
    """Return name and size of each move that is known; that of a year is in the headline."""
    known = evidence.data.moves if evidence else None
    if known is None:
        return ()
    named = (("day", known.day), ("week", known.week), ("this year", known.year_to_date))
    return tuple((name, percent(move)) for name, move in named if move is not None)


def moves_line(evidence: Evidence) -> str:
    """Return the last close with its moves in a line."""
    moved = ", ".join(f"{name} {move}" for name, move in moves_of(evidence))
    return f"Close {price(evidence.data.close)}{f': {moved}' if moved else ''}."
