"""Templates of pages and mails: a room has its own, all of them escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def templates_of(room: str) -> Environment:
    """Return the templates of a room, such as ``scanners.report``: text escaped, missing names refused."""
    return Environment(
        loader=PackageLoader(room),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
