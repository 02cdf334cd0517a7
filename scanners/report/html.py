"""Templates to HTML: escaped throughout, with the one script that a page may run named by its hash."""

import base64
import hashlib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from scanners.core.figures import chance_of
from scanners.core.templates import templates_of
from scanners.report.card import percent, price
from scanners.report.style import HEAT, LEVEL_COLOURS, PALETTE
from scanners.report.terms import explained
from scanners.verdict.alarm_words import looks


@cache
def environment() -> Environment:
    """Return the templates, with text escaped and missing names refused."""
    made = templates_of("scanners.report")
    made.filters["words"] = lambda name: name.replace("_", " ")
    made.filters["percent"], made.filters["price"] = percent, price
    made.filters["in_100"], made.filters["looks"] = chance_of, looks
    made.filters["explained"] = explained
    made.filters["percent_of"] = lambda share: f"{share:.0%}"
    made.globals |= {"colours": LEVEL_COLOURS | PALETTE | HEAT, "levels": tuple(LEVEL_COLOURS)}
    return made


def page(template: str, *, script: str = "", **context: Any) -> str:
    """Return a page; ``script`` names the one file of the templates that may run in it."""
    code = (
        resources.files("scanners.report").joinpath("templates").joinpath(script).read_text("utf-8")
        if script
        else ""
    )
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    allowed = f"'sha256-{digest}'" if script else "'none'"
    return environment().get_template(template).render(script=Markup(code), script_hash=allowed, **context)


def day(iso: str) -> str:
    """Return an ISO date in words."""
    found = date.fromisoformat(iso)
    return f"{found.day} {found:%B %Y}"
