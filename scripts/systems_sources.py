"""Where each figure of the systems comes from and how late it is: the table of docs/system_sources.md.

Run ``python scripts/systems_sources.py``.
"""

from scanners.systems.sources import Source, builtin

HEAD = "| series | what it is | from | figures | known | taken |\n|---|---|---|---|---|---|"


def row(source: Source) -> str:
    """Return the row of one series."""
    places = [f"{name} `{symbol}`" for name, symbol in source.symbols.items()]
    ended = f", to {source.ends}" if source.ends else ""
    days = "the same day" if source.lag == 0 else f"{source.lag} days after the period"
    known = "the Monday after the week" if source.release else days
    about = f" ({source.about})" if source.about else ""
    return (
        f"| `{source.name}` | {source.title} | {', '.join(places)}{ended}{about} | {source.frequency} "
        f"| {known} | {source.clock or '-'} |"
    )


def table() -> str:
    """Return the whole table as Markdown."""
    return "\n".join([HEAD, *(row(source) for source in builtin().values())])


if __name__ == "__main__":
    print(table())
