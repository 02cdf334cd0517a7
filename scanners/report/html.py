"""Templates to HTML: escaped throughout, with the one script that a page may run named by its hash."""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from scanners.core.figures import chance_of, percent, price
from scanners.core.templates import templates_of
from scanners.report.style import HEAT, LEVEL_COLOURS, PALETTE
from scanners.report.terms import explained
from scanners.verdict.alarm_words import looks

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@cache
def environment() -> Environment:
    """Return the templates, with text escaped and missing names refused."""
    made = templates_of("scanners.report")
    made.filters["words"] = lambda name: name.replace("_", " ")
    made.filters["percent"], made.filters["price"] = percent, price
    made.filters["in_100"], made.filters["looks"] = chance_of, looks
    made.filters["explained"], made.filters["unbroken"] = explained, unbroken
    made.filters["percent_of"] = lambda share: f"{share:.0%}"
    made.globals |= {"colours": LEVEL_COLOURS | PALETTE | HEAT, "levels": tuple(LEVEL_COLOURS)}
    return made


def page(template: str, *, script: str | Sequence[str] = (), **context: Any) -> str:
    """Return a page; ``script`` names the files of this room that may run in it, as one script."""
    names = (f"templates/{script}",) if isinstance(script, str) else script
    code = "\n".join(file(name) for name in names)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    allowed = f"'sha256-{digest}'" if names else "'none'"
    return environment().get_template(template).render(script=Markup(code), script_hash=allowed, **context)


def part(template: str, **context: Any) -> str:
    """Return what stands in somebody else's page: no script, no head."""
    return environment().get_template(template).render(**context)


def file(name: str) -> str:
    """Return a file of a folder of this room; one of another author is led by the licence beside it."""
    folder, _, own = name.partition("/")
    place = resources.files("scanners.report") / folder
    licence = place / "LICENSE"
    notice = f"/*\n{licence.read_text('utf-8')}\n*/\n" if licence.is_file() else ""
    return notice + (place / own).read_text("utf-8")


def unbroken(text: str) -> Markup:
    """Return text whose ISO dates no line may break."""
    return Markup(_ISO_DATE.sub(r'<span class="date">\g<0></span>', str(escape(text))))


def day(iso: str) -> str:
    """Return an ISO date in words; the hour of a bar that is shorter than a day stays behind it."""
    found, hour = date.fromisoformat(iso[:10]), iso[10:]
    return f"{found.day} {found:%B %Y}{hour}"
