"""The page of the systems: one self-contained HTML file, no network, no script."""

import base64
from collections.abc import Sequence
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanners.report.style import LEVEL_COLOURS
from scanners.systems.run import SystemReading
from scanners.systems.words import answer, label, thesis

# Where a region or a state stands among the levels' colours; never the only carrier of meaning.
_TONES = {
    "positive feedback": "critical",
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
    environment = Environment(
        loader=PackageLoader("scanners.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    as_of = systems[0].as_of
    day = date.fromisoformat(as_of)
    return environment.get_template("systems.html").render(
        as_of=as_of,
        day=f"{day.day} {day:%B %Y}",
        colours=LEVEL_COLOURS,
        systems=[item(system) for system in systems],
    )


def item(system: SystemReading) -> dict[str, Any]:
    """Return what the template shows of one system."""
    return {
        "system": system,
        "answer": answer(system),
        "tone": tone(system.region),
        "rows": [
            {
                "reading": reading,
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
