"""The page of the systems: one self-contained HTML file, no network, no script."""

import base64
from collections.abc import Sequence
from typing import Any

from scanners.report import html
from scanners.systems.system_reading import SystemReading
from scanners.systems.words import answer, label, region_word, thesis

# Where a region or a state stands among the levels' colours; never the only carrier of meaning.
_TONES = {
    "positive feedback": "critical",
    "divergent": "critical",
    "convergent": "watch",
    "changing": "warning",
    "stale": "no-verdict",
    "negative feedback": "watch",
    "crisis": "critical",
    "acute": "critical",
    "chronic tightening": "warning",
    "fomo": "warning",
    "capitulation": "warning",
}


def render(systems: Sequence[SystemReading]) -> str:
    """Return the page of systems read at one date as HTML.

    Parameters
    ----------
    systems : sequence of SystemReading
        At least one.
    """
    as_of = systems[0].as_of
    return html.page(
        "systems.html", as_of=as_of, day=html.day(as_of), systems=[item(system) for system in systems]
    )


def item(system: SystemReading) -> dict[str, Any]:
    """Return what the template shows of one system."""
    return {
        "system": system,
        "answer": answer(system),
        "region": region_word(system.lead),
        "tone": tone(system.region),
        "rows": [
            {
                "reading": reading,
                "folded": reading.fold,
                "label": label(reading),
                "thesis": thesis(reading),
                "tone": tone(reading.region or reading.state) if reading.status == "ok" else "no-verdict",
                "picture": _source(system.pictures.get(reading.name)),
            }
            for reading in system.readings
        ],
        "missing": {name: how for reading in system.readings for name, how in reading.missing.items()},
    }


def tone(word: str) -> str:
    """Return the CSS class of a region or state."""
    return _TONES.get(word, "calm")


def _source(picture: bytes | None) -> str:
    return "" if picture is None else "data:image/png;base64," + base64.b64encode(picture).decode("ascii")
