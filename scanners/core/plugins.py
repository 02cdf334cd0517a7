"""Plug-ins: what other packages add to this one by an entry point, loaded when it is used."""

from importlib.metadata import entry_points
from typing import Any

from scanners.core.errors import CommandError

CHANNELS = "lppl_scanner.channels"
MONITORS = "lppl_scanner.monitors"
PANELS = "lppl_scanner.panels"
PROVIDERS = "lppl_scanner.providers"


def names(group: str) -> tuple[str, ...]:
    """Return the names of a group's plug-ins, sorted, without loading any."""
    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def load(group: str, name: str) -> Any:
    """Load a plug-in; None when there is none of that name.

    Raises
    ------
    CommandError
        If its module or the name in it cannot be imported.
    """
    found = next(iter(entry_points(group=group, name=name)), None)
    if found is None:
        return None
    try:
        return found.load()
    except (ImportError, AttributeError) as error:
        kind = group.rpartition(".")[2].removesuffix("s")
        raise CommandError(f"{kind} {name} ({found.value}) cannot be loaded: {error}") from None
